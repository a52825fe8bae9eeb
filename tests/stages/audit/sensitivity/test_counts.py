"""Found means: by a finding that asks to look, in the same field, on at least one character."""

import json
from collections.abc import Iterable

import pytest

from clinft.artifacts.audit import Finding
from clinft.stages.audit.sensitivity import Counts, Donor, Planted, Span, plant, sensitivities, tally
from clinft.stages.audit.units import json_units


def finding(
    field: str, start: int, end: int, severity: str = "CRITICAL", entity_type: str = "US_SSN"
) -> Finding:
    return Finding.model_validate(
        {
            "id": "0" * 16,
            "file": "x",
            "row": 1,
            "field": field,
            "start": start,
            "end": end,
            "entity_type": entity_type,
            "safe_harbor": "G",
            "severity": severity,
            "score": 1.0,
            "recognizer": "x",
        }
    )


LETTERS = "ABCDEFGHIJKLMNOPQR"
COPY = Planted("x.jsonl", "{}", (Span("H", "text", 10, 17),))


@pytest.mark.parametrize(
    ("field", "start", "end", "severity", "found", "blocked"),
    [
        ("text", 10, 17, "CRITICAL", 1, 1),
        ("text", 0, 11, "LOW", 1, 0),
        ("text", 16, 30, "HIGH", 1, 1),
        ("text", 12, 13, "MEDIUM", 1, 0),
        ("text", 10, 17, "INFO", 0, 0),
        ("text", 0, 10, "CRITICAL", 0, 0),
        ("text", 17, 20, "CRITICAL", 0, 0),
        ("note", 10, 17, "CRITICAL", 0, 0),
    ],
)
def test_what_counts_as_found(
    field: str, start: int, end: int, severity: str, found: int, blocked: int
) -> None:
    counts = tally([COPY], lambda file, line: [finding(field, start, end, severity)])
    assert counts == Counts(planted={"H": 1}, found={"H": found}, blocked={"H": blocked})


def test_what_the_detector_calls_possible_is_found_and_does_not_block() -> None:
    counts = tally([COPY], lambda file, line: [finding("text", 10, 17, "INFO", "POSSIBLE_PERSON")])
    assert counts == Counts(planted={"H": 1}, found={"H": 1}, blocked={"H": 0})


def test_a_scan_that_finds_nothing_finds_none_of_any_class() -> None:
    donor = Donor("x.jsonl", '{"text": "two weeks of cough and a clear chest"}')
    counts = tally(plant([donor], "digest", 3), lambda file, line: [])
    assert counts == Counts(
        planted=dict.fromkeys(LETTERS, 3), found=dict.fromkeys(LETTERS, 0), blocked=dict.fromkeys(LETTERS, 0)
    )


def test_the_scan_gets_the_file_and_the_line_of_each_copy() -> None:
    seen = []

    def scan(file: str, line: str) -> Iterable[Finding]:
        seen.append((file, line))
        return ()

    tally([COPY, COPY], scan)
    assert seen == [("x.jsonl", "{}")] * 2


def test_parts_add_up_in_any_order() -> None:
    one = Counts(planted={"A": 2, "B": 1}, found={"A": 1, "B": 0}, blocked={"A": 1})
    two = Counts(planted={"A": 3, "R": 5}, found={"A": 3, "R": 4}, blocked={"A": 2, "R": 4})
    whole = Counts(planted={"A": 5, "B": 1, "R": 5}, found={"A": 4, "B": 0, "R": 4}, blocked={"A": 3, "R": 4})
    assert one + two == two + one == whole
    assert (one + two).model_dump_json() == (two + one).model_dump_json()
    assert one + Counts() == one


def test_counts_come_back_from_json() -> None:
    counts = Counts(planted={"A": 5}, found={"A": 4}, blocked={"A": 3})
    assert Counts.model_validate_json(counts.model_dump_json()) == counts


def test_nothing_that_leaves_here_holds_a_planted_value() -> None:
    donor = Donor("x.jsonl", json.dumps({"text": "Woman with cough. Chest is clear. Sent home."}))
    copies = list(plant([donor], "digest", 20))
    values = set()
    for copy in copies:
        fields = {unit.field: unit.text for unit in json_units(copy.file, 1, copy.line, lambda key: True)}
        values |= {fields[span.field][span.start : span.end] for span in copy.spans}
    # A shorter one may stand by chance in a number of another kind.
    values = {value for value in values if len(value) > 4}
    counts = tally(copies, lambda file, line: [finding("text", 0, 9999)])
    shown = [repr(donor), repr(copies), counts.model_dump_json(), repr(sensitivities(counts, None, 0.95))]
    shown += [str(one) for one in (donor, *copies)]
    assert len(values) > 200
    assert [value for value in values if any(value in text for text in shown)] == []
    assert not any("Woman" in text for text in shown)
