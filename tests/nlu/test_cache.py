"""The cache on disk: each sentence once, the same vectors again, and nothing of another encoder."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.cache import encode_cached, read_duals, write_duals
from bot.nlu.examples import Example
from tests.nlu.small import FakeEncoder

TEXTS = ["how long is it", "cuanto dura", "how long is it", "", "lone \ud800 half"]


class Halves(FakeEncoder):
    """The fake encoder, indifferent to lone surrogates as the real ones are."""

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.encoded += texts
        return super().encode([text.encode("utf-8", "replace").decode() for text in texts])


def test_each_sentence_is_encoded_once(tmp_path: Path) -> None:
    first, again = Halves(), Halves()
    fresh = encode_cached(first, TEXTS, tmp_path / "cache")
    kept = encode_cached(again, [*TEXTS, "new"], tmp_path / "cache")
    assert again.encoded[:1] == ["new"] and len(set(again.encoded)) == 1
    np.testing.assert_array_equal(fresh, kept[: len(TEXTS)])
    np.testing.assert_array_equal(fresh[0], fresh[2])


def test_another_encoder_gets_its_own_file(tmp_path: Path) -> None:
    other = FakeEncoder()
    other.fingerprint = "fake-2"
    encode_cached(FakeEncoder(), ["a b c"], tmp_path)
    encode_cached(other, ["a b c"], tmp_path)
    assert other.encoded == ["a b c"]
    assert len(list(tmp_path.glob("vectors-*.npz"))) == 2


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    assert encode_cached(FakeEncoder(), [], tmp_path).shape == (0, FakeEncoder.dim)


@pytest.mark.parametrize("left", [b"", b"PK\x03\x04 half a file"])
def test_a_damaged_file_is_made_again(tmp_path: Path, left: bytes) -> None:
    encode_cached(FakeEncoder(), ["a b c"], tmp_path)
    path = next(tmp_path.glob("vectors-*.npz"))
    path.write_bytes(left)
    assert encode_cached(FakeEncoder(), ["a b c"], tmp_path).shape == (1, FakeEncoder.dim)


def test_duals_come_back_for_the_examples_that_are_still_there(tmp_path: Path) -> None:
    here, new = Example("pay?", "wages", "en"), Example("pay?", "wages", "en", ("union",))
    kept = np.array([[1, 2], [3, 4]], dtype=np.float32)
    write_duals(tmp_path, [here, Example("gone", "wages", "en")], ["union", "wages"], kept)
    duals, changed = read_duals(tmp_path, [new, here], ["union", "wages"])
    np.testing.assert_array_equal(duals, [[0, 0], [1, 2]])
    assert changed == 2
    duals, changed = read_duals(tmp_path, [here], ["other", "union", "wages"])
    assert not duals.any() and changed == 1, "other topics: other columns"
