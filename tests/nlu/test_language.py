"""English or Spanish, in a few words, with and without accents."""

import pytest

from bot.nlu.examples import read_examples
from bot.nlu.language import LanguageModel


@pytest.fixture(scope="module")
def languages() -> LanguageModel:
    examples = read_examples()[::3]
    return LanguageModel.fit([one.text for one in examples], [one.language for one in examples])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how much does it pay", "en"),
        ("cuanto pagan por hora", "es"),
        ("¿Dónde está la oficina?", "es"),
        ("wuts the pay rate", "en"),
        ("ocupo papeles para entrar", "es"),
        ("do i need a diploma", "en"),
    ],
)
def test_a_sentence_is_told_for_sure(languages: LanguageModel, text: str, language: str) -> None:
    assert languages.detect([text]) == [(language, True)]


@pytest.mark.parametrize("text", ["", "ok", "12", "53202", "??", "😀", "no"])
def test_too_little_to_change_the_language_by(languages: LanguageModel, text: str) -> None:
    assert languages.detect([text])[0][1] is False


def test_order_is_kept_and_nothing_gives_nothing(languages: LanguageModel) -> None:
    assert languages.detect([]) == []
    assert [code for code, _ in languages.detect(["where is it at", "donde queda eso"])] == ["en", "es"]
