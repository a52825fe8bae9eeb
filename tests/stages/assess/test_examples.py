"""Examples: neighbours by hand-worked likeness, and the curated ones that go into a prompt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.data import Record
from clinft.spec.prompt import PromptExample
from clinft.stages.assess.curated import SHORTEST, curated
from clinft.stages.assess.neighbours import Neighbours
from tests.fakes.specs import LABELS, project_spec

TASK = project_spec().task


def note(number: int, text: str, target: str = "mental", scenario: str | None = None) -> Record:
    return Record(
        id=f"r{number}", scenario=scenario or f"s{number}", style="plain", text=text, target=target, facts={}
    )


TRAIN = [
    note(1, "chest pain radiating to the arm"),
    note(2, "wheeze and cough at night"),
    note(3, "chest tightness and wheeze"),
    note(4, "itching rash on both hands"),
]


def ids(found: list[Record]) -> list[str]:
    return [one.id for one in found]


def test_the_nearest_stands_last_beside_the_question() -> None:
    asked = note(9, "Wheeze, cough and fever")
    # Record 2 shares two rare words and `and`, record 3 shares `wheeze` and `and`; the others nothing.
    assert ids(Neighbours(TRAIN).nearest(asked, 2)) == ["r3", "r2"]
    assert ids(Neighbours(TRAIN).nearest(asked, 1)) == ["r2"]


def test_likeness_is_the_cosine_so_a_long_note_is_no_nearer() -> None:
    long = note(5, "wheeze and cough " + " ".join(f"other{n}" for n in range(50)))
    assert ids(Neighbours([*TRAIN, long]).nearest(note(9, "wheeze and cough"), 1)) == ["r2"]


def test_copies_scenario_mates_and_the_record_itself_are_never_shown() -> None:
    near = Neighbours(TRAIN)
    assert "r2" not in ids(near.nearest(note(9, TRAIN[1].text), 4))
    assert "r2" not in ids(near.nearest(note(9, "wheeze and cough", scenario="s2"), 4))
    assert "r2" not in ids(near.nearest(TRAIN[1], 4))


def test_equals_keep_their_order_and_few_records_give_few_examples() -> None:
    assert ids(Neighbours(TRAIN).nearest(note(9, "nothing shared"), 9)) == ["r4", "r3", "r2", "r1"]
    assert Neighbours([]).nearest(note(9, "anything"), 3) == []


@given(st.lists(st.text(max_size=30), max_size=8), st.text(max_size=30), st.integers(1, 5))
def test_any_text_has_neighbours_and_none_is_its_own(texts: list[str], asked: str, k: int) -> None:
    train = [note(number, text) for number, text in enumerate(texts)]
    found = Neighbours(train).nearest(note(99, asked), k)
    assert len(found) == min(k, sum(text != asked for text in texts))
    assert all(one.text != asked for one in found)


def long(number: int, target: str, more: str = "") -> Record:
    return note(number, f"A note that is long enough to be an example, number {number:02}.{more}", target)


def test_one_short_example_for_each_label_in_their_order() -> None:
    train = [long(n, LABELS[n % 4], " And more of it." * (n // 4)) for n in range(12)]
    found = curated(TASK, reversed(train), (), 4, lambda text: True)
    assert [one.output for one in found] == list(LABELS)
    assert [one.input for one in found] == [record.text for record in train[:4]]


def test_answers_that_have_an_example_come_last() -> None:
    have = (PromptExample(input="Shown.", output="circulatory"),)
    found = curated(TASK, [long(n, LABELS[n % 4]) for n in range(8)], have, 5, lambda text: True)
    assert [one.output for one in found] == [
        "circulatory",
        "respiratory",
        "digestive",
        "mental",
        "circulatory",
    ]
    assert found[0] == have[0]


def test_what_the_audit_would_find_is_no_example() -> None:
    train = [long(n, "mental") for n in range(3)]
    found = curated(TASK, train, (), 2, lambda text: "number 00" not in text)
    assert [one.input[-3:] for one in found] == ["01.", "02."]
    assert curated(TASK, train, (), 2, lambda text: False) == ()


@pytest.mark.parametrize(
    "text", ["x" * (SHORTEST - 1), "# A heading of the prompt file\n" + "x" * 40, "x" * 40 + "\n```\n"]
)
def test_too_short_or_structure_of_the_prompt_file_is_no_example(text: str) -> None:
    assert curated(TASK, [note(1, text)], (), 1, lambda text: True) == ()
