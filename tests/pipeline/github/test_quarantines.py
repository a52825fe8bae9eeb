"""Ending a quarantine: the role privacy approves it, alone; beginning one needs nobody."""

import pytest

from tests.fakes.hospital import Hospital, project
from tests.pipeline.github.test_evidence_and_tables import Judged

BARRIER, RECORD = "projects/demo/QUARANTINE.yaml", "projects/demo/incident/RECORD.md"
BEGUN = {BARRIER: 'since: "2026-11-26"\ndiscovered: "2026-11-26"\n', RECORD: "# Incident\n"}


@pytest.fixture
def judged(hospital: Hospital) -> Judged:
    hospital.brought(5, project(), "mila", "petra")
    return Judged(hospital)


def test_beginning_needs_nobody_and_ending_stands_alone(judged: Judged, hospital: Hospital) -> None:
    assert judged.codes(BEGUN) == set()
    hospital.brought(6, BEGUN)
    changed = {**project(), BARRIER: None, "projects/demo/prompt/prompt.md": "Name the chapter.\n"}
    assert "066" in judged.codes(changed)
    closed = {BARRIER: None, RECORD: "# Incident, closed\n"}
    assert judged.codes(closed) == set()
    assert judged.waits == {"065"}
    assert judged.codes(closed, "mila") == set()
    assert judged.waits == {"065"}  # another role
    assert judged.codes(closed, "petra") == set()
    assert judged.waits == set()
    assert judged.codes({BARRIER: "since: never\n"}) == set()
    assert judged.waits == {"065"}


def test_nothing_starts_on_main_while_it_lies_there(judged: Judged, hospital: Hospital) -> None:
    hospital.brought(6, BEGUN)
    done = hospital.gate()
    assert done.exit_code == 1
    assert "is in quarantine" in done.output
