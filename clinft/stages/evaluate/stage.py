"""Evaluate: held-out records in, one report over all systems and one row per item out."""

from collections import Counter
from collections.abc import Callable, Sequence

from clinft.artifacts.data import Record
from clinft.artifacts.results import EvaluationReport, ItemResult, LabelResult, MetricResult, SystemResult
from clinft.errors import SpecError
from clinft.ports.models import LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.stages.evaluate.judgement import gains, threshold
from clinft.stages.evaluate.metrics import TABLE
from clinft.stages.evaluate.metrics.metric import Question
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
    """`open_model` takes "base" or "tuned"; the first is let go before the second is opened."""
    _check(spec, test)
    found: dict[tuple[str, str], list[ItemResult]] = {}
    for which in ("base", "tuned"):
        systems = [system for system in _systems(spec) if system.model == which]
        model = open_model(which) if systems else None
        for system in systems:
            if model is not None:
                asked = ask(system, model, prompt, test, spec.task.labels, progress)
                found |= {(system.name, scoring): items for scoring, items in asked.items()}
        del model
    results = tuple(
        _result(spec, system.name, scoring, found[system.name, scoring])
        for system in _systems(spec)
        for scoring in SCORINGS
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
    return report, [item for items in found.values() for item in items]


def _check(spec: ProjectSpec, test: Sequence[Record]) -> None:
    if spec.task.kind != "classification":
        raise SpecError(
            f"task.kind {spec.task.kind} cannot be evaluated by this version.",
            "Only classification has its metrics built.",
            "Write kind: classification, or wait for the version that measures this kind.",
        )
    unknown = {record.target for record in test} - set(spec.task.labels)
    if unknown or not test:
        raise SpecError(
            "The test split is empty or holds targets that are no labels of task.labels.",
            "The labels changed after the data was prepared.",
            "Run `clinft prepare` again.",
        )


def _systems(spec: ProjectSpec) -> list[System]:
    """The order of the report. The tuned model sees the prompt it was trained with: no examples."""
    known = {
        "base_zero_shot": System("base_zero_shot", "base", 0),
        "base_prompt": System("base_prompt", "base", spec.prompt.few_shot_examples),
        "tuned": System("tuned", "tuned", 0),
    }
    wanted = [name for name in known if name in spec.evaluation.compare or name == "tuned"]
    return [known[name] for name in wanted]


def _result(spec: ProjectSpec, system: str, scoring: str, items: Sequence[ItemResult]) -> SystemResult:
    question = Question(
        labels=spec.task.labels,
        critical_labels=spec.regression.critical_labels,
        scoring=scoring,
        confidence=spec.evaluation.confidence,
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
    pairs: Pairs = Counter((item.target, item.prediction) for item in items)
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
