"""Counting by digests is counting, in memory and after it was moved to a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.stages.prepare import digests
from clinft.stages.prepare.digests import Digests, digest, in_several, repeated

texts = st.lists(st.sampled_from("abcdefghij"), max_size=40)


def bag(of: list[str]) -> Digests:
    made = Digests()
    for text in of:
        made.add(digest(text))
    return made


@pytest.mark.parametrize("full", [16 * 1024, 16])
@given(one=texts, two=texts, three=texts)
def test_counts_equal_those_of_sets(full: int, one: list[str], two: list[str], three: list[str]) -> None:
    before, digests.FULL_BYTES = digests.FULL_BYTES, full
    try:
        bags = [bag(one), bag(two), bag(three)]
    finally:
        digests.FULL_BYTES = before
    sets = [set(one), set(two), set(three)]
    assert [len(each) for each in bags] == [len(each) for each in sets]
    assert in_several(bags) == len(sets[0] & sets[1] | sets[0] & sets[2] | sets[1] & sets[2])
    everything = one + two + three
    assert repeated(bags) == len(everything) - len(set(everything))


def test_memory_is_bounded_whatever_is_added() -> None:
    made = Digests()
    made.add(*(number.to_bytes(8, "little") for number in range(200_000)))
    held = sum(len(bucket) for bucket in made._buckets)
    assert held < digests.BUCKETS * digests.FULL_BYTES < 8 * 200_000
    assert len(made) == made.added == 200_000
