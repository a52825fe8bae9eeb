"""Hostile and ambiguous answers, broken scores, and tasks that have no labels to read against."""

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.answers import (
    MEASURED_KINDS,
    SLACK_TOKENS,
    checked_labels,
    likeliest,
    most_new_tokens,
    parse_answer,
)
from clinft.artifacts.data import Record
from clinft.artifacts.scoring import TABLE
from clinft.errors import ServiceError, SpecError
from clinft.spec.project import TaskSpec

LABELS = ("circulatory", "respiratory", "injury, poisoning (S00-T88)", "mental")
WRAPPED = ("{}", "{}.", '"{}"', "'{}'", "**{}**", "`{}`", "“{}”.", "  {} \n", "# {}", "\n\n{}!", "_{}_:")
words = st.text(string.ascii_letters, min_size=2, max_size=12)
label_texts = st.builds(" ".join, st.lists(words, min_size=1, max_size=4))
label_lists = st.lists(label_texts, min_size=2, max_size=6, unique_by=str.casefold)


@pytest.mark.parametrize(
    "answer",
    [
        "...",
        "**",
        "circulatory system",
        "circulatory, respiratory",
        "circulatory\x00",
        "circulatory\x0bas it seems",
        "circulatory\u2028as it seems",
        "circulatory?",
        "circulator",
        '["circulatory"]',
        "<b>circulatory</b>",
        "[circulatory](https://example.org)",
        "| circulatory |",
        "circulatory" * 10_000,
        "\u0441irculatory",  # begins with a Cyrillic letter
    ],
)
def test_what_only_holds_or_resembles_a_label_is_none(answer: str) -> None:
    assert parse_answer(answer, LABELS) is None


def test_a_carriage_return_ends_the_first_line_too() -> None:
    assert parse_answer("circulatory\rBecause", LABELS) == "circulatory"


def test_a_label_may_end_in_what_is_otherwise_stripped() -> None:
    assert parse_answer("Injury, poisoning (S00-T88).", LABELS) == LABELS[2]
    assert parse_answer("hepatitis b.", ("Hepatitis B", "Hepatitis B.")) == "Hepatitis B."
    assert parse_answer("'hepatitis b'", ("Hepatitis B", "Hepatitis B.")) is None  # either could be meant
    assert parse_answer("...", ("...", "yes")) == "..."
    assert parse_answer("**", ("...", "yes")) is None


@given(label_lists, st.sampled_from(WRAPPED), st.sampled_from(("lower", "upper", "title")), st.data())
def test_every_label_parses_to_itself(
    labels: list[str], wrapped: str, case: str, data: st.DataObject
) -> None:
    label = data.draw(st.sampled_from(labels))
    assert parse_answer(wrapped.format(getattr(label, case)()), labels) == label


@given(label_lists, words, words, st.data())
def test_a_label_inside_a_sentence_is_no_answer(
    labels: list[str], before: str, after: str, data: st.DataObject
) -> None:
    label = data.draw(st.sampled_from(labels))
    for sentence in (
        f"{before} {label}",
        f"{label} {after}",
        f"{before} {label} {after}",
        f"{before}: {label}",
    ):
        if sentence.casefold() not in {known.casefold() for known in labels}:
            assert parse_answer(sentence, labels) is None


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_a_model_that_does_not_give_numbers_has_no_likeliest_label(broken: float) -> None:
    with pytest.raises(ServiceError, match="not numbers"):
        likeliest(LABELS, [-3.0, broken, -1.0, -2.0])


def test_an_answer_may_be_longer_than_the_longest_label() -> None:
    assert most_new_tokens([2, 7, 3]) == 7 + SLACK_TOKENS


def record(target: str) -> Record:
    return Record(id="r1", scenario="s1", style="plain", text="Chest pain.", target=target, facts={})


CLASSIFICATION = TaskSpec(kind="classification", description="Name the chapter.", labels=LABELS)


def test_labels_are_those_of_the_task() -> None:
    assert checked_labels(CLASSIFICATION, [record("mental")], "dev") == LABELS


def test_answers_that_are_no_labels_are_read_against_none() -> None:
    task = TaskSpec(kind="extraction", description="Orders.", output_schema={})
    assert checked_labels(task, [record("mental")], "dev") == ()


def test_every_kind_with_a_scoring_is_measured() -> None:
    assert set(MEASURED_KINDS) == set(TABLE)


@pytest.mark.parametrize(
    ("task", "records"),
    [
        (TaskSpec(kind="generation", description="Write a summary."), [record("mental")]),
        (TaskSpec(kind="extraction", description="Orders.", output_schema={}), []),
        (CLASSIFICATION, []),
        (CLASSIFICATION, [record("mental"), record("Zebulon")]),
    ],
)
def test_what_cannot_be_measured_is_said_without_data(task: TaskSpec, records: list[Record]) -> None:
    with pytest.raises(SpecError) as refused:
        checked_labels(task, records, "dev")
    assert all((refused.value.what, refused.value.cause, refused.value.next_step))
    assert "Zebulon" not in str(refused.value)
