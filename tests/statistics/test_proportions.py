"""Against scipy, and against what an interval must be."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from clinft.statistics.proportions import binomial_tail, clopper_pearson, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CONFIDENCE = st.sampled_from((0.8, 0.9, 0.95, 0.99))


@given(COUNTS, CONFIDENCE)
def test_wilson_equals_scipy(counts: tuple[int, int], confidence: float) -> None:
    k, n = counts
    expected = binomtest(k, n).proportion_ci(confidence, method="wilson")
    found = wilson(k, n, confidence)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert found.low <= found.value <= found.high


@given(COUNTS, CONFIDENCE)
def test_clopper_pearson_equals_scipy(counts: tuple[int, int], confidence: float) -> None:
    k, n = counts
    expected = binomtest(k, n).proportion_ci(confidence, method="exact")
    found = clopper_pearson(k, n, confidence)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-8)
    assert found.low <= found.value <= found.high


@given(COUNTS, st.floats(0.0, 1.0))
def test_binomial_tail_equals_scipy(counts: tuple[int, int], p: float) -> None:
    k, n = counts
    assert binomial_tail(k, n, p) == pytest.approx(float(binom.sf(k - 1, n, p)), abs=1e-9)


@pytest.mark.parametrize(("misses", "n", "low"), [(0, 59, 0.95), (0, 299, 0.99), (1, 93, 0.95)])
def test_a_certified_recall_needs_as_many_cases_as_published(misses: int, n: int, low: float) -> None:
    """One-sided 95 % (two-sided 90 %): research note, clinical section 2."""
    assert clopper_pearson(n - misses, n, 0.9).low >= low
    assert clopper_pearson(n - 1 - misses, n - 1, 0.9).low < low


@pytest.mark.parametrize("p", [0.05, 0.5, 0.9])
def test_intervals_cover_the_truth_as_often_as_they_say(p: float) -> None:
    rng = random.Random(3)
    trials, n, inside = 1500, 40, {"wilson": 0, "exact": 0}
    for _ in range(trials):
        k = sum(rng.random() < p for _ in range(n))
        for name, found in (("wilson", wilson(k, n)), ("exact", clopper_pearson(k, n))):
            inside[name] += found.low <= p <= found.high
    assert inside["wilson"] / trials > 0.91
    assert inside["exact"] / trials > 0.94


@pytest.mark.parametrize(("k", "n"), [(0, 0), (3, 2), (-1, 5)])
@pytest.mark.parametrize("method", [wilson, clopper_pearson])
def test_what_is_no_proportion_is_refused(method: object, k: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        method(k, n)  # type: ignore[operator]
