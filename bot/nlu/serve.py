"""Rasa's command line without four burdens: `python -m bot.nlu.serve run …` where Rasa says `python -m rasa run …`.

Rasa imports all that it has: eight of its modules import TensorFlow, for classifiers and policies that config.yml does not
name, and one imports matplotlib, for the pictures of `rasa test`. Something that fails when it is used stands in for those
nine. With each answer of the action server Rasa has the schema of such answers checked, which never changes: it is checked
once. Sanic has every deprecation in its libraries told, whatever PYTHONWARNINGS says: they are not. And numpy's second thread,
which wins nothing on one sentence, would spin for most of a core between two of them: while serving there is one. All else is
Rasa as it is. What that saves and what it risks: docs/adr/0004-serving.md.

Responsible for these four. Must not know our components, nor change what Rasa does.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Dict, List, NoReturn, Optional, Sequence, Set, Tuple

# What the rest of Rasa 3.6.21 imports from its modules that import TensorFlow or matplotlib.
_PLOTTING = "rasa.utils.plotting"
_COMPONENTS: Dict[str, Tuple[str, ...]] = {
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
}
_HELPERS: Dict[str, Tuple[str, ...]] = {
    "rasa.utils.tensorflow.callback": ("RasaModelCheckpoint", "RasaTrainingLogger"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    _PLOTTING: ("plot_confusion_matrix", "plot_curve", "plot_paired_histogram"),
}


def leave_out_unused() -> None:
    """From here on Rasa's modules that need TensorFlow or matplotlib are empty. RuntimeError where one was imported before."""
    early = sorted(name for name in (*_COMPONENTS, *_HELPERS) if name in sys.modules)
    if early:
        raise RuntimeError(f"too late to leave out what is not used: {', '.join(early)} imported already")
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder, Loader):
    """Finds the stand-ins before Python finds the modules themselves."""

    def find_spec(self, name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None) -> Optional[ModuleSpec]:
        return ModuleSpec(name, self) if name in _COMPONENTS or name in _HELPERS else None

    def create_module(self, spec: ModuleSpec) -> None:
        """As Python makes modules."""

    def exec_module(self, module: ModuleType) -> None:
        for name in _COMPONENTS.get(module.__name__, ()):
            setattr(module, name, _component(name, module.__name__))
        for name in _HELPERS.get(module.__name__, ()):
            setattr(module, name, type(name, (), {"__module__": module.__name__, "__init__": _refuse}))


def _component(name: str, module: str) -> type:
    """A component that Rasa knows by its name, and that says what is wrong as soon as a model wants it."""
    from rasa.engine.graph import GraphComponent
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe

    class StandIn(GraphComponent):
        @classmethod
        def create(cls, *_: Any) -> GraphComponent:
            """To train it, or through `load` to answer with it."""
            _refuse(cls)

        @classmethod
        def required_packages(cls) -> List[str]:
            """What Rasa asks first of every component in config.yml."""
            _refuse(cls)

    StandIn.__name__, StandIn.__qualname__, StandIn.__module__ = name, name, module
    kinds = DefaultV1Recipe.ComponentType
    kind = kinds.POLICY_WITHOUT_END_TO_END_SUPPORT if ".policies." in module else kinds.INTENT_CLASSIFIER
    made: type = DefaultV1Recipe.register(kind, is_trainable=True)(StandIn)
    return made


def _refuse(what: Any, *_: Any, **__: Any) -> NoReturn:
    from rasa.shared.exceptions import RasaException

    kind = what if isinstance(what, type) else type(what)
    library = "matplotlib" if kind.__module__ == _PLOTTING else "TensorFlow"
    raise RasaException(
        f"{kind.__name__} needs {library}, which this assistant leaves out, to start sooner and to take less memory. Take it "
        "out of config.yml, or let RASA in bot/training.py name `rasa` instead of `bot.nlu.serve` (docs/adr/0004-serving.md)."
    )


def check_schemas_once() -> None:
    """jsonschema then checks what it is given as before, but the schema itself only when it has not seen it yet."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    check = Draft202012Validator.check_schema
    checked: Set[str] = set()

    def check_new(schema: Any, *arguments: Any, **options: Any) -> None:
        key = json.dumps(schema, sort_keys=True, default=repr)
        if key not in checked:
            check(schema, *arguments, **options)
            checked.add(key)

    Draft202012Validator.check_schema = staticmethod(check_new)


def tell_no_deprecations() -> None:
    """The deprecations of libraries among themselves are not shown; those of our own modules are, and every other warning.

    No filter does it: Sanic and Rasa put theirs ("once" for each deprecation and user warning) before any that stands.
    """
    show, ours = warnings.showwarning, os.path.dirname(os.path.abspath(__file__))

    def show_others(message: Any, category: Any, filename: str, *more: Any, **options: Any) -> None:
        if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning)) or filename.startswith(ours):
            show(message, category, filename, *more, **options)

    warnings.showwarning = show_others


def compute_on_one_thread() -> None:
    """What somebody has set in the environment stands. Too late once numpy is imported."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Rasa's own command line, with the arguments given."""
    if "run" in sys.argv[1:2]:
        compute_on_one_thread()
    leave_out_unused()
    check_schemas_once()
    tell_no_deprecations()
    from rasa.__main__ import main as run_rasa

    run_rasa()


if __name__ == "__main__":
    main()
