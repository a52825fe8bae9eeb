"""Statistics of one system's metrics: ranking, calibration, unseen items, ratios without a bound."""

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.statistics.calibration import bin_of, expected_error, expected_errors, null_errors
from clinft.statistics.per_label import Pairs, macro, weighted_f1
from clinft.statistics.proportions import clopper_pearson
from clinft.statistics.ranking import Row, macro_auroc, macro_auroc_batch
from clinft.statistics.ratio_of_sums import ratio_of_sums
from clinft.statistics.unseen import with_unseen


def share(counts: Counter[bool]) -> float:
    return counts[True] / (counts[True] + counts[False])


@pytest.mark.parametrize(("right", "n"), [(20, 20), (17, 20), (0, 12)])
def test_of_a_share_it_is_clopper_and_pearsons_interval(right: int, n: int) -> None:
    items = [[number < right] for number in range(n)]
    found = with_unseen(items, share, {False: 1.0}, {True: 1.0})
    wanted = clopper_pearson(right, n)
    assert (found.value, found.n) == (wanted.value, n)
    assert found.low == pytest.approx(wanted.low, abs=0.02)
    assert found.high == pytest.approx(wanted.high, abs=0.02)


def test_where_less_is_better_the_bad_item_bounds_from_above() -> None:
    items = [[False]] * 20
    rising = with_unseen(items, share, {True: 1.0}, {False: 1.0}, falling=True)
    assert (rising.value, rising.low) == (0.0, 0.0)
    assert rising.high == pytest.approx(clopper_pearson(0, 20).high, abs=0.02)


def test_order_within_and_among_clusters_changes_nothing() -> None:
    clusters = [[True, False], [True], [False, False, True], [True, True]]
    found = with_unseen(clusters, share, {False: 1.0}, {True: 1.0})
    mixed = [list(reversed(one)) for one in reversed(clusters)]
    assert with_unseen(mixed, share, {False: 1.0}, {True: 1.0}) == found
    assert found.n == 8
    assert found.value == pytest.approx(5 / 8)


def test_a_ratio_of_equal_units_is_known_and_one_of_unlike_ones_is_not() -> None:
    assert ratio_of_sums([(2.0, 1.0)] * 5, 5).high == 2.0
    found = ratio_of_sums([(0.1, 1.0), (0.2, 1.0), (9.0, 2.0), (0.1, 1.0), (0.4, 3.0)], 5)
    assert found.value == pytest.approx(9.8 / 8)
    # A few large losses: the true one may well be larger, much less so smaller.
    assert 0.0 <= found.low < found.value
    assert found.high - found.value > found.value - found.low
    assert math.isfinite(found.high)


def test_a_ratio_ignores_the_order() -> None:
    units = [(random.Random(number).random(), 1.0 + number % 3) for number in range(30)]
    assert ratio_of_sums(units[::-1], 30) == ratio_of_sums(units, 30)


@pytest.mark.parametrize(("confidence", "number"), [(0.0, 0), (0.0999, 0), (0.1, 1), (0.95, 9), (1.0, 9)])
def test_bins(confidence: float, number: int) -> None:
    assert bin_of(confidence) == number


def test_calibration_error_by_hand() -> None:
    # One bin of 0.8 with three of four right, one of 0.55 with none of one: 4/5 · 0.05 + 1/5 · 0.55.
    answers = Counter({(0.8, True): 3, (0.8, False): 1, (0.55, False): 1})
    assert expected_error(answers) == pytest.approx(0.8 * 0.05 + 0.2 * 0.55)


def test_a_perfect_model_shows_an_error_that_shrinks_with_the_items() -> None:
    rng = random.Random(5)
    middles = []
    for n in (50, 200, 5000):
        said = [rng.uniform(0.3, 1.0) for _ in range(n)]
        null = null_errors(said, 400)
        assert null == sorted(null) == null_errors(said[::-1], 400)
        middles.append(null[200])
    assert middles[0] > 0.08 > middles[1] > 0.03 > middles[2] > 0.0


def test_null_errors_are_errors_of_what_was_drawn() -> None:
    # Of one item that says 1.0 a perfect model is right; of one that says 0.75 the error is 0.25 or 0.75.
    assert set(null_errors([1.0], 50)) == {0.0}
    assert set(null_errors([0.75], 200)) == {0.25, 0.75}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4)), min_size=2, max_size=15))
def test_area_is_the_share_of_pairs_in_the_right_order(drawn: list[tuple[int, int]]) -> None:
    if len({target for target, _ in drawn}) < 2:
        return
    rows = [(target, (1 - score / 4, score / 4)) for target, score in drawn]
    pairs = [
        (score > other) + 0.5 * (score == other)
        for target, score in drawn
        if target
        for against, other in drawn
        if not against
    ]
    assert macro_auroc(rows)(Counter(rows)) == pytest.approx(sum(pairs) / len(pairs))


def test_area_takes_weights_and_rows_that_it_has_not_seen() -> None:
    rows = [(0, (0.9, 0.1)), (1, (0.2, 0.8))]
    area = macro_auroc(rows)
    assert area(Counter(dict.fromkeys(rows, 0.3))) == 1.0  # type: ignore[arg-type]
    # A new one of label 1 that says 0.1 of itself, three times as heavy as the other of its label.
    new = (1, (0.95, 0.05))
    assert area(Counter({rows[0]: 1, rows[1]: 1, new: 3})) == pytest.approx(0.25)
    # A resample with one label alone knows nothing.
    assert area(Counter({rows[0]: 2})) == 0.5


def test_weighted_f1_of_even_labels_is_macro_f1() -> None:
    pairs: Pairs = Counter({("a", "a"): 2, ("a", "b"): 1, ("b", "b"): 1, ("b", None): 2})
    assert weighted_f1(["a", "b"])(pairs) == pytest.approx(macro("macro_f1", ["a", "b"])(pairs))
    assert weighted_f1(["a", "b"])(Counter({("a", "a"): 2, ("b", "a"): 2})) == pytest.approx(0.5 * 2 * 2 / 6)
    assert weighted_f1(["a"])(Counter({("b", "b"): 2})) == 0.0


def test_many_resamples_at_once_are_the_same_as_one_after_the_other() -> None:
    rng = random.Random(4)
    ranked: list[Row] = [(number % 3, (rng.randint(0, 4) / 4,) * 3) for number in range(20)]
    stated = [(rng.randint(1, 20) / 20, rng.random() < 0.5) for _ in range(20)]
    weights = np.array([[rng.randint(0, 3) for _ in range(20)] for _ in range(30)], dtype=float)
    areas, errors = macro_auroc_batch(ranked)(ranked)(weights), expected_errors(stated)(weights)
    one = macro_auroc(ranked)
    for draw, area, error in zip(weights, areas, errors, strict=True):
        of_ranked: Counter[Row] = Counter()
        of_stated: Counter[tuple[float, bool]] = Counter()
        for place, weight in enumerate(draw):
            of_ranked[ranked[place]] += int(weight)
            of_stated[stated[place]] += int(weight)
        assert one(of_ranked) == pytest.approx(float(area))
        assert expected_error(of_stated) == pytest.approx(float(error))


def test_the_interval_is_the_same_with_a_batch() -> None:
    stated = [[(number % 10 / 10 + 0.05, number % 3 > 0)] for number in range(40)]
    slow = with_unseen(stated, expected_error, {}, {})
    quick = with_unseen(stated, expected_error, {}, {}, batch=expected_errors)
    assert (slow.low, slow.value, slow.high) == pytest.approx((quick.low, quick.value, quick.high), abs=2e-9)


def test_a_hair_more_than_one_is_one() -> None:
    found = with_unseen([[True], [False]], lambda counts: 1.0 + 2**-52, {False: 1.0}, {True: 1.0})
    assert found.high == found.value == pytest.approx(1.0, abs=1e-12)
