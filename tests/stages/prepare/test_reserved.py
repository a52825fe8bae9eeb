"""Identifier-like values: the audit calls every one of them reserved."""

import pytest

from clinft.stages.audit.scan import scan_texts
from clinft.stages.audit.units import TextUnit
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.reserved import KINDS

SENTENCES = {
    "phone": ("Call the ward at {}.", "PHONE_NUMBER"),
    "email": ("Results go to {}.", "EMAIL_ADDRESS"),
    "social_security": ("SSN {} on file.", "US_SSN"),
    "ip_address": ("Logged in from IP address {}.", "IP_ADDRESS"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_found_and_is_nobodys(kind: str) -> None:
    sentence, entity_type = SENTENCES[kind]
    texts = [sentence.format(KINDS[kind](Draw("reserved", kind, number))) for number in range(60)]
    units = [TextUnit("notes.jsonl", row, "text", text) for row, text in enumerate(texts, start=1)]
    found = {finding.row: finding for finding in scan_texts(units)}
    assert sorted(found) == list(range(1, 61))
    assert {one.severity for one in found.values()} == {"INFO"}
    assert {one.entity_type for one in found.values()} == {entity_type}
    assert all(one.recognizer.endswith("/reserved") for one in found.values())


def test_a_value_one_step_outside_of_the_ranges_is_somebodys() -> None:
    """Near miss: without it the test above could pass on an audit that calls everything reserved."""
    texts = (
        "Call the ward at (202) 555-0200.",
        "SSN 123-45-6789 on file.",
        "Logged in from IP address 192.0.3.7.",
    )
    units = [TextUnit("notes.jsonl", row, "text", text) for row, text in enumerate(texts, start=1)]
    assert all(finding.severity != "INFO" for finding in scan_texts(units))
    assert {finding.row for finding in scan_texts(units)} == {1, 2, 3}


def test_the_same_draw_gives_the_same_value() -> None:
    assert [make(Draw(1, name)) for name, make in KINDS.items()] == [
        make(Draw(1, name)) for name, make in KINDS.items()
    ]
