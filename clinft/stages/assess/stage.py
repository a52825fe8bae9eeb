"""Assess: how far do prompts alone get on the dev split? Asked before anyone pays for training.

Nothing here reads the test split: `evaluate` looks at it once, with the prompt that is committed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clinft.artifacts.answers import checked_labels
from clinft.artifacts.assessment import MeasureName
from clinft.artifacts.data import Record
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.artifacts.scoring import kind_of
from clinft.errors import SpecError
from clinft.ports.models import LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.measured import MAIN_METRIC
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.stages.assess import asking, economics, proposal, results
from clinft.stages.assess.judging import Target
from clinft.stages.assess.ladder import Sources, Try, ladder
from clinft.stages.assess.outcomes import Rung
from clinft.stages.assess.verdict import decide

STAGE_VERSION = 2
NO_SOURCES = Sources()
NO_PRICES = asking.Prices()
CRITICAL = "critical_recall"
FREE = "generated_text"


@dataclass(frozen=True)
class Assessed:
    """`proposal`: text of the recommended prompt.md. `seconds`: of answering, by rung; never in a digest."""

    payload: PromptAssessment
    proposal: str
    seconds: dict[str, float]


@dataclass(frozen=True)
class Bill:
    """What asking the whole ladder can use at most, and on how many questions."""

    questions: int
    prompt_tokens: int
    completion_tokens: int


def assess(
    spec: ProjectSpec,
    prompt: Prompt,
    dev: Sequence[Record],
    dev_sha256: str,
    model: LanguageModel,
    progress: Progress,
    sources: Sources = NO_SOURCES,
    prices: asking.Prices = NO_PRICES,
    hosted: bool = False,
    after_each: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
) -> Assessed:
    """Every rung of the spec on the dev split, the verdict, and the prompt to go on with.

    `after_each` is called after each rung; whoever pays stops there.
    """
    check(spec, dev)
    confidence = spec.evaluation.confidence
    tries = ladder(spec, prompt, sources)
    longest = asking.longest_answer(spec, dev, model)
    rungs: list[Rung] = []
    seconds: dict[str, float] = {}
    for one in tries:
        asked = asking.ask(one, spec, dev, model, longest, prices, progress, clock)
        rungs += asked.rungs
        seconds |= {f"{one.name}, {read}": spent for read, spent in asked.seconds.items()}
        after_each()
    targets = targets_of(spec)
    found = decide(
        rungs,
        targets,
        confidence,
        critical_target=_least(spec, CRITICAL),
        gold=[record.target for record in dev] if spec.task.kind == "classification" else None,
        baseline="zero_shot" if "zero_shot" in spec.prompt.strategies else tries[0].name,
    )
    best = next(one for one in tries if one.name == found.recommended)
    measured = next(
        one for one in rungs if (one.name, one.read) == (found.recommended, found.recommended_read)
    )
    text = proposal.propose(spec, prompt, best, sources)
    zero_shot = next((one for one in rungs if (one.name, one.read) == ("zero_shot", FREE)), None)
    least = targets[0].least if targets else None
    reckoned, missing = economics.reckon(spec.assessment, measured, zero_shot, prices, _least(spec, CRITICAL))
    payload = PromptAssessment(
        verdict=found.verdict,
        reason=found.reason,
        target=least,
        target_metric=targets[0].measure if targets else MAIN_METRIC[spec.task.kind],
        recommended=found.recommended,
        dev_sha256=dev_sha256,
        rungs=tuple(results.result(one, kind_of(spec.task.kind).metric, confidence) for one in rungs),
        decision=found,
        neighbours=results.steps(rungs, confidence),
        break_even=reckoned,
        no_break_even=missing,
        prompt_sha256=proposal.digest(text),
        prices=prices.rows,
        hosted=hosted,
    )
    return Assessed(payload, text, seconds)


def bill(
    spec: ProjectSpec, prompt: Prompt, dev: Sequence[Record], model: LanguageModel, sources: Sources
) -> Bill:
    """Before anything is asked. The model only counts here."""
    check(spec, dev)
    longest = asking.longest_answer(spec, dev, model)
    tries = ladder(spec, prompt, sources)
    used = [asking.most_used(one, dev, model, longest) for one in tries]
    return Bill(
        sum(len(dev) * max(1, len(one.draws)) for one in tries),
        sum(most.prompt_tokens for most in used),
        sum(most.completion_tokens for most in used),
    )


def recommended(spec: ProjectSpec, prompt: Prompt, payload: PromptAssessment, sources: Sources) -> str:
    """The text of which `payload.prompt_sha256` is the digest, made again without asking anything."""
    best = _named(ladder(spec, prompt, sources), payload.recommended)
    return proposal.propose(spec, prompt, best, sources)


def targets_of(spec: ProjectSpec) -> tuple[Target, ...]:
    """The least of what the kind is judged by, its score first: of labels that is the accuracy.

    What cannot be read is wrong, so parse failures need no target of their own.
    """
    measures: tuple[MeasureName, ...] = (
        ("accuracy",) if MAIN_METRIC[spec.task.kind] == "accuracy" else ("score", "accuracy")
    )
    found = ((measure, _least(spec, measure)) for measure in measures)
    return tuple(Target(measure, least) for measure, least in found if least is not None)


def check(spec: ProjectSpec, dev: Sequence[Record]) -> None:
    """SpecError before anything is asked, where the answers could not be judged."""
    kind_of(spec.task.kind)
    if spec.task.kind == "classification":
        checked_labels(spec.task, dev, "dev")
    elif not dev:
        raise SpecError(
            "The dev split is empty.", "Too few records were prepared.", "Raise data.records, or its share."
        )


def _named(tries: Sequence[Try], name: str) -> Try:
    for one in tries:
        if one.name == name:
            return one
    raise SpecError(
        "The assessment recommends a prompt that the spec does not try.",
        "prompt.strategies changed since.",
        "Run `clinft assess` again.",
    )


def _least(spec: ProjectSpec, metric: str) -> float | None:
    found = (one.min for one in spec.evaluation.thresholds if one.metric == metric)
    return next((least for least in found if least is not None), None)
