"""Kappa as scikit-learn has it, alpha as Krippendorff's own worked example, intervals that doubt small sets."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.statistics.agreement import (
    alpha_interval,
    cohen_kappa,
    kappa_interval,
    krippendorff_alpha,
)

NAMES = st.sampled_from(["supported", "contradicted", "absent"])


def test_kappa_by_hand() -> None:
    """45 + 25 of 100 agree: seen 0.7; chance 0.6 * 0.6 + 0.4 * 0.4 = 0.52; (0.7 - 0.52) / 0.48."""
    pairs = Counter({("a", "a"): 45, ("a", "b"): 15, ("b", "a"): 15, ("b", "b"): 25})
    assert cohen_kappa(pairs) == pytest.approx(0.375)


@settings(deadline=None)  # the first call imports scikit-learn
@given(st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=60))
def test_kappa_equals_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    found = cohen_kappa(Counter(pairs))
    if found is None:
        assert len({name for pair in pairs for name in pair}) == 1
    else:
        first, second = zip(*pairs, strict=True)
        assert found == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)


def test_alpha_is_that_of_krippendorffs_example() -> None:
    """Computing Krippendorff's Alpha-Reliability (2011), section C: 4 observers, missing data: 0.743."""
    observers = (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    columns = zip(*(line.split() for line in observers), strict=True)
    units = Counter(tuple(one for one in column if one != ".") for column in columns)
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


@given(st.lists(st.lists(NAMES, min_size=2, max_size=6).map(tuple), min_size=1, max_size=30))
def test_alpha_is_one_at_full_agreement_alone(units: list[tuple[str, ...]]) -> None:
    found = krippendorff_alpha(Counter(units))
    if found is not None:
        assert found <= 1.0
        assert (found == 1.0) == all(len(set(unit)) == 1 for unit in units)


def test_one_category_or_nothing_has_no_value() -> None:
    assert cohen_kappa(Counter({("a", "a"): 9})) is None
    assert cohen_kappa(Counter()) is None
    assert krippendorff_alpha(Counter({("a", "a"): 9})) is None
    assert krippendorff_alpha(Counter({("a",): 9})) is None
    assert kappa_interval([(("a", "a"),)] * 9, 0.95) is None
    assert alpha_interval([], 0.95) is None


def test_ten_agreements_are_no_proof_of_a_perfect_rater() -> None:
    few = kappa_interval([(("a", "a"),), (("b", "b"),)] * 5, 0.95)
    many = kappa_interval([(("a", "a"),), (("b", "b"),)] * 100, 0.95)
    assert few is not None
    assert many is not None
    assert few.value == many.value == 1.0
    assert few.low < 0.5 < many.low


def test_order_of_clusters_changes_nothing_and_claims_are_counted() -> None:
    clusters = [(("a", "a"), ("a", "b")), (("b", "b"),), (("b", "a"), ("b", "b"))] * 4
    found = kappa_interval(clusters, 0.95)
    assert found == kappa_interval(clusters[::-1], 0.95)
    assert found is not None
    assert found.n == 20
    assert found.low <= found.value <= found.high
