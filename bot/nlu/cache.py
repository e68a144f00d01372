"""Keeps the vectors of training sentences on disk, so that each is encoded once and a retraining takes seconds."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Dict, List, Sequence
from zipfile import BadZipFile

import numpy as np

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.topics import Floats

logger = logging.getLogger(__name__)


def encode_cached(encoder: SentenceEncoder, texts: Sequence[str], directory: Path) -> Floats:
    """Vectors (n, dim) of `texts` in order; new sentences are encoded and added to the encoder's file in `directory`."""
    name = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:16]
    path = directory / f"vectors-{name}.npz"
    known = _read(path)
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24] for text in texts]
    missing: Dict[str, str] = {key: text for key, text in zip(keys, texts) if key not in known}
    if missing:
        known.update(zip(missing, encoder.encode(list(missing.values()))))
        _write(path, known)
    return np.stack([known[key] for key in keys]) if keys else np.zeros((0, encoder.dim), dtype=np.float32)


def _read(path: Path) -> Dict[str, Floats]:
    if not path.exists():
        return {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            keys: List[str] = stored["keys"].tolist()
            return dict(zip(keys, stored["vectors"]))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as problem:
        logger.warning("%s is damaged (%s): encoding everything again.", path, type(problem).__name__)
        return {}


def _write(path: Path, vectors: Dict[str, Floats]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
    partial.replace(path)
