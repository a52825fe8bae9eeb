"""Evaluate: held-out records in, one report over all systems and one row per item out."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from clinft.artifacts.answers import checked_labels
from clinft.artifacts.data import Record
from clinft.artifacts.results import (
    AnsweringEngine,
    EvaluationReport,
    ItemResult,
    Memorised,
    SystemResult,
)
from clinft.errors import ClinftError
from clinft.metrics.metric import Question
from clinft.ports.models import LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.measured import MAIN_METRIC
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.stages.evaluate.asking import Rules, Spent, ask
from clinft.stages.evaluate.caveats import caveats_of
from clinft.stages.evaluate.errors import errors_of
from clinft.stages.evaluate.gains import gains
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.measuring import result_of
from clinft.stages.evaluate.memorisation import Probe, memorised
from clinft.stages.evaluate.outputs import audited
from clinft.stages.evaluate.scoring import GENERATED, SCORINGS
from clinft.stages.evaluate.systems import BASE, DEPLOYED, TUNED, System, systems_of
from clinft.stages.evaluate.thresholds import threshold

STAGE_VERSION = 2
# Models by the order in which they are opened; those of evaluation.also come after them.
KNOWN = (BASE, TUNED, DEPLOYED)


@dataclass(frozen=True)
class Surroundings:
    """What the stage cannot know by itself.

    `absent`: systems that cannot be asked, and why. `stored`: systems whose answers `Kept` holds from an
    earlier evaluation, and of which run. `deployed_run`: whose model is `deployed`; `deployed_prompt`: what
    it was trained with.
    `probe`: records for the extraction probe, or why there is none. `looks`: how often this split was
    measured, this time included. `after_chunk`: told of each part of the answers once it is on the disk;
    may raise to stop. `stops`: where a model cannot be asked, the sentence for `absent`; None: all ends
    there. `engine`: what answers for local weights; None: transformers.
    """

    rules: Rules = field(default_factory=Rules)
    absent: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    deployed_run: str | None = None
    deployed_prompt: Prompt | None = None
    probe: Probe | str | None = None
    looks: int | None = None
    after_chunk: Callable[[Spent], None] = lambda spent: None
    stops: Callable[[str, ClinftError], str | None] = lambda which, error: None
    engine: AnsweringEngine | None = None


def evaluate(
    spec: ProjectSpec,
    prompt: Prompt,
    test: Sequence[Record],
    test_sha256: str,
    open_model: Callable[[str], LanguageModel],
    progress: Progress,
) -> tuple[EvaluationReport, list[ItemResult]]:
    """Report, and one row per item, system and scoring, in the order of the report. Nothing else is kept."""
    with tempfile.TemporaryDirectory(prefix="clinft-evaluate-") as folder:
        kept = Kept(Path(folder))
        report = measure(spec, prompt, test, test_sha256, open_model, progress, kept)
        return report, list(kept.items(report.systems))


def measure(
    spec: ProjectSpec,
    prompt: Prompt,
    test: Sequence[Record],
    test_sha256: str,
    open_model: Callable[[str], LanguageModel],
    progress: Progress,
    kept: Kept,
    around: Surroundings | None = None,
) -> EvaluationReport:
    """Asks what `kept` lacks, then measures what it holds; a call after a kill goes on where that one was.

    `open_model` takes "base", "tuned", "deployed" or a name of evaluation.also; one model is let go before
    the next is opened. A model without log-probabilities has no likeliest labels: what rests on them is
    missing then. `thresholds_met` is True where the spec sets no threshold.
    """
    around = around or Surroundings()
    labels = checked_labels(spec.task, test, "test")
    named = systems_of(spec, prompt, around.deployed_prompt)
    systems = [one for one in named if one.name not in around.absent]
    asking = Asking(spec, test, labels, kept, around, progress)
    absent = dict(around.absent)
    back = _unprobed(around.probe)
    for which in dict.fromkeys(one.model for one in _in_order(systems)):
        asked = [one for one in systems if one.model == which and one.name not in around.stored]
        try:
            back = _ask_all(asked, partial(open_model, which), asking) or back
        except ClinftError as error:
            why = around.stops(which, error)
            if why is None:
                raise
            absent |= dict.fromkeys((one.name for one in asked), why)
    systems = [one for one in systems if one.name not in absent]
    results = tuple(_results(spec, systems, kept, around))
    main = MAIN_METRIC[spec.task.kind]
    free = question_of(spec, GENERATED)
    thresholds = tuple(threshold(wanted, results, spec.task.kind) for wanted in spec.evaluation.thresholds)
    return EvaluationReport(
        test_sha256=test_sha256,
        n=len(test),
        systems=results,
        gains=gains(kept.rows, results, main, free),
        thresholds=thresholds,
        thresholds_met=all(result.met for result in thresholds),
        kind=spec.task.kind,
        main_metric=main,
        memorised=back,
        outputs=audited(kept, results) if around.rules.keeps else None,
        looks=around.looks,
        absent=dict(sorted(absent.items())),
        errors=errors_of(kept.rows(TUNED, GENERATED), free),
        caveats=caveats_of(spec, test, results, kept, around.engine),
        engine=around.engine,
    )


def _in_order(systems: Sequence[System]) -> list[System]:
    """The base model first: the others are judged by it, and its weights are at hand before any other."""
    return sorted(systems, key=lambda one: KNOWN.index(one.model) if one.model in KNOWN else len(KNOWN))


def _unprobed(probe: Probe | str | None) -> Memorised | None:
    if isinstance(probe, str):
        return Memorised(probed=0, continued=None, held_out=None, detail=probe)
    return None


@dataclass(frozen=True)
class Asking:
    """What is the same for every system."""

    spec: ProjectSpec
    test: Sequence[Record]
    labels: Sequence[str]
    kept: Kept
    around: Surroundings
    progress: Progress


def _ask_all(
    systems: Sequence[System], open_model: Callable[[], LanguageModel], of: Asking
) -> Memorised | None:
    """All systems of one model. It is opened where there is work for it, and nothing of it outlives this."""
    probe = of.around.probe if any(one.name == TUNED for one in systems) else None
    left = [one for one in systems if of.kept.finished(one.name, GENERATED) < len(of.test)]
    if not left and not isinstance(probe, Probe):
        return None
    model = open_model()
    for one in left:
        ask(
            one,
            model,
            of.spec.task,
            of.test,
            of.labels,
            of.kept,
            of.around.rules,
            of.progress,
            of.around.after_chunk,
        )
    if not isinstance(probe, Probe):
        return None
    return memorised(probe, systems[0].prompt, model, of.spec.evaluation.confidence, of.progress)


def _results(
    spec: ProjectSpec, systems: Sequence[System], kept: Kept, around: Surroundings
) -> Iterator[SystemResult]:
    for system in systems:
        for scoring in SCORINGS:
            rows = kept.rows(system.name, scoring)
            if rows:
                yield result_of(
                    system.name,
                    scoring,
                    rows,
                    spec.evaluation.metrics,
                    MAIN_METRIC[spec.task.kind],
                    question_of(spec, scoring),
                    spec.evaluation.min_subgroup,
                    around.stored.get(system.name),
                    around.deployed_run if system.name == DEPLOYED else None,
                )


def question_of(spec: ProjectSpec, scoring: str) -> Question:
    """Labels of acuity have an order of urgency, that of the spec."""
    task = spec.task
    return Question(
        labels=task.labels,
        critical_labels=spec.regression.critical_labels,
        scoring=scoring,
        confidence=spec.evaluation.confidence,
        kind=task.kind,
    )
