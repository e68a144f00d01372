"""What the widget's tests need from outside: Debian's Chromium and axe-core from npm.

Installs them where it may; elsewhere says exactly what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
AXE_VERSION = "4.10.3"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


class MissingToolError(RuntimeError):
    """Something is not here and could not be installed; the message says how to."""


def find_chromium(path: str = "/usr/bin/chromium") -> str:
    """Path of Debian's Chromium, installed first where we are root on Debian. Raises MissingToolError."""
    if not Path(path).exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        }
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet)  # type: ignore[call-overload]
    if not Path(path).exists():
        raise MissingToolError("Chromium is missing, so the widget is not tested. Install it with: sudo apt-get install chromium")
    return path


def find_axe() -> str:
    """The script of axe-core, fetched from npm on first use. Raises MissingToolError."""
    folder = ROOT / "var" / f"axe-{AXE_VERSION}"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    command = ["npm", "install", "--silent", "--no-save", "--prefix", str(folder), f"axe-core@{AXE_VERSION}"]
    if not script.exists() and shutil.which("npm"):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(command, check=False, capture_output=True)
    if not script.exists():
        raise MissingToolError(f"axe-core is missing. Install npm (sudo apt-get install npm), then run: {' '.join(command)}")
    return script.read_text(encoding="utf-8")


def main() -> None:
    """Fetch both, and say what is missing; the tests that need it say so as well."""
    for find in (find_chromium, find_axe):
        try:
            find()
        except MissingToolError as error:
            print(error)


if __name__ == "__main__":
    main()
