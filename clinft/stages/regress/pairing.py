"""Which items of two runs can be compared, and why others cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinft.artifacts.results import ItemResult
from clinft.metrics.comparing import Pair

TUNED, DEPLOYED = "tuned", "deployed"
GENERATED, CLOSED = "generated_text", "closed_labels"


@dataclass(frozen=True)
class Pairing:
    """Pairs are (baseline, candidate), by item. `answered`: as the models would be used; `scored`: with the
    likelihood of the right answer.

    `scoring` is that of `answered`: free answers, or label scores where one of the runs has no others.
    """

    answered: list[Pair]
    scored: list[Pair]
    scoring: str


@dataclass(frozen=True)
class Incomparable:
    reason: str


def pair(
    candidate_items: Sequence[ItemResult], baseline_items: Sequence[ItemResult], system: str = TUNED
) -> Pairing | Incomparable:
    """Every item of both or nothing: what is left after dropping items is another test."""
    found: dict[str, list[Pair]] = {}
    for scoring in (GENERATED, CLOSED):
        sides = [
            [row for row in rows if row.system == system and row.scoring == scoring]
            for rows in (candidate_items, baseline_items)
        ]
        pairs = _pairs(sides[0], sides[1])
        if isinstance(pairs, Incomparable):
            return pairs
        found[scoring] = pairs
    scoring = GENERATED if found[GENERATED] else CLOSED
    if not found[scoring]:
        return Incomparable(_nothing_shared(candidate_items, baseline_items, system))
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
    pairs = [(baseline[item], candidate[item]) for item in sorted(candidate)]
    changed = sum((one.item_sha256, one.target) != (two.item_sha256, two.target) for one, two in pairs)
    if changed:
        return Incomparable(f"The text or target of {_items(changed)} is another in the two runs.")
    judged = sum(one.scored_by != two.scored_by for one, two in pairs)
    if judged:
        return Incomparable(
            f"Another version of the metric or judge scored {_items(judged)} in the two runs."
        )
    return [_of_one_cluster(one, two) for one, two in pairs]


def _of_one_cluster(baseline: ItemResult, candidate: ItemResult) -> Pair:
    """Rows of an earlier version do not say to which scenario an item belongs, nor of whom it is."""
    known = {"cluster": candidate.cluster, "critical": candidate.critical, "slices": candidate.slices}
    if all(getattr(baseline, name) == value for name, value in known.items()):
        return baseline, candidate
    return baseline.model_copy(update=known), candidate


def _items(count: int) -> str:
    return f"{count:,} item" if count == 1 else f"{count:,} items"


def _nothing_shared(candidate: Sequence[ItemResult], baseline: Sequence[ItemResult], system: str) -> str:
    for which, rows in (("candidate", candidate), ("baseline", baseline)):
        if not any(row.system == system for row in rows):
            return f"The {which} has no items of the {system} model."
    return "One run has only free answers of the tuned model, the other only label scores."
