"""Answers of an earlier evaluation in place of new ones, where a model cannot be asked any more."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.data import Record
from clinft.artifacts.results import ItemResult
from clinft.stages.evaluate.kept import Answered, Kept
from clinft.stages.evaluate.scoring import SCORINGS
from clinft.stages.evaluate.systems import DEPLOYED, TUNED


def take(rows: Iterable[ItemResult], run_id: str, test: Sequence[Record], kept: Kept) -> str | None:
    """The tuned model's rows of `run_id` become those of `deployed`; or why they cannot be used."""
    mine = [row for row in rows if row.system == TUNED]
    order = {record.id: place for place, record in enumerate(test)}
    found = {scoring: [row for row in mine if row.scoring == scoring] for scoring in SCORINGS}
    for scoring, given in found.items():
        if given and (len(given) != len(order) or {row.item for row in given} != order.keys()):
            return f"{run_id} was measured on other items ({scoring.replace('_', ' ')})"
    if not any(found.values()):
        return f"{run_id} holds no answers of its tuned model"
    for scoring, given in found.items():
        if given and kept.finished(DEPLOYED, scoring) < len(order):
            kept.path(DEPLOYED, scoring).unlink(missing_ok=True)
            renamed = (row.model_copy(update={"system": DEPLOYED}) for row in given)
            in_order = sorted(renamed, key=lambda row: order[row.item])
            kept.add(DEPLOYED, scoring, [Answered(row=row) for row in in_order])
    return None
