"""One rung against the targets: does it reach them, can it, and how many items would tell?"""

from collections.abc import Sequence
from dataclasses import dataclass

from clinft.artifacts.assessment import CriticalRecall, MeasureName
from clinft.stages.assess.measures import adjusted, certified, critical_recall, interval, items_needed, mean
from clinft.stages.assess.outcomes import Rung


@dataclass(frozen=True)
class Target:
    """A primary measure and the least that it must reach."""

    measure: MeasureName
    least: float


@dataclass(frozen=True)
class Judged:
    """One rung against the targets."""

    rung: Rung
    reached: bool
    out_of_reach: bool
    critical: CriticalRecall | None
    first: float


@dataclass(frozen=True)
class Question:
    targets: Sequence[Target]
    critical: float | None
    confidence: float
    rungs: int

    @property
    def lower(self) -> float:
        """Any rung may be the one that is recommended, so all lower bounds hold together."""
        return adjusted(self.confidence, self.rungs)

    @property
    def upper(self) -> float:
        """Out of reach needs every rung below, which needs no correction; but any of its measures will do."""
        return adjusted(self.confidence, max(1, len(self.targets) + (self.critical is not None)))


def judge(rung: Rung, question: Question) -> Judged:
    critical, below = None, False
    if question.critical is not None:
        critical = certified(rung, question.critical, question.confidence, question.rungs)
        recall = critical_recall(rung, question.upper)
        below = recall is not None and recall.high < question.critical
    certain = critical is None or critical.status == "CERTIFIED"
    return Judged(
        rung,
        reached=certain and all(_reaches(rung, target, question.lower) for target in question.targets),
        out_of_reach=below or any(_below(rung, target, question.upper) for target in question.targets),
        critical=critical,
        first=mean(rung, question.targets[0].measure if question.targets else "score"),
    )


def rank(one: Judged) -> tuple[object, ...]:
    """Best first: what reaches all targets, what can reach them, what has more of the first measure.

    Among equals a free answer, for nothing has to hold the model to its labels then; then the shorter prompt.
    """
    tokens = [outcome.prompt_tokens or 0 for outcome in one.rung.outcomes]
    return (
        not one.reached,
        one.out_of_reach,
        -one.first,
        one.rung.read == "closed_labels",
        sum(tokens),
        one.rung.name,
    )


def undecided(best: Judged, question: Question) -> list[Target]:
    return [target for target in question.targets if not _reaches(best.rung, target, question.lower)]


def items_that_decide(best: Judged, question: Question) -> int | None:
    """For the measure that needs most; None where one of them is the target itself."""
    needed = [
        items_needed(best.rung, target.measure, target.least, question.lower)
        for target in undecided(best, question)
    ]
    known = [n for n in needed if n is not None]
    return max(known) if known and len(known) == len(needed) else None


def _reaches(rung: Rung, target: Target, confidence: float) -> bool:
    # An interval holds its value: where that tells, none has to be drawn.
    if mean(rung, target.measure) < target.least:
        return False
    return interval(rung, target.measure, confidence).low >= target.least


def _below(rung: Rung, target: Target, confidence: float) -> bool:
    if mean(rung, target.measure) >= target.least:
        return False
    return interval(rung, target.measure, confidence).high < target.least
