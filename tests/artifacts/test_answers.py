"""What counts as an answer, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.answers import likeliest, parse_answer

LABELS = ("circulatory", "respiratory", "skin", "non-urgent", "Grade 2")


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("circulatory", "circulatory"),
        ("  Circulatory.\n", "circulatory"),
        ('"skin"', "skin"),
        ("**respiratory**", "respiratory"),
        ("grade 2", "Grade 2"),
        ("skin\n\nBecause the rash ...", "skin"),
        ("", None),
        ("   \n ", None),
        ("The answer is skin.", None),
        ("skin or respiratory", None),
        ("skinny", None),
        ('{"label": "skin"}', None),
        ("circulatory respiratory", None),
        ("Because ...\nskin", None),
    ],
)
def test_an_answer_is_a_label_or_nothing(answer: str, label: str | None) -> None:
    assert parse_answer(answer, LABELS) == label


@given(
    st.sampled_from(LABELS),
    st.sampled_from((str.upper, str.lower, str.title)),
    st.sampled_from(("{}", " {} ", '"{}"', "`{}`", "*{}*", "{}.", "\t{}!\n")),
)
def test_case_and_wrapping_do_not_matter(label: str, case: object, frame: str) -> None:
    assert parse_answer(frame.format(case(label)), LABELS) == label  # type: ignore[operator]


@given(st.sampled_from(LABELS), st.text("abcdefgh", min_size=1), st.booleans())
def test_a_label_among_other_words_is_no_answer(label: str, word: str, before: bool) -> None:
    sentence = f"{word} {label}" if before else f"{label} {word}"
    assert parse_answer(sentence, LABELS) is None


@given(st.text())
def test_any_text_gives_a_label_or_nothing(answer: str) -> None:
    assert parse_answer(answer, LABELS) in {*LABELS, None}


def test_of_equal_scores_the_first_label_wins() -> None:
    assert likeliest(("a", "b", "c"), (-2.0, -1.0, -1.0)) == "b"
