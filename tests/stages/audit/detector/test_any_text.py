"""The shipped detector on texts that nobody expects: finds that lie in the text, little time, little memory."""

import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.stages.audit.detector.detector import default
from clinft.stages.audit.windows import SIZE
from tests.processor import seconds_of

SURE = "Mr. Tobias Lindqvist was seen for chest pain."
CHARACTERS = st.text(st.characters(exclude_categories=()), max_size=60)
LIKELY = st.sampled_from(
    (
        "Mr. Tobias Lindqvist",
        "Ada",
        "Quill",
        "14 Larch Road",
        "KX-4471",
        "\n",
        "'s",
        "of",
        "Zoë",
        "at Lakeview",
    )
)
TEXTS = st.one_of(CHARACTERS, st.lists(st.one_of(LIKELY, CHARACTERS), max_size=12).map(" ".join))
PLACES = st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), max_size=4)


@settings(max_examples=150, deadline=None)
@given(TEXTS, PLACES, st.integers(0, 20))
@example(SURE, [], 0)
@example(SURE, [(4, 6)], 0)
def test_every_find_lies_in_the_text(text: str, places: list[tuple[int, int]], first: int) -> None:
    taken: list[tuple[int, int]] = []
    for start, length in sorted(places):
        if not taken or taken[-1][1] <= start:
            taken.append((start, start + length))
    end = first
    for found in default().finds(text, taken, first):
        assert end <= found.start < found.end <= len(text)
        part = text[found.start : found.end]
        assert part[0].isalnum()
        assert part[-1].isalnum()
        assert not any(start < found.end and found.start < stop for start, stop in taken)
        assert 0 < found.origin.score < 1
        end = found.end


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=5))
def test_finds_do_not_depend_on_the_texts_before(texts: list[str]) -> None:
    expected = default().finds(SURE)
    for text in texts:
        default().finds(text)
    assert default().finds(SURE) == expected


MEGABYTE = 1_000_000
HOSTILE = {
    "letters": "a" * MEGABYTE,
    "capitals": "Ab" * (MEGABYTE // 2),
    "digits": "7" * MEGABYTE,
    "signs": "+" * (MEGABYTE // 5),
    "breaks": "\n" * (MEGABYTE // 5),
    "surrogates": "\ud800" * (MEGABYTE // 5),
    "blanks": " " * MEGABYTE,
    "nothing": "",
    "apostrophes": "a'" * (MEGABYTE // 10),
    "marks": "\0" * (MEGABYTE // 10),
    "combining": "e\u0301" * (MEGABYTE // 10),
}
# Of the processor, for a million characters: some five times what the slowest takes on one slow core.
SECONDS = 20
BYTES = 120_000_000


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_read_fast(text: str) -> None:
    text = f"ill {text}"  # without a word it would not be read at all
    default()

    def read() -> None:
        end = 0
        for found in default().finds(text):
            assert end <= found.start < found.end <= len(text)
            end = found.end

    enough = 0.5 + SECONDS * len(text) / MEGABYTE
    assert seconds_of(read, enough=enough) < enough


def test_memory_does_not_grow_with_the_text() -> None:
    peaks = []
    default().finds(SURE)
    for size in (2 * SIZE, 8 * SIZE):
        tracemalloc.start()
        try:
            default().finds("ill " + "+" * size)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < min(BYTES, 1.1 * peaks[0])
