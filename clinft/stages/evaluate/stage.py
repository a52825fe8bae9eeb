"""Evaluate: held-out records in, one report over all systems and one row per item out."""

from collections import Counter
from collections.abc import Callable, Sequence

from clinft.artifacts.answers import checked_labels
from clinft.artifacts.data import Record
from clinft.artifacts.results import EvaluationReport, ItemResult, LabelResult, MetricResult, SystemResult
from clinft.metrics import TABLE
from clinft.metrics.metric import Question
from clinft.ports.models import LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.stages.evaluate.judgement import gains, threshold
from clinft.stages.evaluate.scoring import SCORINGS, System, ask, items_sha256
from clinft.statistics.per_label import Pairs, tallies
from clinft.statistics.proportions import wilson

STAGE_VERSION = 1
# The gain and the regression test rest on it, so it is measured even where the spec does not list it.
ALWAYS = "accuracy"


def evaluate(
    spec: ProjectSpec,
    prompt: Prompt,
    test: Sequence[Record],
    test_sha256: str,
    open_model: Callable[[str], LanguageModel],
    progress: Progress,
) -> tuple[EvaluationReport, list[ItemResult]]:
    """Report, and one row per item, system and scoring, in the order of the report.

    A model without log-probabilities has no likeliest labels: what rests on them is missing then.

    `open_model` takes "base" or "tuned"; the base model is let go before the tuned one is opened.
    `thresholds_met` is True where the spec sets no threshold.
    """
    labels = checked_labels(spec.task, test, "test")
    systems = _systems(spec)
    found: dict[tuple[str, str], list[ItemResult]] = {}
    for which in ("base", "tuned"):
        asked = [system for system in systems if system.model == which]
        if asked:
            found |= _ask_all(asked, open_model(which), prompt, test, labels, progress)
    results = tuple(
        _result(spec, system.name, scoring, found[system.name, scoring])
        for system in systems
        for scoring in SCORINGS
        if (system.name, scoring) in found
    )
    thresholds = tuple(threshold(wanted, results) for wanted in spec.evaluation.thresholds)
    report = EvaluationReport(
        test_sha256=test_sha256,
        n=len(test),
        systems=results,
        gains=gains(found, results, spec.evaluation.confidence),
        thresholds=thresholds,
        thresholds_met=all(result.met for result in thresholds),
    )
    return report, [item for result in results for item in found[result.system, result.scoring]]


def _ask_all(
    systems: Sequence[System],
    model: LanguageModel,
    prompt: Prompt,
    test: Sequence[Record],
    labels: Sequence[str],
    progress: Progress,
) -> dict[tuple[str, str], list[ItemResult]]:
    """Items by system and scoring. Nothing of the model outlives this call."""
    return {
        (system.name, scoring): items
        for system in systems
        for scoring, items in ask(system, model, prompt, test, labels, progress).items()
    }


def _systems(spec: ProjectSpec) -> list[System]:
    """In the order of `evaluation.compare`. The tuned model sees what it was trained with: no examples.

    It is measured even where `compare` leaves it out, for thresholds and regression are about it.
    """
    known = {
        "base_zero_shot": System("base_zero_shot", "base", 0),
        "base_prompt": System("base_prompt", "base", spec.prompt.few_shot_examples),
        "tuned": System("tuned", "tuned", 0),
    }
    return [known[name] for name in dict.fromkeys((*spec.evaluation.compare, "tuned"))]


def _result(spec: ProjectSpec, system: str, scoring: str, items: Sequence[ItemResult]) -> SystemResult:
    question = Question(
        labels=spec.task.labels,
        critical_labels=spec.regression.critical_labels,
        scoring=scoring,
        confidence=spec.evaluation.confidence,
        kind=spec.task.kind,
    )
    metrics = []
    for name in dict.fromkeys((ALWAYS, *spec.evaluation.metrics)):
        measured = TABLE[name].measure(items, question)
        metrics.append(
            MetricResult(
                metric=name,
                higher_is_better=TABLE[name].higher_is_better,
                interval=None if isinstance(measured, str) else measured,
                missing=measured if isinstance(measured, str) else None,
            )
        )
    pairs: Pairs = Counter((item.target or "", item.prediction) for item in items)
    confusion: dict[str, dict[str, int]] = {}
    for (target, prediction), count in sorted(pairs.items(), key=lambda entry: repr(entry[0])):
        confusion.setdefault(target, {})[prediction or ""] = count
    return SystemResult.model_validate(
        {
            "system": system,
            "scoring": scoring,
            "metrics": tuple(metrics),
            "labels": _labels(spec, pairs),
            "confusion": confusion,
            "items_sha256": items_sha256(items),
        }
    )


def _labels(spec: ProjectSpec, pairs: Pairs) -> tuple[LabelResult, ...]:
    """In the order of the spec; labels that the split does not hold have no row."""
    rows = []
    for label, counts in zip(spec.task.labels, tallies(pairs, spec.task.labels), strict=True):
        if counts.support == 0:
            continue
        rows.append(
            LabelResult(
                label=label,
                support=counts.support,
                precision=counts.precision if counts.predicted else None,
                recall=wilson(counts.hits, counts.support, spec.evaluation.confidence),
                f1=counts.f1 if counts.predicted else None,
            )
        )
    return tuple(rows)
