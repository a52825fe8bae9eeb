from hypothesis import given
from hypothesis import strategies as st

from clinft.adapters.model.batches import batches


def test_rows_of_like_length_go_together_and_the_longest_first() -> None:
    assert batches([3, 9, 4, 8], rows=2, tokens=100) == [[1, 3], [2, 0]]


def test_padding_counts() -> None:
    # Beside a row of 9 tokens another one takes 9, however short it is.
    assert batches([9, 1, 1, 1], rows=8, tokens=17) == [[0], [1, 2, 3]]
    assert batches([9, 1, 1, 1], rows=8, tokens=18) == [[0, 1], [2, 3]]


def test_a_row_longer_than_all_that_is_allowed_goes_alone() -> None:
    assert batches([50, 50, 2], rows=8, tokens=10) == [[0], [1], [2]]


def test_rows_of_one_length_keep_their_order() -> None:
    assert batches([5] * 5, rows=2, tokens=100) == [[0, 1], [2, 3], [4]]


@given(st.lists(st.integers(0, 60)), st.integers(1, 9), st.integers(1, 200))
def test_each_row_once_and_no_batch_too_large(lengths: list[int], rows: int, tokens: int) -> None:
    found = batches(lengths, rows, tokens)
    assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
    for batch in found:
        longest = max(lengths[index] for index in batch)
        assert len(batch) <= rows
        assert len(batch) == 1 or len(batch) * longest <= tokens
