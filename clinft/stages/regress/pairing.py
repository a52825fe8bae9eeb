"""Which items of two runs can be compared, and why others cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinft.artifacts.results import EvaluationReport, ItemResult

TUNED = "tuned"
GENERATED, CLOSED = "generated_text", "closed_labels"


@dataclass(frozen=True)
class Pair:
    """The same item, answered by both."""

    baseline: ItemResult
    candidate: ItemResult


@dataclass(frozen=True)
class Pairing:
    """`answered`: as the models would be used; `scored`: with the likelihood of the right answer."""

    answered: list[Pair]
    scored: list[Pair]


@dataclass(frozen=True)
class Incomparable:
    reason: str


def pair(
    candidate: EvaluationReport,
    candidate_items: Sequence[ItemResult],
    baseline: EvaluationReport,
    baseline_items: Sequence[ItemResult],
) -> Pairing | Incomparable:
    if candidate.test_sha256 != baseline.test_sha256:
        return Incomparable("The two runs were measured on different test splits.")
    answered = _pairs(candidate_items, baseline_items, GENERATED)
    scored = _pairs(candidate_items, baseline_items, CLOSED)
    if isinstance(answered, Incomparable) and isinstance(scored, Incomparable):
        return answered
    if isinstance(answered, Incomparable):
        return Incomparable(f"The free answers cannot be paired. {answered.reason}")
    return Pairing(answered, [] if isinstance(scored, Incomparable) else scored)


def _pairs(
    candidate_items: Sequence[ItemResult], baseline_items: Sequence[ItemResult], scoring: str
) -> list[Pair] | Incomparable:
    candidate, baseline = _by_item(candidate_items, scoring), _by_item(baseline_items, scoring)
    if not candidate or not baseline:
        which = "candidate" if not candidate else "baseline"
        return Incomparable(f"The {which} has no items of the tuned model.")
    if candidate.keys() != baseline.keys():
        differing = len(candidate.keys() ^ baseline.keys())
        return Incomparable(f"{differing:,} items were answered by only one of the two.")
    pairs = [Pair(baseline[item], candidate[item]) for item in sorted(candidate)]
    changed = sum(
        (one.candidate.item_sha256, one.candidate.target) != (one.baseline.item_sha256, one.baseline.target)
        for one in pairs
    )
    if changed:
        return Incomparable(f"{changed:,} items have the same name but another text or target.")
    return pairs


def _by_item(items: Sequence[ItemResult], scoring: str) -> dict[str, ItemResult]:
    return {item.item: item for item in items if item.system == TUNED and item.scoring == scoring}
