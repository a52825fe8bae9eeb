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
    """`answered`: as the models would be used; `scored`: with the likelihood of the right answer.

    `scoring` is that of `answered`: free answers, or label scores where one of the runs has no others.
    """

    answered: list[Pair]
    scored: list[Pair]
    scoring: str


@dataclass(frozen=True)
class Incomparable:
    reason: str


def pair(
    candidate: EvaluationReport,
    candidate_items: Sequence[ItemResult],
    baseline: EvaluationReport,
    baseline_items: Sequence[ItemResult],
) -> Pairing | Incomparable:
    """Every item of both or nothing: what is left after dropping items is another test."""
    if candidate.test_sha256 != baseline.test_sha256:
        return Incomparable("The two runs were measured on different test splits.")
    found: dict[str, list[Pair]] = {}
    for scoring in (GENERATED, CLOSED):
        pairs = _pairs(_tuned(candidate_items, scoring), _tuned(baseline_items, scoring))
        if isinstance(pairs, Incomparable):
            return pairs
        found[scoring] = pairs
    scoring = GENERATED if found[GENERATED] else CLOSED
    if not found[scoring]:
        return Incomparable(_nothing_shared(candidate_items, baseline_items))
    return Pairing(found[scoring], found[CLOSED], scoring)


def _pairs(candidate_rows: list[ItemResult], baseline_rows: list[ItemResult]) -> list[Pair] | Incomparable:
    """Empty where one of the two was not read in this way at all."""
    if not candidate_rows or not baseline_rows:
        return []
    candidate = {row.item: row for row in candidate_rows}
    baseline = {row.item: row for row in baseline_rows}
    for which, rows, by_item in (
        ("candidate", candidate_rows, candidate),
        ("baseline", baseline_rows, baseline),
    ):
        if len(rows) != len(by_item):
            return Incomparable(f"The {which} answers {_items(len(rows) - len(by_item))} more than once.")
    if candidate.keys() != baseline.keys():
        differing = len(candidate.keys() ^ baseline.keys())
        return Incomparable(f"Only one of the two runs holds an answer for {_items(differing)}.")
    pairs = [Pair(baseline[item], candidate[item]) for item in sorted(candidate)]
    changed = sum(
        (one.candidate.item_sha256, one.candidate.target) != (one.baseline.item_sha256, one.baseline.target)
        for one in pairs
    )
    if changed:
        return Incomparable(f"The text or target of {_items(changed)} is another in the two runs.")
    return pairs


def _items(count: int) -> str:
    return f"{count:,} item" if count == 1 else f"{count:,} items"


def _tuned(items: Sequence[ItemResult], scoring: str) -> list[ItemResult]:
    return [item for item in items if item.system == TUNED and item.scoring == scoring]


def _nothing_shared(candidate: Sequence[ItemResult], baseline: Sequence[ItemResult]) -> str:
    for which, rows in (("candidate", candidate), ("baseline", baseline)):
        if not any(row.system == TUNED for row in rows):
            return f"The {which} has no items of the tuned model."
    return "One run has only free answers of the tuned model, the other only label scores."
