"""Our rules behind presidio-analyzer: without a spaCy pipeline, without torch, without the network."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from clinft.stages.audit.recognizers import TABLE

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, RecognizerResult

LANGUAGE = "en"
# Presidio, spaCy and thinc try to import these and do without them; torch and transformers alone cost
# 3 to 5 seconds and 280 MB (measured 2026-11-24), and no recogniser of ours uses them.
OPTIONAL = ("torch", "transformers", "stanza", "gliner", "tensorflow", "mxnet", "cupy")


@contextmanager
def absent(names: tuple[str, ...]) -> Iterator[None]:
    """Inside, importing one of `names` fails as if it were not installed, unless it is already loaded.

    A None in `sys.modules` is Python's documented way to say so. It is taken out again, so a later
    stage of the same process can import torch.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # typeshed does not know of None here
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


@cache
def analyzer() -> "AnalyzerEngine":
    """One engine with one recogniser per family of TABLE."""
    with absent(OPTIONAL):
        import presidio_analyzer
        from presidio_analyzer.nlp_engine import NoOpNlpEngine

        from clinft.stages.audit.presidio import NoContextEnhancer, RuleRecognizer

    registry = presidio_analyzer.RecognizerRegistry(
        recognizers=[RuleRecognizer(family, rules) for family, rules in TABLE.items()],
        supported_languages=[LANGUAGE],
    )
    return presidio_analyzer.AnalyzerEngine(
        registry=registry,
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": LANGUAGE, "model_name": ""}]),
        supported_languages=[LANGUAGE],
        context_aware_enhancer=NoContextEnhancer(),
    )


@cache
def _entities() -> list[str]:
    return sorted({rule.entity_type for rules in TABLE.values() for rule in rules})


@cache
def _no_artifacts() -> object:
    return analyzer().nlp_engine.process_text("", LANGUAGE)


def analyze(text: str) -> "list[RecognizerResult]":
    """Everything the recognisers find. `recognition_metadata` holds rule and certainty."""
    results: list[RecognizerResult] = analyzer().analyze(
        text, LANGUAGE, entities=_entities(), nlp_artifacts=_no_artifacts()
    )
    return results
