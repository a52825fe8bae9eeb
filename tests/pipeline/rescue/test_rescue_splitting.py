"""Whole texts to one split, every label everywhere, the same each time."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.pipeline.rescue.examples import Example, Examples, same_text
from clinft.pipeline.rescue.splitting import Divided, divide


def made(*pairs: tuple[str, str]) -> Examples:
    return Examples(
        "Name it.", tuple(Example(line, text, label) for line, (text, label) in enumerate(pairs, 1))
    )


def many(count: int = 100, labels: int = 4, word: str = "Note") -> list[tuple[str, str]]:
    return [(f"{word} {number}.", f"label{number % labels}") for number in range(count)]


def sizes(divided: Divided) -> dict[str, int]:
    return {split: len(rows) for split, rows in divided.records.items()}


def test_shares_hold_over_all_and_for_every_label() -> None:
    divided = divide(made(*many(400)), None)
    assert sizes(divided) == {"train": 240, "validation": 40, "dev": 40, "test": 80}
    for split, rows in divided.records.items():
        counts = Counter(row.target for row in rows)
        assert max(counts.values()) - min(counts.values()) <= 2, split


def test_with_a_test_file_nothing_of_the_training_file_is_held_out() -> None:
    divided = divide(made(*many(100)), made(*many(20, word="New")))
    assert sizes(divided) == {"train": 80, "validation": 10, "dev": 10, "test": 20}
    assert all(row.text.startswith("New") for row in divided.records["test"])


def test_the_same_file_is_split_the_same_way() -> None:
    assert divide(made(*many()), None) == divide(made(*many()), None)


@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 60).map("Note {}.".format), st.sampled_from("abc")),
        min_size=60,
        max_size=200,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_text_is_in_two_splits_and_none_is_lost(pairs: list[tuple[str, str]]) -> None:
    try:
        divided = divide(made(*many(40), *pairs), None)
    except SpecError:
        return  # too little for four splits
    where: dict[str, set[str]] = {}
    for split, rows in divided.records.items():
        for row in rows:
            where.setdefault(same_text(row.text), set()).add(split)
    assert all(len(splits) == 1 for splits in where.values())
    assert set(where) == {same_text(text) for text, _ in (*many(40), *pairs)}
    assert sum(sizes(divided).values()) + divided.repeats == 40 + len(pairs)
    labels = {row.target for row in divided.records["train"]}
    assert {row.target for rows in divided.records.values() for row in rows} == labels


def test_a_text_with_two_labels_is_taught_as_it_was_and_measures_nothing() -> None:
    divided = divide(made(*many(), ("Unclear.", "label0"), ("unclear. ", "label1")), None)
    assert divided.contradicting == 2
    assert [row.target for row in divided.records["train"] if "nclear" in row.text] == ["label0", "label1"]


def test_a_held_out_text_is_asked_once() -> None:
    divided = divide(made(*many()), made(("New.", "label0"), ("new. ", "label0"), ("Other.", "label1")))
    assert ([row.text for row in divided.records["test"]], divided.repeats) == (["New.", "Other."], 1)


@pytest.mark.parametrize("count", [10, 39])
def test_too_few_records_are_refused(count: int) -> None:
    with pytest.raises(SpecError, match=f"There are {count} records"):
        divide(made(*many(count)), None)


def test_no_record_for_a_split_is_refused() -> None:
    with pytest.raises(SpecError, match="none for validation, dev, test"):
        divide(made(*many(60, labels=60)), None)
