"""Keeps what training found for each sentence on disk, so that a retraining after a small change takes seconds."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Dict, List, Sequence, Tuple
from zipfile import BadZipFile

import numpy as np

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.examples import Example
from bot.nlu.topics import Floats

logger = logging.getLogger(__name__)


def encode_cached(encoder: SentenceEncoder, texts: Sequence[str], directory: Path) -> Floats:
    """Vectors (n, dim) of `texts` in order; new sentences are encoded and added to the encoder's file in `directory`."""
    path = directory / f"vectors-{_digest(encoder.fingerprint)[:16]}.npz"
    known = _read(path)
    keys = [_digest(text) for text in texts]
    missing: Dict[str, str] = {key: text for key, text in zip(keys, texts) if key not in known}
    if missing:
        known.update(zip(missing, encoder.encode(list(missing.values()))))
        _write(path, known)
    return np.stack([known[key] for key in keys]) if keys else np.zeros((0, encoder.dim), dtype=np.float32)


def read_duals(directory: Path, examples: Sequence[Example], topics: Sequence[str]) -> Tuple[Floats, int]:
    """The `duals` (n, topics) of the last whole fit, zeros for what it did not know, and how many examples came or went."""
    known = _read(_duals_path(directory, topics))
    keys = [_key(example) for example in examples]
    nothing = np.zeros(len(topics), dtype=np.float32)
    return np.stack([known.get(key, nothing) for key in keys]), len(known.keys() ^ set(keys))


def write_duals(directory: Path, examples: Sequence[Example], topics: Sequence[str], duals: Floats) -> None:
    _write(_duals_path(directory, topics), dict(zip(map(_key, examples), duals)))


def _key(example: Example) -> str:
    return _digest(f"{example.topic} {' '.join(example.also)} {example.text}")


def _duals_path(directory: Path, topics: Sequence[str]) -> Path:
    return directory / f"duals-{_digest(' '.join(topics))[:16]}.npz"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _read(path: Path) -> Dict[str, Floats]:
    if not path.exists():
        return {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            keys: List[str] = stored["keys"].tolist()
            return dict(zip(keys, stored["vectors"]))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
        logger.warning("%s is damaged (%s): working it out again.", path, type(problem).__name__)
        return {}


def _write(path: Path, vectors: Dict[str, Floats]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
    partial.replace(path)
