"""Findings out of texts: their ids, their order, and that they hold no text."""

import hashlib

from clinft.spec.audit_policy import AuditPolicy, TeamPattern
from clinft.stages.audit import engine
from clinft.stages.audit.scan import finds_in, is_clean, is_presentable, scan_texts
from clinft.stages.audit.units import TextUnit

UNIT = TextUnit("data/records/train.jsonl", 3, "text", "SSN 219-09-9998, call 617-555-0142, seen Tuesday")


def test_findings_come_in_the_order_of_texts_and_places() -> None:
    second = TextUnit(UNIT.file, 4, "facts.mrn", "00482913", "mrn: ")
    found = list(scan_texts([UNIT, second]))
    assert [(one.row, one.field, one.start, one.safe_harbor, one.severity) for one in found] == [
        (3, "text", 4, "G", "CRITICAL"),
        (3, "text", 22, "D", found[1].severity),
        (3, "text", 41, "C", "MEDIUM"),
        (4, "facts.mrn", 0, "H", "CRITICAL"),
    ]
    assert found[1].recognizer.endswith("/reserved")
    assert "9998" not in "".join(one.model_dump_json() for one in found)


def test_the_id_is_of_place_type_and_recogniser_as_the_finding_names_them() -> None:
    for one in scan_texts([UNIT]):
        place = (
            one.file,
            str(one.row),
            one.field,
            str(one.start),
            str(one.end),
            one.entity_type,
            one.recognizer,
        )
        assert one.id == hashlib.sha256("\x1f".join(place).encode()).hexdigest()[:16]


def test_a_file_name_that_is_no_utf8_has_an_id_too() -> None:
    (one,) = scan_texts([TextUnit("data/\udcff.txt", 1, "line", "SSN 219-09-9998")])
    assert len(one.id) == 16


def test_texts_are_searched_for_what_the_given_policy_adds() -> None:
    pattern = TeamPattern(name="visit", pattern="vis-[a-z]{4}")
    unit = TextUnit("a.txt", 1, "line", "vis-abcd")
    (one,) = scan_texts([unit], engine.of(AuditPolicy(patterns=(pattern,))))
    assert (one.entity_type, one.safe_harbor, one.severity) == ("TEAM_VISIT", "R", "HIGH")
    assert list(scan_texts([unit])) == []


def test_clean_means_that_nothing_is_found() -> None:
    assert is_clean("cough for two weeks")
    assert not is_clean("SSN 219-09-9998")
    possible = "Bed 12 Abernathy NPO for cath"
    assert {find.severity(settings=False) for find in finds_in(possible, "")} == {"INFO"}
    assert not is_clean(possible)
    assert is_presentable(possible)
    assert not is_presentable("SSN 219-09-9998")
    assert finds_in("219-09-9998", "ssn: ") == engine.default().finds("219-09-9998", "ssn: ") != ()
