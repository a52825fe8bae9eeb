"""A run that is not deployed, made by hand: which answers are wrong, and the plan that it was of."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from clinft.artifacts.planning import CostEstimate, Interval
from clinft.artifacts.proposal import CurvePoint
from clinft.artifacts.results import ItemResult, MetricChange, RegressionVerdict
from clinft.spec.project import ProjectSpec
from clinft.stages.propose.facts import ProposeFacts
from clinft.statistics.proportions import wilson
from tests.fakes import run_inputs, run_results

LABELS = ("immediate", "urgent", "non-urgent")
RUN = "aaaaaaaaaaaa-a1"
RECORDS = {"train": 600, "validation": 100, "dev": 100, "test": 200}
TARGET = 0.85


def spec(**data: Any) -> ProjectSpec:
    """A triage project of the generator that can be steered."""
    made = run_inputs.spec(LABELS)
    update = {"records": 1000, "generator": "clinical-notes", **data}
    found = made.data.model_copy(update=update)
    threshold = made.evaluation.thresholds[0].model_copy(update={"metric": "accuracy", "min": TARGET})
    evaluation = made.evaluation.model_copy(update={"thresholds": (threshold,)})
    budget = made.budget.model_copy(update={"max_usd": Decimal(10), "max_hours": 4.0})
    return made.model_copy(update={"data": found, "evaluation": evaluation, "budget": budget})


def row(
    number: int,
    miss: float = 0.0,
    target: str | None = None,
    slices: Mapping[str, str] | None = None,
    **changes: Any,
) -> ItemResult:
    wanted = LABELS[number % 3] if target is None else target
    made: dict[str, Any] = {
        "item": f"test-{number:06d}",
        "item_sha256": f"{number:064x}",
        "system": "tuned",
        "scoring": "generated_text",
        "target": wanted,
        "prediction": wanted if miss == 0.0 else LABELS[(number + 1) % 3],
        "correct": miss == 0.0,
        "answer_nll_nats": None,
        "answer_tokens": None,
        "score": None if miss in (0.0, 1.0) else 1.0 - miss,
        "slices": dict(slices or {}),
        **changes,
    }
    return ItemResult(**made)


def rows(n: int = 200) -> list[ItemResult]:
    """Every fourth note is of sepsis, and half of these are missed; of the others one in twenty is."""
    made = []
    for number in range(n):
        septic = number % 4 == 0
        missed = number % 8 == 0 if septic else number % 20 == 1
        condition = "sepsis" if septic else f"condition-{number % 4}"
        slices = {"condition": condition, "sex": ("female", "male")[number // 8 % 2]}
        made.append(row(number, float(missed), slices=slices))
    return made


def features(n: int = 200) -> dict[str, dict[str, str]]:
    """Missed notes hold distractors, and so do a few others."""
    return {
        f"test-{number:06d}": {"distractors": "yes" if number % 8 == 0 or number % 9 == 1 else "no"}
        for number in range(n)
    }


def point(run_id: str, records: int, wrong: int, n: int = 200) -> CurvePoint:
    return CurvePoint(run_id=run_id, records=records, error=wilson(wrong, n))


POINTS = (
    point("bbbbbbbbbbbb-a1", 150, 80),
    point("cccccccccccc-a1", 300, 54),
    point(RUN, 600, 36),
)


def estimate(usd: str = "2.00", minutes: float | None = 30.0) -> CostEstimate:
    return run_inputs.estimate().model_copy(
        update={
            "cost_usd": Decimal(usd),
            "cost_usd_upper": Decimal(usd) * 2,
            "minutes": minutes,
            "minutes_upper": None if minutes is None else minutes * 2,
            "formula": "40,000 tokens × 1 epoch = 40,000 trained tokens; × 50 USD per million = 2.00 USD",
        }
    )


def verdict(status: str = "FAIL", items_needed: int | None = None) -> RegressionVerdict:
    made = run_results.failed_regression(LABELS)
    found = Interval(value=-0.02, low=-0.06, high=0.02, n=200, confidence=0.95, method="Tango")
    change = MetricChange(
        metric="accuracy",
        baseline=0.84,
        candidate=0.82,
        difference=found,
        margin=0.02,
        status="WARN" if status == "WARN" else "FAIL",
        detail="the loss may exceed the margin",
        items_needed=items_needed,
    )
    return made.model_copy(update={"status": status, "recommendation": "iterate", "metrics": (change,)})


def facts(**changes: Any) -> ProposeFacts:
    evaluation = run_results.evaluation(LABELS)
    unmet = tuple(one.model_copy(update={"met": False}) for one in evaluation.thresholds[:1])
    made: dict[str, Any] = {
        "spec": spec(),
        "spec_sha256": "5" * 64,
        "run_id": RUN,
        "evaluation": evaluation.model_copy(update={"thresholds": unmet}),
        "regression": verdict(),
        "rows": rows(),
        "records": RECORDS,
        "features": features(),
        "conditions": {"sepsis": "sepsis"},
        "points": POINTS,
        "estimate": estimate(),
        "baseline": True,
        **changes,
    }
    return ProposeFacts(**made)


def settings(changes: Sequence[Any]) -> dict[str, Any]:
    return {change.setting: change.value for change in changes}
