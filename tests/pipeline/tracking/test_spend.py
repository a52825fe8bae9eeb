"""What was spent is added up by month; what nobody measured is counted and never taken for nothing."""

from decimal import Decimal
from pathlib import Path

import pytest

from clinft.pipeline.tracking import Cost, cumulative, spent, tables
from clinft.pipeline.tracking.amounts import amount
from tests.fakes import run_inputs
from tests.fakes.committed_runs import commit_run


def cost(project: str, month: str, estimated: str | None, actual: str | None) -> Cost:
    def money(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return Cost(project, "aaaaaaaaaaaa-a1", month, "training", money(estimated), money(actual))


def test_months_add_up_by_project_and_for_all() -> None:
    found = cumulative(
        (
            cost("b", "2026-11", "2", "1.50"),
            cost("a", "2026-12", "1", None),
            cost("a", "2026-11", "1", "0.25"),
            cost("a", "2026-11", None, "0.25"),
        )
    )
    shown = [
        (one.project, one.month, str(one.actual_usd), one.unknown, str(one.cumulative_actual_usd))
        for one in found
    ]
    assert shown == [
        ("a", "2026-11", "0.50", 0, "0.50"),
        ("a", "2026-12", "0", 1, "0.50"),
        ("b", "2026-11", "1.50", 0, "1.50"),
        ("", "2026-11", "2.00", 0, "2.00"),
        ("", "2026-12", "0", 1, "2.00"),
    ]
    assert [str(one.cumulative_estimated_usd) for one in found] == ["1", "2", "2", "3", "4"]
    assert found[-1].cumulative_unknown == 1


def test_nothing_was_spent_where_there_is_no_run(tmp_path: Path) -> None:
    assert cumulative(spent(tables(tmp_path)["costs"])) == ()


def test_the_table_gives_what_is_added_up(tmp_path: Path) -> None:
    priced = run_inputs.estimate().model_copy(update={"cost_usd": Decimal("1.20")})
    commit_run(tmp_path, estimate=priced, measured={"cost_usd": "1.17"})
    training, evaluation = spent(tables(tmp_path)["costs"])
    assert (training.what, training.month) == ("training", "2026-11")
    assert (training.estimated_usd, training.actual_usd) == (Decimal("1.20"), Decimal("1.17"))
    assert (evaluation.what, evaluation.actual_usd) == ("evaluation", None)


@pytest.mark.parametrize(
    ("value", "is_amount"),
    [
        (0, True), ("1.17", True), (1e-05, True), (-0.01, False), ("nan", False), ("inf", False),
        ("=1+1", False), (None, False), (True, False), ("", False), ("1e99", False),
    ],
)  # fmt: skip
def test_only_what_is_money_is_an_amount(value: object, is_amount: bool) -> None:
    assert (amount(value) is not None) == is_amount
