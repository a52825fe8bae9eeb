"""A pull request that brings evidence brings the view of it, and adds to a run's status without changing it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.pipeline.status_files import write_new
from clinft.pipeline.tracking import rows
from clinft.stages.gate.pull_request import NEEDS
from tests.fakes.cli import clinft
from tests.fakes.committed_runs import LIVED, entries
from tests.fakes.hospital import Hospital, project
from tests.fakes.specs import write_repository

TABLES = "projects/tracking/"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository's folder of projects, with one finished run in it, as a laptop left it."""
    root = tmp_path_factory.mktemp("laptop")
    files = project()
    folder = write_repository(root)
    for path, text in files.items():
        (root / path).write_text(text)
    done = clinft("run", folder, "--yes")
    assert done.exit_code == 0, done.output
    return root / "projects"


def run_of(projects: Path) -> Path:
    (run,) = (projects / "demo" / "runs").iterdir()
    return run


def evidence(projects: Path) -> dict[str, bytes]:
    """All that is committed of the run, by path in the repository."""
    run = run_of(projects)
    files = [path for path in run.rglob("*") if path.is_file() and path.relative_to(run).parts[0] != "data"]
    return {f"projects/{path.relative_to(projects).as_posix()}": path.read_bytes() for path in files}


def tables(projects: Path) -> dict[str, bytes]:
    return {f"{TABLES}{name}": data for name, data in rows(projects).items()}


class Judged:
    """Pull requests of one hospital, one after another."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital, self.number, self.waits = hospital, 10, set[str]()

    def codes(self, edits: Mapping[str, str | bytes | None], *approvers: str) -> set[str]:
        """What stands against a pull request with these edits, beyond people who have not approved yet."""
        self.number += 1
        self.hospital.pull(self.number, edits)
        self.hospital.approve(self.number, *approvers)
        event = self.hospital.pull_request_event(self.number)
        results = self.hospital.folder / f"results-{self.number}"
        needs = {name: {"result": "success", "outputs": {}} for name in NEEDS}
        told = {"CLINFT_RESULTS": str(results), "CLINFT_NEEDS": json.dumps(needs)}
        self.hospital.enter(event["tree"], event, **told)
        done = clinft("gate", "--changed")
        report = json.loads((results / "report.json").read_bytes())
        found = {one["code"][-3:] for one in report["reasons"] if one["blocks"] and not one["pending"]}
        # Evidence that nobody sealed and the end of a quarantine wait before the merge, not after it.
        self.waits = {one["code"][-3:] for one in report["reasons"] if one["blocks"] and one["pending"]}
        assert (done.exit_code == 1) == (bool(found) or bool(self.waits & {"054", "065"})), done.output
        return found


def test_the_tables_come_with_the_evidence_and_say_what_it_says(hospital: Hospital, projects: Path) -> None:
    judged, brought, view = Judged(hospital), evidence(projects), tables(projects)
    hospital.brought(5, project(), "mila", "petra")
    costs = f"{TABLES}costs.csv"
    forged = {**view, costs: view[costs].replace(b"0.00", b"0.01")}
    assert judged.codes(brought) == {"059"}
    assert judged.codes({**brought, **forged}) == {"059"}
    assert judged.codes({**brought, **{name: data for name, data in view.items() if name != costs}}) == {
        "059"
    }
    assert judged.codes({**brought, **view, f"{TABLES}extra.csv": "project\n"}) == {"059"}
    assert judged.codes({**brought, **view}) == set()
    # Rows of a run that does not lie there.
    assert judged.codes(view) == {"059"}

    # Evidence that lies on main without its rows: nobody is asked but who changes runs or tables.
    hospital.brought(6, brought)
    assert judged.codes({"README.md": "ours, too\n", "projects/demo/NOTES.md": "n\n"}) == set()
    assert judged.codes(forged) == {"059"}
    assert judged.codes(view) == set()
    hospital.brought(7, view)
    assert judged.codes({costs: forged[costs]}) == {"059"}
    assert judged.codes({costs: None}) == {"038", "059"}


def test_no_row_of_the_base_branch_goes_away(hospital: Hospital, projects: Path, tmp_path: Path) -> None:
    judged, brought, view = Judged(hospital), evidence(projects), tables(projects)
    hospital.brought(5, project(), "mila", "petra")
    hospital.brought(6, {**brought, **view})
    # A view that holds, of a run that is not there any more.
    assert judged.codes({**dict.fromkeys(brought), **tables(tmp_path)}) == {"038", "053", "077"}

    # A record of an incident is added to; what it says of the day is in the tables.
    record = "projects/demo/incident/RECORD.md"
    said = "# Incident\n\nNoticed on 2026-11-20, in quarantine since 2026-11-21. Every verb refuses.\n"
    assert judged.codes({record: said}) == set()
    hospital.brought(7, {record: said})
    assert judged.codes({record: f"{said}\nPrivacy officer: petra\n"}) == set()
    assert judged.codes({record: said.replace("11-21", "11-25")}) == {"077"}
    assert judged.codes({record: None}) == {"077"}


def test_a_status_is_added_to_and_never_changed(
    hospital: Hospital, projects: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    judged, brought, view = Judged(hospital), evidence(projects), tables(projects)
    hospital.brought(5, project(), "mila", "petra")
    run = run_of(projects)
    record = run_folder.load_record(run)
    assert record is not None
    whole = entries(run.name, (*LIVED, "deployed"), record.digest)
    scratch = tmp_path_factory.mktemp("status") / run.name
    files = {f"projects/demo/runs/{run.name}/status/{path.name}": path.read_bytes() for path in write_new(scratch, whole)}  # fmt: skip
    first, second, *_, last = files
    lived = {path: data for path, data in files.items() if path != last}

    # The view of this evidence is another one, which is not what is asked here.
    assert judged.codes({**brought, **view, **lived}) - {"059"} == set()
    assert judged.codes({**brought, **view, **lived, second: b"{}"}) - {"059"} == {"060"}
    gap = {path: data for path, data in lived.items() if path != second}
    assert judged.codes({**brought, **view, **gap}) - {"059"} == {"060"}

    hospital.brought(6, {**brought, **lived})
    assert judged.codes({last: files[last]}) - {"059"} == set()
    assert judged.codes({first: None}) - {"059"} == {"038", "060", "077"}
    # A whole chain that holds, but is another one.
    other = entries(run.name, LIVED, record.digest, day="2026-11-05")
    again = tmp_path_factory.mktemp("other") / run.name
    rewritten = {f"projects/demo/runs/{run.name}/status/{path.name}": path.read_bytes() for path in write_new(again, other)}  # fmt: skip
    assert judged.codes(rewritten) - {"059"} == {"038", "060", "077"}
