"""What the benchmark ran on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from bot.settings import ROOT
from bot.training import RASA_PYTHON


def describe() -> dict[str, Any]:
    """Date, processor, cores, memory, both Pythons, and how busy the machine was before."""
    return {
        "date": date.today().isoformat(),
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(int((_first("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 1024**2),
        "python": platform.python_version(),
        "rasa_python": _rasa_python(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _first(path: str, key: str) -> str | None:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(key):
            return line.split(":", 1)[1].strip()
    return None


def _rasa_python() -> str:
    printed = subprocess.run([str(ROOT / RASA_PYTHON), "--version"], capture_output=True, text=True, check=True)
    return printed.stdout.split()[-1]
