"""Claims of an answer, quotes that stand in the source or do not, and votes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.stages.judge.claims import MOST_CLAIMS, claims
from clinft.stages.judge.reading import Vote, found, read_votes
from clinft.stages.judge.stage import case_of
from clinft.stages.judge.votes import outcome, span

SOURCE = (
    "The patient has a cough.\nNo fever. Metformin 500 mg was given twice daily; he is feverish at night."
)


# Claims.


def test_a_text_is_sentences_and_a_json_value_is_fields() -> None:
    assert claims("No fever.  He has\na rash! 37.5 C.\n- ") == ("No fever.", "He has", "a rash!")
    assert claims(
        '```json\n{"drug": {"name": "Metformin", "dose": 500}, "x": null, "y": ["a", "a"]}\n```'
    ) == (
        "drug.name: Metformin",
        "drug.dose: 500",
        "y: a",
    )


@given(st.text(max_size=3000))
def test_claims_are_bounded_and_each_stands_once(answer: str) -> None:
    made = claims(answer)
    assert len(made) <= MOST_CLAIMS
    assert len(set(made)) == len(made)


def test_an_answer_that_claims_nothing_is_no_case() -> None:
    assert case_of("a", SOURCE, " - 12 . ") is None
    assert case_of("a", SOURCE, "") is None


# Quotes.


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("No fever", True),
        ("no   FEVER.", True),
        ("cough. No fever", True),  # over a line's end
        ("Metformin 500 mg", True),
        ("Metformin 850 mg", False),  # invented
        ("has a cough and", False),
        ("fever", True),
        ("feve", False),  # half a word
        ("a", False),  # stands in every text
        ("   ", False),
        (".*", False),  # no pattern
        ("patient has .* fever", False),
    ],
)
def test_a_quote_stands_in_the_source_letter_for_letter_or_not_at_all(quote: str, stands: bool) -> None:
    place = found(quote, SOURCE)
    assert (place is not None) is stands
    if place is not None:
        assert SOURCE[place[0] : place[1]].split() != []
        assert " ".join(SOURCE[place[0] : place[1]].split()).casefold() == " ".join(quote.split()).casefold()


@given(st.text(min_size=1, max_size=200), st.data())
def test_every_passage_of_whole_words_is_found(source: str, data: st.DataObject) -> None:
    words = source.split()
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    quote = " ".join(words[start:end])
    if len(quote.replace(" ", "")) >= 4:
        assert found(quote, source) is not None


def test_what_is_quoted_falsely_or_not_at_all_is_unverified() -> None:
    said = [
        {"claim": 1, "verdict": "supported", "quote": "He denies chills"},
        {"claim": 2, "verdict": "contradicted", "quote": ""},
        {"claim": 3, "verdict": "absent", "quote": "whatever"},
        {"claim": 4, "verdict": "contradicted", "quote": "No fever"},
    ]
    votes = read_votes(json.dumps(said), 4, SOURCE)
    assert [vote.outcome for vote in votes] == ["unverified", "unverified", "absent", "contradicted"]
    assert [vote.quoted for vote in votes] == [True, False, False, True]
    assert votes[3].span == (25, 33)


@pytest.mark.parametrize(
    "answer",
    [
        "I think it is fine.",
        "{}",
        "[1, 2]",
        '[{"claim": true, "verdict": "absent"}]',
        '[{"claim": "1", "verdict": "absent"}]',
        '[{"claim": 1, "verdict": "Supported!", "quote": "No fever"}]',
        '[{"claim": 1, "verdict": ["absent"]}]',
        '[{"claim": 1, "verdict": "absent"}, {"claim": 1, "verdict": "supported", "quote": "No fever"}]',
        '[{"claim": 7, "verdict": "absent"}]',
        "[" * 5000,
        "",
    ],
)
def test_what_cannot_be_read_is_no_vote(answer: str) -> None:
    assert read_votes(answer, 1, SOURCE) == (Vote(None),)


# Votes.


def test_more_than_half_of_all_votes_decide() -> None:
    yes, no, unread = Vote("supported"), Vote("absent"), Vote(None)
    assert outcome([yes, yes, no]) == "supported"
    assert outcome([yes, no]) == "undecided"
    assert outcome([yes, yes, no, no, unread]) == "undecided"
    assert outcome([yes, unread]) == "undecided", "a vote that cannot be read counts against it"


def test_the_span_is_what_most_votes_quote() -> None:
    votes = [Vote("supported", True, place) for place in ((5, 9), (1, 4), (5, 9), (1, 4))]
    assert span(votes, "supported") == (1, 4)
    assert span([*votes, Vote("supported", True, (5, 9))], "supported") == (5, 9)
    assert span(votes, "absent") is None
