"""The break-even: worked out by hand, at its edges, and never a guess sold as a measurement."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.assessment import BreakEven
from clinft.artifacts.planning import Price
from clinft.errors import SpecError
from clinft.stages.assess.break_even import break_even
from clinft.stages.assess.break_even_terms import (
    AssumedTuned,
    Rates,
    Request,
    Terms,
    priced,
    rates,
    rates_of,
)
from clinft.stages.assess.outcomes import Outcome, Rung


def rung(name: str, right: int, misses: int, n: int = 100, per_cluster: int = 1) -> Rung:
    """`misses` of the wrong answers miss a critical case."""
    return Rung(
        name,
        "generated_text",
        [
            Outcome(
                str(number),
                float(number < right),
                number < right,
                True,
                missed_critical=True if number >= n - misses else None,
                cluster=str(number // per_cluster),
            )
            for number in range(n)
        ],
    )


# 80 right, 18 errors, 2 critical misses against 90, 9 and 1.
PROMPT, TUNED = rung("few_shot", 80, 2), rung("tuned", 90, 1)
TERMS = Terms(
    prompt=Request(*map(Decimal, ("1000", "500", "100", "2", "8", "0.5"))),
    tuned=Request(*map(Decimal, ("100", "500", "50", "3", "12"))),
    one_off_usd=Decimal(1200),
    monthly_usd=Decimal(200),
    months=Decimal(12),
    error_usd=Decimal("0.5"),
    critical_miss_usd=Decimal(20),
)


def found(
    tuned: Rung | AssumedTuned = TUNED, volumes: tuple[int, ...] = (1000,), **changes: Any
) -> BreakEven:
    return break_even(replace(TERMS, **changes), PROMPT, tuned, volumes)


def test_worked_example() -> None:
    # c_P = (1000 * 0.5 + 500) * 2 / 1e6 + 100 * 8 / 1e6 = 0.0028; c_F = 600 * 3 / 1e6 + 50 * 12 / 1e6 = 0.0024
    # saved: 0.0004 + 0.5 * (0.18 - 0.09) + 20 * (0.02 - 0.01) = 0.2454; month: 200 + 1200 / 12 = 300
    # N* = 300 / 0.2454 = 1,222.5
    made = found()

    assert TERMS.prompt.usd == Decimal("0.0028")
    assert TERMS.tuned.usd == Decimal("0.0024")
    assert made.requests_per_month == 1223
    assert made.status == "from_volume"
    assert made.prompt_usd_per_request == Decimal("0.4928")
    assert made.tuned_usd_per_request == Decimal("0.2474")
    assert made.tuned_usd_per_month == 300
    assert (made.volumes[0].prompt_usd, made.volumes[0].tuned_usd) == (Decimal("492.8"), Decimal("547.4"))


def test_critical_miss_is_not_also_an_error() -> None:
    assert rates(PROMPT.outcomes) == Rates(errors=Decimal("0.18"), critical_misses=Decimal("0.02"))
    # 300 / (0.0004 + 20 * 0.01)
    assert found(error_usd=Decimal(0)).requests_per_month == 1498


def test_break_even_pays_back_and_one_request_less_does_not() -> None:
    made = found()
    assert made.requests_per_month is not None
    saved = made.prompt_usd_per_request - made.tuned_usd_per_request
    assert made.requests_per_month * saved >= made.tuned_usd_per_month
    assert (made.requests_per_month - 1) * saved < made.tuned_usd_per_month


def test_never_where_a_request_saves_nothing() -> None:
    # Tokens of the tuned model cost more, and its errors cost nothing that anyone knows.
    dear = replace(TERMS.tuned, usd_per_million_output=Decimal(40))
    made = found(tuned=TUNED, error_usd=None, critical_miss_usd=None)
    never = break_even(
        replace(TERMS, tuned=dear, error_usd=None, critical_miss_usd=None), PROMPT, TUNED, (1000,)
    )

    assert made.requests_per_month == 750_000
    assert (never.status, never.requests_per_month) == ("never", None)
    assert never.volumes[0].probability_cheaper == 0.0
    assert any("error costs is unknown" in note for note in never.notes)
    assert any("critical miss costs is unknown" in note for note in never.notes)
    assert not any(one.name.startswith(("e:", "s:")) for one in (*never.inputs, *never.sensitivity))


def test_probability_counts_tokens_where_errors_cost_nothing_known() -> None:
    # 0.0004 saved a request, 300 a month: certain on either side of 750,000.
    made = found(error_usd=None, critical_miss_usd=None, volumes=(700_000, 800_000))
    assert [one.probability_cheaper for one in made.volumes] == [0.0, 1.0]


def test_nothing_to_pay_back_is_cheaper_from_the_start() -> None:
    assert found(one_off_usd=Decimal(0), monthly_usd=Decimal(0)).requests_per_month == 0


def test_probability_grows_with_volume() -> None:
    made = found(volumes=(100_000, 0, 1000, 1223, 10_000))
    shares = [one.probability_cheaper for one in made.volumes]

    assert [one.requests_per_month for one in made.volumes] == [0, 1000, 1223, 10_000, 100_000]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    # At the break-even either is as likely; the two share most of their errors.
    assert 0.3 < shares[2] < 0.7
    assert shares[-1] > 0.99


def test_clusters_leave_more_to_chance() -> None:
    # The 10 items that the tuned model has right alone are one cluster: without it nothing is saved.
    terms = replace(TERMS, critical_miss_usd=None)
    made = [
        break_even(terms, rung("p", 80, 0, per_cluster=size), rung("t", 90, 0, per_cluster=size), (10_000,))
        for size in (1, 10)
    ]

    assert any("10 clusters of 100 items" in note for note in made[1].notes)
    assert made[0].volumes[0].probability_cheaper > 0.8
    # Drawn at least once in 10: 1 - 0.9^10.
    assert made[1].volumes[0].probability_cheaper == pytest.approx(0.651, abs=0.04)


def test_tuned_model_that_nobody_measured_is_called_assumed() -> None:
    made = found(AssumedTuned(accuracy=(0.85, 0.95), critical_share=(0.1, 0.1)))

    # The middle of the range is the measured model of the worked example.
    assert made.requests_per_month == 1223
    assert made.probability_basis == "assumed"
    assert made.notes[0].startswith("ASSUMED, not measured: the tuned model is right on 0.850 to 0.950")
    basis = {one.name: one.basis for one in made.inputs}
    assert (basis["prompt: errors"], basis["tuned: errors"]) == ("measured", "assumed")
    assert found().probability_basis == "measured"


def test_assumed_break_even_and_its_chances_rest_on_the_same_rates() -> None:
    # Right on 0.5 to 1, and up to all that is wrong a critical miss: 0.25 wrong, half of it critical.
    tuned = AssumedTuned(accuracy=(0.5, 1.0), critical_share=(0.0, 1.0))
    assert rates_of(tuned) == Rates(errors=Decimal("0.125"), critical_misses=Decimal("0.125"))
    # Errors cost what misses do, so that only the share of wrong answers counts: 0.4 saved against 0.25.
    prompt = rung("prompt", 60, 10)
    terms = replace(TERMS, error_usd=Decimal(1), critical_miss_usd=Decimal(1), tuned=TERMS.prompt)
    made = break_even(terms, prompt, tuned, (2000,), resamples=4000)
    # N* = 300 / (0.4 - 0.25); of those draws half save less than that.
    assert made.requests_per_month == 2000
    assert made.volumes[0].probability_cheaper == pytest.approx(0.5, abs=0.03)


@settings(max_examples=50, deadline=None)
@given(ends=st.tuples(*[st.floats(0.0, 1.0)] * 4))
def test_assumed_rates_never_make_more_than_all_answers(ends: tuple[float, float, float, float]) -> None:
    low, high, least, most = ends
    ranges = AssumedTuned((min(low, high), max(low, high)), (min(least, most), max(least, most)))
    assumed = rates_of(ranges)
    assert assumed.errors >= 0
    assert assumed.critical_misses >= 0
    assert float(assumed.errors + assumed.critical_misses) == pytest.approx(1.0 - (low + high) / 2)


def test_each_input_moves_alone() -> None:
    moved = {one.name: (one.low, one.high, one.at_low, one.at_high) for one in found().sensitivity}

    # Half of K: (200 + 50) / 0.2454; one and a half: (200 + 150) / 0.2454.
    assert moved["K: paid once"] == (600, 1800, 1019, 1427)
    # Half of T: (200 + 200) / 0.2454; one and a half: (200 + 66.67) / 0.2454.
    assert moved["T: months of use"] == (6, 18, 1630, 1087)
    # Half of s: 300 / 0.1454; one and a half: 300 / 0.3454.
    assert moved["s: a critical miss"] == (10, 30, 2064, 869)
    assert len(moved) == len(found().inputs)


def test_sensitivity_says_never() -> None:
    # Without misses and with errors at 0.1 USD, half the prompt's errors leave the tuned model the worse.
    made = found(error_usd=Decimal("0.1"), critical_miss_usd=None)
    row = next(one for one in made.sensitivity if one.name == "tuned: errors")
    assert row.at_low is not None
    worse = found(rung("tuned", 85, 2), error_usd=Decimal("0.1"), critical_miss_usd=None)
    assert next(one for one in worse.sensitivity if one.name == "tuned: errors").at_high is None


def price(what: str, value: str, as_of: str = "2026-11-01") -> Price:
    return Price.model_validate(
        {"what": what, "value": value, "unit": "usd_per_million_tokens", "as_of": as_of, "source": "a table"}
    )


def test_prices_are_read_from_dated_rows() -> None:
    rows = (
        price("input", "9", "2025-01-01"),
        price("input", "2"),
        price("output", "8"),
        price("hosting", "3"),
    )
    tokens = tuple(map(Decimal, (1000, 500, 100)))
    plain = priced(rows, *tokens, "measured")
    cached = priced((*rows, price("cached_input", "0.5", "2026-10-01")), *tokens, "measured")

    assert plain is not None
    assert (plain.usd_per_million_input, plain.usd_per_million_output, plain.cached_factor) == (2, 8, 1)
    assert cached is not None
    assert cached.cached_factor == Decimal("0.25")
    assert priced(rows[:2], *tokens, "measured") is None
    made = break_even(replace(TERMS, prompt=cached), PROMPT, TUNED)
    dated = {one.name: (one.basis, one.as_of) for one in made.inputs}
    assert dated["prompt: input price"] == ("price", "2026-11-01")
    assert dated["prompt: k, cached prefix"] == ("price", "2026-10-01")
    assert dated["prompt: fixed tokens"] == ("measured", None)
    assert dated["tuned: input price"] == ("stated", None)
    assert made.prices_as_of == "2026-10-01"


@pytest.mark.parametrize(
    "changes",
    [
        {"one_off_usd": Decimal(-1)},
        {"monthly_usd": Decimal("NaN")},
        {"months": Decimal(0)},
        {"months": Decimal("NaN")},
        {"error_usd": Decimal("Infinity")},
        {"critical_miss_usd": Decimal(10) ** 9},
        {"prompt": replace(TERMS.prompt, fixed_tokens=Decimal(-5))},
        {"prompt": replace(TERMS.prompt, cached_factor=Decimal(11))},
    ],
)
def test_amounts_that_cannot_be_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="not usable"):
        found(**changes)


@pytest.mark.parametrize("accuracy", [(0.9, 0.8), (80.0, 90.0), (float("nan"), 1.0)])
def test_assumed_range_that_is_none_is_refused(accuracy: tuple[float, float]) -> None:
    with pytest.raises(SpecError, match="no range from 0 to 1"):
        found(AssumedTuned(accuracy, (0.0, 0.0)))


@pytest.mark.parametrize("volume", [-1, 10**10])
def test_volume_that_nobody_has_is_refused(volume: int) -> None:
    with pytest.raises(SpecError, match="requests a month"):
        found(volumes=(volume,))


def test_other_items_are_refused() -> None:
    with pytest.raises(SpecError, match="same items"):
        found(rung("tuned", 45, 1, n=50))


AMOUNT = st.decimals(0, 10_000_000, places=6)
REQUEST = st.builds(Request, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, st.decimals(0, 10, places=3))


@settings(max_examples=40, deadline=None)
@given(
    terms=st.builds(
        Terms,
        REQUEST,
        REQUEST,
        AMOUNT,
        AMOUNT,
        st.decimals(1, 120, places=1),
        AMOUNT | st.none(),
        AMOUNT | st.none(),
    ),
    right=st.integers(0, 100),
)
def test_any_amounts_within_bounds_are_reckoned_with(terms: Terms, right: int) -> None:
    made = break_even(terms, PROMPT, rung("tuned", right, 0), (0, 1, 10**9), resamples=20)

    assert (made.requests_per_month is None) == (made.status == "never")
    assert made.model_validate_json(made.model_dump_json()) == made


def test_same_seed_same_bytes_and_order_of_items_changes_nothing() -> None:
    turned = [replace(one, outcomes=list(one.outcomes)[::-1]) for one in (PROMPT, TUNED)]
    assert break_even(TERMS, turned[0], turned[1]) == break_even(TERMS, PROMPT, TUNED)
