"""The plot of a month's cost: same bytes each time, readable ticks, and no line that is not there."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import matplotlib
import pytest

from clinft.artifacts.assessment import BreakEven, Volume
from clinft.stages.report.break_even_plot import monthly_cost, short


def costs(requests: int | None = 1223, prompt: str = "0.4928", **changes: object) -> BreakEven:
    made = BreakEven(
        formula="N*",
        status="never" if requests is None else "from_volume",
        requests_per_month=requests,
        probability_basis="measured",
        inputs=(),
        prompt_usd_per_request=Decimal(prompt),
        tuned_usd_per_request=Decimal("0.2474"),
        tuned_usd_per_month=Decimal(300),
        volumes=tuple(
            Volume(requests_per_month=n, prompt_usd=Decimal(0), tuned_usd=Decimal(0), probability_cheaper=0.5)
            for n in (100, 1_000_000)
        ),
        sensitivity=(),
    )
    return made.model_copy(update=changes)


# A crossing early, late, beyond every axis, at 0; no crossing; no volume; nothing that costs.
CASES = {
    "early": costs(),
    "late": costs(750_000),
    "never": costs(None),
    "no volumes": costs(volumes=()),
    "free": costs(prompt="0"),
    "assumed": costs(probability_basis="assumed"),
}
# What cannot be drawn on a logarithmic axis is left out.
ALIKE = {
    "never": (costs(10**14), costs(0)),
    "no volumes": (costs(volumes=(costs().volumes[0].model_copy(update={"requests_per_month": 0}),)),),
}


@pytest.mark.parametrize("name", CASES)
def test_plot_is_one_svg_with_the_same_bytes_under_any_settings(name: str) -> None:
    first = monthly_cost(CASES[name])
    with matplotlib.rc_context():
        matplotlib.rcParams.update({"font.size": 30, "svg.hashsalt": "other", "svg.fonttype": "none"})
        assert monthly_cost(CASES[name]) == first

    assert ElementTree.fromstring(first).tag == "{http://www.w3.org/2000/svg}svg"
    assert re.search(r"<dc:date|<script|Matplotlib v", first) is None


def test_plots_differ_when_the_facts_differ() -> None:
    drawn = {name: monthly_cost(made) for name, made in CASES.items()}

    assert len(set(drawn.values())) == len(CASES)
    for name, others in ALIKE.items():
        assert {monthly_cost(other) for other in others} == {drawn[name]}


@pytest.mark.parametrize(
    ("value", "tick"),
    [
        (0.01, "0.01"),
        (1, "1"),
        (100, "100"),
        (1000, "1k"),
        (1500, "1.5k"),
        (10**6, "1M"),
        (2 * 10**10, "20B"),
    ],
)
def test_ticks_are_short(value: float, tick: str) -> None:
    assert short(value) == tick
