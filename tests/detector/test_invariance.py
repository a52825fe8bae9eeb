"""The forms in which records are measured again: what changes, and where the spans lie then."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

TEXT = "Adele Quill of Tarnville, MRN 4471920, saw Straße"
VALUES = ("Adele Quill", "Tarnville", "4471920")


@pytest.fixture(scope="module")
def invariance() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        bench = Path(__file__).parents[2] / "bench"
        patch.syspath_prepend(bench)
        patch.syspath_prepend(bench / "data")
        yield importlib.import_module("detector.invariance")


def record(invariance: ModuleType, text: str = TEXT) -> object:
    labels = ("NAME", "LOCATION", "MRN")
    places = [(text.index(value), text.index(value) + len(value)) for value in VALUES]
    spans = tuple(invariance.Span(*place, label) for place, label in zip(places, labels, strict=True))
    return invariance.Record("1", text, spans)


def values(one) -> list[str]:
    return [one.text[span.start : span.end] for span in one.spans]


def test_every_form_keeps_labels_and_order(invariance: ModuleType) -> None:
    for form in invariance.FORMS.values():
        changed = form(record(invariance))
        assert [span.label for span in changed.spans] == ["NAME", "LOCATION", "MRN"]
        assert values(changed)[2] == VALUES[2]


def test_case_changes_only_where_no_length_does(invariance: ModuleType) -> None:
    assert invariance.in_capitals(record(invariance)).text == TEXT  # ß would become two letters
    short = record(invariance, TEXT.removesuffix(", saw Straße"))
    assert values(invariance.in_capitals(short)) == ["ADELE QUILL", "TARNVILLE", "4471920"]
    assert invariance.in_lower_case(record(invariance)).text == TEXT.lower()


def test_a_slip_changes_one_word_of_each_name_and_place(invariance: ModuleType) -> None:
    changed = invariance.with_slips(record(invariance))
    name, place, number = values(changed)
    assert name != VALUES[0]
    assert place != VALUES[1]
    assert number == VALUES[2]
    assert sum(one == two for one, two in zip(name.split(), VALUES[0].split(), strict=False)) <= 1
    rest = re.escape(TEXT)
    for old, new in zip(VALUES, (name, place, number), strict=True):
        rest = rest.replace(re.escape(old), re.escape(new))
    assert re.fullmatch(rest, changed.text)


def test_names_become_those_of_one_other_culture(invariance: ModuleType) -> None:
    changed = invariance.of_another_culture(record(invariance))
    name, place, _ = values(changed)
    assert name != VALUES[0]
    assert place == VALUES[1]
    assert any(set(name.split()) <= set(names.split()) for names in invariance.NAMES.values())
    assert changed == invariance.of_another_culture(record(invariance))


def test_a_moved_record_is_whole_behind_clean_text(invariance: ModuleType) -> None:
    moved, inside = invariance.moved(record(invariance)), invariance.in_long_note(record(invariance))
    for changed, length in ((moved, invariance.BEFORE), (inside, invariance.LONG)):
        assert values(changed) == list(VALUES)
        assert TEXT in changed.text
        assert 0.95 * length < len(changed.text) - len(TEXT) < 1.05 * length
