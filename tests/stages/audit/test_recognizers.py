"""All families of rules together: every one has its table of matches and near misses, and no text holds one up."""

import importlib

import pytest

from clinft.stages.audit import tables
from clinft.stages.audit.detector import detector
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.rule import Rule
from clinft.stages.audit.severity import UNSCANNED, weights
from tests.processor import seconds_of

FEWEST_ROWS = 15
WINDOW = 20_000  # the engine gives a rule no more at once
SECONDS = 0.3  # several times what any needs
HOSTILE = (
    "a", "A", "1", "1 ", "1-", "A1", "- ", "\0a", "# ", ": ", "/", "=", "MRN: ", "mrn is of the patient ",
    "data:image/png;base64,", "<img ", "![a](", "P<UTO", "1^^^", "0.1,", "face template ", "sha256 of the mrn ",
    "ssn ending in ", "card ends ", "JOHN SMITH ", "A B, C D ", "plate TX ", "1.2.840.", "eyJa.", "insurance aetna ",
    "member id number ", "QQQQQQQQQQ" * 7 + "\n", "x@y.", "12/", "January ",
)  # fmt: skip


def rows_of(family: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Text, identifier and entity type of what it finds; texts of what it leaves alone."""
    module = importlib.import_module(f"tests.stages.audit.recognizers.test_{family}")
    return module.MATCHES, module.NEAR_MISSES


@pytest.mark.parametrize("family", TABLE)
def test_every_family_has_matches_and_near_misses(family: str) -> None:
    matches, near_misses = rows_of(family)
    assert min(len(set(matches)), len(set(near_misses))) >= FEWEST_ROWS


def test_every_entity_type_is_matched_in_a_table_and_has_a_weight() -> None:
    types = {rule.entity_type for rules in TABLE.values() for rule in rules}
    assert {row[2] for family in TABLE for row in rows_of(family)[0]} == types
    assert set(weights()) == types | {UNSCANNED, *detector.entity_types()}


def test_every_entity_type_says_what_it_is_and_what_to_do() -> None:
    for entity_type, row in tables.table("severities")["entities"].items():
        assert row["kind"] in ("direct", "quasi"), entity_type
        assert row["reason"], entity_type
        assert row["remedy"].endswith("."), entity_type


def test_rule_names_are_unique_within_a_family() -> None:
    for rules in TABLE.values():
        names = [rule.name for rule in rules]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "rule",
    [rule for rules in TABLE.values() for rule in rules],
    ids=[f"{family}/{rule.name}" for family, rules in TABLE.items() for rule in rules],
)
def test_no_text_holds_a_rule_up(rule: Rule) -> None:
    for piece in HOSTILE:
        text = (piece * WINDOW)[:WINDOW]
        assert seconds_of(lambda text=text: rule.find(text), enough=SECONDS) < SECONDS, piece  # type: ignore[misc]
