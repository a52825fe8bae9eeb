"""What is drawn: every interval, only what was measured, and lines only where one test split was measured."""

from dataclasses import replace
from decimal import Decimal

import pytest

from clinft.stages.report.dashboard import money, trends
from clinft.stages.report.dashboard.charts import over_time
from clinft.stages.report.dashboard.views import Cost, Measured, Money, Month
from tests.fakes.dashboard_views import MONTHS, a_project, a_run, interval


def test_a_trend_has_the_tuned_and_the_base_model_with_their_intervals() -> None:
    (chart,) = trends.charts_of(a_project())
    assert chart.title == "Accuracy"
    assert chart.columns == ("at", "series", "value", "low", "high", "n", "test", "run")
    assert [row[1:5] for row in chart.rows] == [["base", 0.4, 0.3, 0.5], ["tuned", 0.73, 0.63, 0.83]]
    assert [word for _, word in chart.key] == [
        "tuned model",
        "base model, with prompt",
        "deployed run, the baseline",
    ]
    assert chart.summary == (
        "1 run, higher is better; newest and deployed 0.730 [0.630, 0.830] (n = 60); threshold a text"
    )


def test_a_line_joins_what_was_measured_on_the_same_split() -> None:
    (chart,) = trends.charts_of(a_project())
    (line,) = [layer for layer in chart.spec["layer"] if layer["mark"]["type"] == "line"]
    assert line["encoding"]["detail"] == {"field": "test"}


def test_what_was_not_measured_is_not_drawn() -> None:
    without = a_run(metrics=(Measured("accuracy", True, None, None, missing="no answer"),))
    assert [*trends.charts_of(a_project("a text", without))] == []
    assert [*trends.charts_of(a_project("a text", a_run(started_at=None)))] == []
    assert [*trends.charts_of(a_project("a text", a_run(started_at="yesterday")))] == []


def test_the_main_metric_and_those_with_thresholds_come_first() -> None:
    names = ("rouge_1", "accuracy", "macro_f1", "perplexity", "auroc", "brier", "log_loss", "a text")
    run = a_run(metrics=tuple(Measured(name, True, interval(), None) for name in names))
    titles = [chart.title for chart in trends.charts_of(a_project("a text", run))]
    assert titles[:3] == ["Accuracy", "A text", "ROUGE-1 F"]
    assert len(titles) == trends.MOST


def test_of_a_deployed_run_that_is_not_the_newest_both_are_told() -> None:
    newer = a_run(run_id="bbbbbbbbbbbb-a1", started_at="2026-11-09T08:00:00+00:00", deployed=False,
                  metrics=(Measured("accuracy", True, interval(0.8), None),), bounds=())  # fmt: skip
    (chart,) = trends.charts_of(a_project("a text", a_run(), newer))
    assert "newest 0.800 [0.700, 0.900] (n = 60); deployed 0.730 [0.630, 0.830] (n = 60)" in chart.summary


@pytest.mark.parametrize(
    ("moments", "format_"),
    [
        (["2026-11-03T08:00:00+00:00"], "%-d %b"),
        (["2026-11-03T08:00:00+00:00", "2026-11-03T08:00:00+00:00"], "%-d %b"),
        (["2025-01-03T08:00:00+00:00", "2026-11-03T08:00:00"], "%b %Y"),
    ],
)
def test_the_time_axis_has_a_few_whole_days_inside_its_bounds(moments: list[str], format_: str) -> None:
    axis = over_time(moments)
    first, last = axis["scale"]["domain"]
    values = axis["axis"]["values"]
    assert 1 <= len(values) <= 6
    assert all(first <= value <= last and value % 86_400_000 == 0 for value in values)
    assert format_ in axis["axis"]["labelExpr"]


def test_an_estimate_is_drawn_up_to_its_bound_and_a_missing_cost_is_not_drawn() -> None:
    run = a_run()
    other = Cost(Decimal(1), Decimal(2), None, Decimal(3))
    chart = money.against_estimate([run, replace(run, run_id="b", cost=other)])
    assert chart is not None
    assert [row[1:4] for row in chart.rows] == [
        ["estimated", 14.2, 18.0],
        ["actual", 12.5, None],
        ["estimated", 1.0, 2.0],
    ]
    assert chart.summary == (
        "2 runs with an estimate, 1 with a measured cost, 12.50 USD together. All of training alone, bounds too; "
        "evaluation is in the table"
    )
    assert money.against_estimate([replace(run, cost=None)]) is None


def test_a_bound_that_covers_more_than_training_is_not_drawn_beside_its_cost() -> None:
    """An earlier clinft bounded training and evaluation together, and nothing else."""
    run = a_run(cost=Cost(Decimal(1), None, Decimal(1), Decimal(3)))
    chart = money.against_estimate([run])
    assert chart is not None
    assert [row[1:4] for row in chart.rows] == [["estimated", 1.0, None], ["actual", 1.0, None]]
    assert chart.summary.endswith("1 without a bound of training alone")
    assert "at most" not in str(chart.rows)
    assert "3" not in [word.strip(".") for row in chart.rows for word in str(row[5]).split()]


def test_spend_is_added_up_and_says_how_much_of_it_is_known() -> None:
    chart = money.by_month(Money(MONTHS, known=3, unknown=2))
    assert chart is not None
    assert chart.rows == [["2026-11", 12.5, 12.5, "12.50 USD", "12.50 USD"]]
    assert chart.summary == "12.50 USD in 1 month; measured in 3 of 5 costs of training and evaluation"
    assert money.by_month(Money(MONTHS, known=0, unknown=2)) is None
    assert money.by_month(Money()) is None


def test_where_nothing_was_spent_the_axis_still_begins_at_nothing() -> None:
    free = Month("2026-11", "", Decimal(0), Decimal(0), 0, Decimal(0))
    chart = money.by_month(Money((free,), known=1))
    assert chart is not None
    assert chart.spec["layer"][0]["encoding"]["y"]["scale"] == {"domain": [0, 1]}
