"""An audit in a line: never better than what was measured, and nothing where nothing was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.audit import CategoryResult, Measured, Sensitivity, Sign
from clinft.stages.report import audit_words
from clinft.statistics import rounding
from tests.fakes import audit_reports as fake


def row(letter: str, status: str, *lows: float) -> Sensitivity:
    both = [Measured(n=100, found=90, low=low, high=1.0) for low in lows]
    return Sensitivity.model_validate(
        {
            "identifier": letter,
            "canaries": both[0] if both else None,
            "challenge": both[1] if len(both) > 1 else None,
            "status": status,
        }
    )


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ((), "how many identifiers the search misses was not measured"),
        (
            (row("A", "not_certified"), row("D", "not_certified")),
            "how many identifiers the search misses was not measured",
        ),
        (
            (row("C", "certified", 0.99, 0.971), row("D", "certified", 0.96)),
            "planted identifiers found: lowest lower bound of both measurements 0.960 (D, telephone numbers), floor 0.95",
        ),
        (
            (row("A", "not_certified", 0.4), row("B", "not_certified"), row("C", "certified", 0.98)),
            "planted identifiers found: lowest lower bound of both measurements 0.980 (C, dates and ages), floor 0.95; "
            "names (0.400), places (not measured) not certified",
        ),
        (
            (row("C", "below_floor", 0.99, 0.9), row("D", "certified", 0.96), row("M", "below_floor", 0.94)),
            "planted identifiers found: **below the floor of 0.95: C, M**; lowest lower bound of both measurements 0.900 (C, dates "
            "and ages)",
        ),
        (
            (row("A", "not_certified", 0.4), row("B", "not_certified", 0.3)),
            "planted identifiers found: names (0.400), places (0.300) not certified",
        ),
    ],
)
def test_sensitivity_in_a_line(rows: tuple[Sensitivity, ...], line: str) -> None:
    assert audit_words.sensitivity(rows, 0.95) == line


@pytest.mark.parametrize(
    ("bound", "low", "high"),
    [
        (0.9499, "0.949", "0.950"),
        (0.95, "0.950", "0.950"),
        (0.9501, "0.950", "0.951"),
        (1.0, "1.000", "1.000"),
    ],
)
def test_bounds_are_rounded_to_the_worse_side(bound: float, low: str, high: str) -> None:
    assert (rounding.low(bound), rounding.high(bound)) == (low, high)


@given(st.floats(min_value=0, max_value=1))
def test_no_printed_bound_is_better_than_the_measured_one(bound: float) -> None:
    assert float(rounding.low(bound)) <= bound + 1e-9
    assert float(rounding.high(bound)) >= bound - 1e-9


def category(status: str, findings: int = 0) -> CategoryResult:
    return CategoryResult.model_validate(
        {
            "letter": "D",
            "title": "Telephone numbers",
            "recognizers": (),
            "findings": findings,
            "status": status,
        }
    )


@pytest.mark.parametrize(
    ("found", "sure", "info", "said"),
    [
        (category("found", 3), row("D", "certified", 0.96), 0, "**Found**"),
        (category("found", 3), row("D", "certified", 0.96), 2, "**Found**"),
        (category("found", 3), row("D", "certified", 0.96), 3, "Found, INFO only"),
        (category("found", 0), row("D", "certified", 0.96), 0, "**Found**"),
        # What contradicts itself is said in the graver way.
        (category("none_found", 2), row("D", "certified", 0.96), 0, "**Found**"),
        (category("not_text_checkable", 2), row("D", "certified", 0.96), 0, "**Found**"),
        (category("none_found"), row("D", "certified", 0.96), 0, "Not found by this method"),
        (
            category("none_found"),
            row("D", "below_floor", 0.9),
            0,
            "Needs human evidence: not found, but the search is below the floor for it",
        ),
        (
            category("none_found"),
            row("D", "not_certified", 0.9),
            0,
            "Needs human evidence: not found, but the search is not certified for it",
        ),
        (
            category("none_found"),
            None,
            0,
            "Needs human evidence: not found, but how many identifiers the search misses was not measured",
        ),
        (
            category("not_text_checkable"),
            row("D", "certified", 0.96),
            0,
            "N/A: text cannot hold one; not found as embedded data either",
        ),
        (
            category("not_text_checkable"),
            row("D", "below_floor", 0.9),
            0,
            "N/A: text cannot hold one; not found as embedded data, but the search is below the floor for it",
        ),
    ],
)
def test_result_of_a_class(found: CategoryResult, sure: Sensitivity | None, info: int, said: str) -> None:
    assert audit_words.result(found, sure, info) == said


def test_measured_without_a_planted_identifier_divides_by_nothing() -> None:
    assert audit_words.measured(Measured(n=0, found=0, low=0, high=1)) == "0 of 0 [0.000, 1.000]"
    assert audit_words.measured(None) == "missing"


def test_uniqueness_counts_who_stands_alone() -> None:
    said = audit_words.uniqueness(fake.audit().authenticity.uniqueness)

    assert said == (
        "k = 1 over age band, condition: 300 records in 41 groups of equal ones, 2 records alone in theirs"
    )
    assert audit_words.uniqueness(None).startswith("k-anonymity was not measured")


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ((), "no sign of a real source"),
        ((fake.sign("hl7-v2", True),), "**1 sign** of a real source"),
        ((fake.sign("placeholders", False), fake.sign("timestamps", False)), "2 weak signs of a real source"),
        (
            (fake.sign("hl7-v2", True), fake.sign("placeholders", False)),
            "**1 sign** and 1 weak sign of a real source",
        ),
    ],
)
def test_signs_are_counted(signs: tuple[Sign, ...], said: str) -> None:
    found = fake.audit().authenticity.model_copy(update={"signs": signs})

    assert audit_words.signs(found) == said
