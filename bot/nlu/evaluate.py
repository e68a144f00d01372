"""Measures the understanding: on files of labelled questions, or by cross-validation on the training data.

    python -m bot.nlu.evaluate FILE[,FILE…] OUT [--fresh]
    python -m bot.nlu.evaluate --cross-validate OUT [--write-thresholds]

The first uses the trained model `models/imt.tar.gz` if there is one, else (or with --fresh) fits on `data/nlu`.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import sys
import tarfile
from pathlib import Path
from typing import AbstractSet, Any, Dict, List, Optional, Sequence, Tuple

from bot.nlu.cache import encode_cached
from bot.nlu.crossval import cross_validate
from bot.nlu.decide import THRESHOLDS_FILE, Thresholds
from bot.nlu.encoder import SentenceEncoder, load_encoder
from bot.nlu.examples import read_examples
from bot.nlu.fitting import fit_models
from bot.nlu.language import LanguageModel
from bot.nlu.measure import Outcome, summarise
from bot.nlu.questions import BadQuestions, Question, read_questions
from bot.nlu.report import by_language, write_report
from bot.nlu.topics import Floats, TopicModel
from bot.nlu.tuning import choose_thresholds, curve, measured, outcomes, write_thresholds
from bot.nlu.understanding import Understander

MODELS = Path(__file__).resolve().parents[2] / "models"
ARCHIVE = MODELS / "imt.tar.gz"
_STORED = "models.pickle"
_AT_ONCE = 256


class _CachedEncoder:
    """The engine behind the cache on disk: for training texts, never for what people write."""

    def __init__(self, engine: SentenceEncoder, directory: Path) -> None:
        self.dim = engine.dim
        self.fingerprint = engine.fingerprint
        self._engine = engine
        self._directory = directory

    def encode(self, texts: Sequence[str]) -> Floats:
        return encode_cached(self._engine, texts, self._directory)


def open_engine() -> SentenceEncoder:
    """As `components.open_encoder`, without the seconds that importing Rasa takes."""
    return load_encoder(os.environ.get("ENCODER", "e5-int8"), MODELS / "encoder", int(os.environ.get("ENCODER_THREADS", "1")))


def read_trained(archive: Path) -> Optional[Tuple[TopicModel, LanguageModel]]:
    """The two models that Rasa's TopicClassifier stored in `archive`, or None where there is no such file."""
    if not archive.exists():
        return None
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            if "TopicClassifier" in member.name and member.name.endswith(f"/{_STORED}"):
                stored = tar.extractfile(member)
                # Trained on this machine by `make train`; a model from elsewhere is never loaded.
                models: Tuple[TopicModel, LanguageModel] = pickle.loads(stored.read() if stored else b"")
                return models
    raise ValueError(f"{archive}: holds no {_STORED} of a TopicClassifier; train again with `make train`")


def evaluate(files: Sequence[Path], out: Path, fresh: bool = False) -> Dict[str, Any]:
    """Measure on `files`, write everything to `out` and return the summary. Raises BadQuestions before writing anything."""
    known = {example.topic for example in read_examples()}
    questions = _read_all(files, known)
    thresholds, engine = Thresholds.load(), open_engine()
    trained = None if fresh else read_trained(ARCHIVE)
    source = "the trained model" if trained else "a model fitted on data/nlu"
    understander = Understander(engine, *(trained or fit_models(engine, MODELS / "cache", thresholds.temperature)), thresholds)
    found = {path: _understand(understander, questions[path]) for path in questions}
    everything = [one for part in found.values() for one in part]
    _write_figures(out, found, everything)
    spanish = [one.understood.language == "es" or "_es" in path.stem for path, part in found.items() for one in part]
    groups = {"all": everything, **dict(by_language(everything, spanish)), **{path.stem: part for path, part in found.items()}}
    note = f"Measured on {source}, encoder {engine.fingerprint}, with {thresholds}."
    write_report(out, "Evaluation", note, groups, thresholds)
    return dict(summarise(everything))


def _read_all(files: Sequence[Path], topics: AbstractSet[str]) -> Dict[Path, List[Question]]:
    questions: Dict[Path, List[Question]] = {}
    errors: List[str] = []
    for path in files:
        try:
            questions[path] = read_questions(path, topics)
        except BadQuestions as problem:
            errors += problem.errors
    if errors:
        raise BadQuestions(errors)
    return questions


def _understand(understander: Understander, questions: Sequence[Question]) -> List[Outcome]:
    batches = [questions[start : start + _AT_ONCE] for start in range(0, len(questions), _AT_ONCE)]
    understood = [found for batch in batches for found in understander.understand([question.text for question in batch])]
    return [Outcome(question, found) for question, found in zip(questions, understood)]


def _write_figures(out: Path, found: Dict[Path, List[Outcome]], everything: Sequence[Outcome]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    _write_json(out / "summary.json", summarise(everything))
    if len(found) > 1:
        for path, part in found.items():
            _write_json(out / f"summary_{path.stem}.json", summarise(part))
    lines = [json.dumps(_prediction(one), ensure_ascii=False) for one in everything]
    (out / "predictions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _prediction(outcome: Outcome) -> Dict[str, Any]:
    return {
        "id": outcome.question.id,
        "text": outcome.question.text,
        "decision": outcome.understood.decision,
        "topics": [{"topic": topic, "score": round(score, 4)} for topic, score in outcome.ranked],
        "language": outcome.understood.language,
    }


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def evaluate_folds(out: Path, write: bool) -> Dict[str, Any]:
    """Cross-validate, choose thresholds, report to `out`; with `write`, keep them in data/nlu/thresholds.yml."""
    engine = open_engine()
    held = cross_validate(read_examples(), _CachedEncoder(engine, MODELS / "cache"))
    thresholds = choose_thresholds(held)
    found, figures = outcomes(held, thresholds), measured(held, thresholds)
    spanish = [one.language == "es" for one in held.singles]
    note = f"Cross-validation on data/nlu, encoder {engine.fingerprint}. Chosen: {thresholds}."
    write_report(out, "Cross-validation", note, {"all": found, **dict(by_language(found, spanish))}, thresholds)
    _write_json(out / "summary.json", summarise(found))
    if write:
        write_thresholds(THRESHOLDS_FILE, thresholds, figures, curve(found, thresholds))
    return figures


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """0 when done, 1 for a file that cannot be used, with every error on standard error."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.evaluate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="?", help="questions.tsv, or several separated by commas")
    parser.add_argument("out", type=Path, help="directory to write to")
    parser.add_argument("--fresh", action="store_true", help="fit on data/nlu even where a trained model exists")
    parser.add_argument("--cross-validate", action="store_true", help="measure on the training data by cross-validation")
    parser.add_argument("--write-thresholds", action="store_true", help="keep the chosen thresholds (with --cross-validate)")
    given = parser.parse_args(arguments)
    if given.cross_validate == bool(given.files) or (given.write_thresholds and not given.cross_validate):
        parser.error("give either FILE and OUT, or --cross-validate OUT [--write-thresholds]")
    try:
        if given.cross_validate:
            figures = evaluate_folds(given.out, given.write_thresholds)
        else:
            figures = evaluate([Path(name) for name in given.files.split(",")], given.out, given.fresh)
    except BadQuestions as problem:
        print(problem, file=sys.stderr)
        return 1
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
