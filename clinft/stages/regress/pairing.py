"""Which items of two runs can be compared, and why others cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clinft.artifacts.results import ItemResult
from clinft.metrics.comparing import Pair

TUNED, DEPLOYED = "tuned", "deployed"
GENERATED, CLOSED = "generated_text", "closed_labels"


@dataclass(frozen=True)
class Pairing:
    """Pairs are (baseline, candidate), by item. `answered`: as the models would be used; `scored`: with the
    likelihood of the right answer.

    `scoring` is that of `answered`: free answers, or label scores where one of the runs has no others.
    `mixed`: the candidate's free answers against label scores, where the baseline has none but these.
    """

    answered: list[Pair]
    scored: list[Pair]
    scoring: str
    mixed: list[Pair] = field(default_factory=list)

    @property
    def used(self) -> list[ItemResult]:
        """The candidate's rows as it would be used."""
        return [now for _, now in self.mixed or self.answered]


@dataclass(frozen=True)
class Incomparable:
    reason: str


def pair(
    candidate_items: Sequence[ItemResult], baseline_items: Sequence[ItemResult], system: str = TUNED
) -> Pairing | Incomparable:
    """Every item of both or nothing: what is left after dropping items is another test."""

    def read_as(rows: Sequence[ItemResult], scoring: str) -> list[ItemResult]:
        return [row for row in rows if row.system == system and row.scoring == scoring]

    free = _pairs(read_as(candidate_items, GENERATED), read_as(baseline_items, GENERATED))
    if isinstance(free, Incomparable):
        return free
    scored = _pairs(read_as(candidate_items, CLOSED), read_as(baseline_items, CLOSED))
    if isinstance(scored, Incomparable):
        return scored
    if free:
        return Pairing(free, scored, GENERATED)
    mixed = _pairs(read_as(candidate_items, GENERATED), read_as(baseline_items, CLOSED))
    if isinstance(mixed, Incomparable):
        return mixed
    if scored:
        return Pairing(scored, scored, CLOSED, mixed)
    return Incomparable(_nothing_shared(candidate_items, baseline_items, system))


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
    why = _of_other_cases(pairs)
    return [_of_one_case(one, two) for one, two in pairs] if why is None else Incomparable(why)


def _of_other_cases(pairs: Sequence[Pair]) -> str | None:
    changed = sum((one.item_sha256, one.target) != (two.item_sha256, two.target) for one, two in pairs)
    if changed:
        return f"The text or target of {_items(changed)} is another in the two runs."
    judged = sum(one.scored_by != two.scored_by for one, two in pairs)
    if judged:
        return f"Another version of the metric or judge scored {_items(judged)} in the two runs."
    critical = sum({one.critical, two.critical} == {True, False} for one, two in pairs)
    if critical:
        return f"The two runs differ in which of {_items(len(pairs))} are critical."
    return None


def _of_one_case(baseline: ItemResult, candidate: ItemResult) -> Pair:
    """Rows of an earlier version do not say to which scenario an item belongs, nor of whom it is.

    A case is critical where either says so. Only both together say that it is not, else its label decides.
    """
    told = {baseline.critical, candidate.critical}
    critical = True if True in told else False if told == {False} else None
    known = {"cluster": candidate.cluster, "critical": critical, "slices": candidate.slices}
    return _with(baseline, known), _with(candidate, known)


def _with(row: ItemResult, known: Mapping[str, object]) -> ItemResult:
    same = all(getattr(row, name) == value for name, value in known.items())
    return row if same else row.model_copy(update=known)


def _items(count: int) -> str:
    return f"{count:,} item" if count == 1 else f"{count:,} items"


def _nothing_shared(candidate: Sequence[ItemResult], baseline: Sequence[ItemResult], system: str) -> str:
    for which, rows in (("candidate", candidate), ("baseline", baseline)):
        if not any(row.system == system for row in rows):
            return f"The {which} has no items of the {system} model."
    return "One run has only free answers of the tuned model, the other only label scores."
