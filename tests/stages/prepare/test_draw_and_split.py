from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.split import DIAGNOSIS_SHARES, GROUPS, deal, largest_remainder


def test_stream_is_fixed_for_ever():
    draw = Draw(7, "train", 1)
    assert [draw.below(1000) for _ in range(6)] == [768, 335, 645, 570, 281, 670]
    assert Draw("order").shuffled("abcdefg") == list("fedacgb")


def test_streams_of_different_names_differ():
    assert [Draw(1, "a").below(10**9)] != [Draw(1, "b").below(10**9)]
    assert Draw("a", "b").below(10**9) != Draw("ab").below(10**9)


@given(st.integers(1, 1000), st.integers(0, 10**6))
def test_below_stays_below(n, seed):
    draw = Draw(seed)
    assert all(0 <= draw.below(n) < n for _ in range(20))


@given(st.lists(st.integers(), max_size=30), st.integers(0, 99), st.integers(0, 40))
def test_shuffled_and_some_keep_the_items(items, seed, count):
    assert sorted(Draw(seed).shuffled(items)) == sorted(items)
    chosen = Draw(seed).some(items, count)
    assert len(chosen) == min(count, len(items))
    left = iter(items)
    assert all(item in left for item in chosen)  # in their own order


@given(st.integers(0, 10_000), st.lists(st.integers(1, 100).map(Decimal), min_size=1, max_size=8))
def test_largest_remainder_adds_up_and_is_within_one(total, shares):
    counts = largest_remainder(total, shares)
    assert sum(counts) == total
    for count, share in zip(counts, shares, strict=True):
        assert abs(count - total * share / sum(shares)) < 1


def test_largest_remainder_of_a_hand_worked_example():
    assert largest_remainder(10, [Decimal("0.55"), Decimal("0.25"), Decimal("0.20")]) == [6, 2, 2]


@given(st.integers(3, 40), st.integers(0, 50))
def test_every_group_receives_something_and_nothing_twice(count, seed):
    groups = deal(range(count), DIAGNOSIS_SHARES, Draw(seed))
    assert tuple(groups) == GROUPS
    assert all(groups.values())
    assert sorted(item for group in groups.values() for item in group) == list(range(count))
