"""Where the tools of the widget's tests are missing, that is said, and CI fails."""

from __future__ import annotations

import pytest

from tests.channels.widget import browser
from tests.channels.widget.conftest import missing


def test_it_says_what_to_install_where_it_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    with pytest.raises(browser.MissingToolError, match="sudo apt-get install chromium"):
        browser.find_chromium("/nowhere/chromium")


def test_it_says_how_to_get_axe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "AXE_VERSION", "0.0.0")
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(browser.MissingToolError, match=r"npm install .* axe-core@0\.0\.0"):
        browser.find_axe()


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_ci_never_skips(monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="reason"):
        missing("the reason")
