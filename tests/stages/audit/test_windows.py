"""A long text is searched in windows, and nothing is lost, doubled or shortened at their seams."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.stages.audit.origin import Match, Origin
from clinft.stages.audit.rule import Rule, rule
from clinft.stages.audit.scan import finds_in
from clinft.stages.audit.severity import weights
from clinft.stages.audit.windows import OVERLAP, SIZE, search_in_windows, windows

SSN = "219-09-9998"
RULES = [
    rule("number", "UNIQUE_IDENTIFIER", r"(?<![\w-])\d{3}-\d{3}(?![\w-])", 1.0),
    rule("labelled", "ACCOUNT_NUMBER", r"account:[ \n]{1,40}(?P<value>\d{3}-\d{3})", 1.0),
    rule("tag", "IMAGE_DATA", r"<[A-F]{120,100000}", 1.0),
    rule("payload", "EMBEDDED_DATA", r"(?<![<A-F])[A-F]{120,}", 1.0),
]
ORIGINS = {
    one.name: Origin(one.name, one.entity_type, one.score, weights()[one.entity_type]) for one in RULES
}


def search(text: str) -> list[Match]:
    return [
        Match(start, end, ORIGINS[one.name], certainty)
        for one in RULES
        for start, end, certainty in one.find(text)
    ]


def places(matches: list[Match]) -> list[tuple[int, int, str]]:
    return sorted((match.start, match.end, match.origin.recognizer) for match in matches)


WORDS = st.sampled_from(
    ["quiet", "a", "x" * 700, "\n", "555-123", "account: 555-124", "account:" + " " * 39 + "555-125"]
)
LONG_TEXTS = st.lists(WORDS, min_size=1, max_size=25).map(
    lambda words: (" ".join(words) + " ") * (SIZE // 100)
)


@settings(max_examples=60, deadline=None)
@given(LONG_TEXTS, st.integers(0, 4000))
def test_windows_find_what_the_whole_text_holds(text: str, skipped: int) -> None:
    text = text[skipped : skipped + 3 * SIZE]
    assert places(search_in_windows(text, search)) == places(search(text))


@settings(max_examples=60, deadline=None)
@given(LONG_TEXTS)
def test_windows_cover_the_text_and_overlap(text: str) -> None:
    cut = list(windows(text))
    assert cut[0].start == 0
    assert cut[-1].end == len(text)
    for one, two in itertools.pairwise(cut):
        assert one.end - one.start <= SIZE
        assert two.start < one.seam < one.end
        assert one.end - two.start >= OVERLAP - 400


@pytest.mark.parametrize("filler", ["quiet ", "quiet", "\u6587", "9.", "_"])
def test_an_identifier_at_any_seam_is_found_once_and_whole(filler: str) -> None:
    for start in range(SIZE - OVERLAP - 30, SIZE + 20, 23):
        head = (filler * 2 * SIZE)[: start - 1]
        text = f"{head} 555-123 {filler * 800}"
        assert places(search_in_windows(text, search)) == [(start, start + 7, "number")], start


def test_what_explains_a_number_is_seen_across_a_seam() -> None:
    for start in range(SIZE - OVERLAP - 60, SIZE + 60, 23):
        text = "_" * start + "account:" + " " * 40 + "555-123" + "_" * SIZE
        found = places(search_in_windows(text, search))
        assert (start + 48, start + 55, "labelled") in found, start


@pytest.mark.parametrize("before", ["<", "", "see "])
def test_a_payload_longer_than_a_window_is_covered_to_its_end(before: str) -> None:
    """Also where a window holds the beginning of another kind of find that would reach to the end."""
    payload = "ABCDEF" * (3 * SIZE // 6)
    text = f"{before}{payload} end"
    matches = search_in_windows(text, search)
    covered = {place for match in matches for place in range(match.start, match.end)}
    assert covered >= set(range(len(before), len(before) + len(payload)))
    assert (
        {match.origin.recognizer for match in matches} == {"tag", "payload"} if before == "<" else {"payload"}
    )
    assert len(matches) == (2 if before == "<" else 1)
    assert all(one.end <= two.start for one, two in itertools.pairwise(matches))


def test_a_find_that_goes_on_is_one_find() -> None:
    text = "quiet " + "ABCDEF" * SIZE + " quiet"
    assert places(search_in_windows(text, search)) == [(6, 6 + 6 * SIZE, "payload")]


def test_a_find_as_long_as_the_overlap_is_found_wherever_it_lies() -> None:
    length = OVERLAP - 2
    far: Rule = rule("far", "UNIQUE_IDENTIFIER", rf"<[a-z]{{{length - 2}}}>", 1.0)
    origin = Origin("far", "UNIQUE_IDENTIFIER", 1.0, weights()["UNIQUE_IDENTIFIER"])

    def search_far(text: str) -> list[Match]:
        return [Match(start, end, origin, certainty) for start, end, certainty in far.find(text)]

    for start in range(SIZE - 2 * OVERLAP, SIZE + 100, 50):
        text = "q" * start + "<" + "a" * (length - 2) + ">" + "q" * SIZE
        assert [match[:2] for match in search_in_windows(text, search_far)] == [(start, start + length)]


def test_the_engine_searches_in_windows() -> None:
    text = "quiet, 12 of 40; " * 2 * (SIZE // 17) + SSN
    assert [(find.start, find.entity_type) for find in finds_in(text, "")] == [
        (len(text) - len(SSN), "US_SSN")
    ]
