"""McNemar with mid-p, Tango's interval and whole clusters: worked examples, scipy, and brute force."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from scipy.stats import t as student

from clinft.statistics.paired import Unit, effective_items, mcnemar_mid_p, mcnemar_one_sided, tango
from clinft.statistics.proportions import clopper_pearson, gap, items_to_certify, t_value, wilson
from clinft.statistics.randomization import sign_flip_mid_p

CELL = st.integers(0, 40)


def singles(won: int, lost: int, n: int) -> list[Unit]:
    return [Unit(1, 0, 1)] * won + [Unit(0, 1, 1)] * lost + [Unit(0, 0, 1)] * (n - won - lost)


@given(CELL, CELL)
def test_mid_p_counts_half_of_the_outcome_itself(worse: int, better: int) -> None:
    n = worse + better
    expected = binom.sf(worse, n, 0.5) + binom.pmf(worse, n, 0.5) / 2
    assert mcnemar_mid_p(worse, better) == pytest.approx(expected, abs=1e-12)
    assert mcnemar_mid_p(worse, better) <= mcnemar_one_sided(worse, better)
    assert mcnemar_mid_p(worse, better) + mcnemar_mid_p(better, worse) == pytest.approx(1.0)


def test_tango_gives_the_published_interval() -> None:
    """Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33: airway hyper-responsiveness, n = 21."""
    found = tango(singles(1, 7, 21))
    assert found.value == pytest.approx(-6 / 21)
    assert (found.low, found.high) == pytest.approx((-0.517, -0.026), abs=5e-4)


def test_tango_without_a_discordant_pair_is_wilson_s() -> None:
    found = tango(singles(0, 0, 50))
    assert found.high == pytest.approx(1.0 - wilson(50, 50).low, abs=1e-9)
    assert found.low == pytest.approx(-found.high)


@settings(max_examples=60)
@given(CELL, CELL, CELL, st.sampled_from((0.8, 0.95)))
def test_tango_holds_its_value_and_turns_with_the_systems(
    won: int, lost: int, rest: int, confidence: float
) -> None:
    n = won + lost + rest
    if not n:
        return
    found, turned = tango(singles(won, lost, n), confidence), tango(singles(lost, won, n), confidence)
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


def test_copies_of_an_item_tell_nothing_new() -> None:
    """Each item ten times: as wide as the items themselves, and a little more for Student's t."""
    alone = tango(singles(8, 3, 60))
    copied = tango([Unit(10 * unit.won, 10 * unit.lost, 10) for unit in singles(8, 3, 60)])
    assert copied.value == alone.value
    assert copied.n == 600
    assert 1.0 < (copied.high - copied.low) / (alone.high - alone.low) < 1.05
    assert effective_items([Unit(10 * u.won, 10 * u.lost, 10) for u in singles(8, 3, 60)]) == pytest.approx(
        60, rel=0.02
    )


def test_clusters_of_independent_items_cost_little_and_gain_nothing() -> None:
    units = [Unit(1, 0, 2)] * 10 + [Unit(0, 1, 2)] * 10 + [Unit(0, 0, 2)] * 80
    assert 0.9 * 200 < effective_items(units) <= 200
    # What falls out less alike than by chance is no gain.
    assert effective_items([Unit(1, 1, 2)] * 20 + [Unit(0, 0, 2)] * 80) == 200


def test_one_cluster_tells_nothing_of_others() -> None:
    found = tango([Unit(3, 1, 10)])
    assert (found.low, found.high) == (-1.0, 1.0)


@given(st.lists(st.integers(-4, 4), max_size=9))
def test_sign_flips_are_counted_out(losses: list[int]) -> None:
    flips = [
        sum(sign * loss for sign, loss in zip(signs, losses, strict=True))
        for signs in itertools.product((1, -1), repeat=len(losses))
    ]
    seen = sum(losses)
    expected = (sum(one > seen for one in flips) + sum(one == seen for one in flips) / 2) / len(flips)
    assert sign_flip_mid_p(losses) == pytest.approx(expected)


@given(CELL, CELL)
def test_sign_flips_of_single_items_are_mcnemar_s_test(worse: int, better: int) -> None:
    assert sign_flip_mid_p([1] * worse + [-1] * better + [0] * 5) == pytest.approx(
        mcnemar_mid_p(worse, better)
    )


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 30, 301, 9999])
@pytest.mark.parametrize("confidence", [0.6, 0.95, 0.999])
def test_student_s_quantile(freedom: int, confidence: float) -> None:
    assert t_value(confidence, freedom) == pytest.approx(student.ppf(0.5 + confidence / 2, freedom), rel=1e-9)


def test_student_s_quantile_at_its_ends() -> None:
    assert t_value(0.95, 0) == float("inf")
    assert t_value(0.95, 10**6) == pytest.approx(1.959964, abs=1e-5)


@pytest.mark.parametrize(
    ("bound", "misses", "n"),
    [
        (0.9, 0, 29),
        (0.9, 1, 46),
        (0.9, 2, 61),
        (0.95, 0, 59),
        (0.95, 1, 93),
        (0.98, 2, 313),
        (0.99, 0, 299),
        (0.99, 2, 628),
    ],
)
def test_cases_to_certify_a_bound_as_published(bound: float, misses: int, n: int) -> None:
    """Research note, clinical section 2."""
    assert items_to_certify(bound, misses) == n
    assert clopper_pearson(n - misses, n, 0.9).low >= bound
    assert clopper_pearson(n - 1 - misses, n - 1, 0.9).low < bound


def test_nothing_certifies_certainty() -> None:
    with pytest.raises(ValueError, match="no number of cases"):
        items_to_certify(1.0, 0)


def test_a_gap_of_two_shares_is_newcombe_s() -> None:
    """Newcombe 1998, example a: 56 of 70 against 48 of 80."""
    found = gap(wilson(56, 70), wilson(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
