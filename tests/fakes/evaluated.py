"""What `evaluate` leaves behind, made by hand: rows of the tuned model and the report around them."""

from collections.abc import Sequence

from clinft.artifacts.results import EvaluationReport, ItemResult
from tests.fakes.specs import LABELS

GENERATED, CLOSED = "generated_text", "closed_labels"


def items(
    right: Sequence[bool], nll: float | Sequence[float] = 1.0, said: str | None = None
) -> list[ItemResult]:
    """Free answers and label scores: `right[i]` says whether item i is answered right, in both.

    Targets go round the labels; a wrong answer is `said` or the next label; `nll` is nats of two tokens.
    """
    rows = []
    for scoring in (GENERATED, CLOSED):
        for number, hit in enumerate(right):
            target = LABELS[number % 4]
            wrong = said or LABELS[(number + 1) % 4]
            nats = nll if isinstance(nll, float) else nll[number]
            rows.append(
                ItemResult(
                    item=f"test-{number:04d}",
                    item_sha256=f"{number:064x}",
                    system="tuned",
                    scoring=scoring,
                    target=target,
                    prediction=target if hit else wrong,
                    correct=hit,
                    answer_nll_nats=nats if scoring == CLOSED else None,
                    answer_tokens=2 if scoring == CLOSED else None,
                )
            )
    return rows


def without(rows: Sequence[ItemResult], scoring: str) -> list[ItemResult]:
    return [row for row in rows if row.scoring != scoring]


def changed(rows: Sequence[ItemResult], item: str, scoring: str, **update: object) -> list[ItemResult]:
    """With one row changed."""
    return [
        row.model_copy(update=update) if (row.item, row.scoring) == (item, scoring) else row for row in rows
    ]


def report(test: str = "a", met: bool = True) -> EvaluationReport:
    """Without systems: regress reads the items. `met` False: a threshold on accuracy is not met."""
    unmet = {"metric": "accuracy", "bound": "at least 0.9", "met": False, "detail": "lower bound 0.7"}
    return EvaluationReport.model_validate(
        {
            "test_sha256": test * 64,
            "n": 400,
            "systems": (),
            "gains": (),
            "thresholds": () if met else (unmet,),
            "thresholds_met": met,
        }
    )
