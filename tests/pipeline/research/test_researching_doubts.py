"""Terms that need looking up, services that fail, and a kill: what the brief says then, and what stays."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinft import run_folder
from clinft.artifacts.research import ResearchBrief
from clinft.pipeline import known_terms, researching
from tests.fakes.literature import OTHER, PLAIN, RETRACTED, LiteratureServer
from tests.fakes.research_sources import wire
from tests.fakes.specs import write_repository
from tests.pipeline.research.conftest import SERVICES, Clock, fail, payload, research, written

# Terms


@pytest.fixture
def small_icd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_terms, "of_icd10cm", lambda: frozenset({"essential (primary) hypertension"}))


def test_terms_are_cited_or_unverified(
    server: LiteratureServer, tmp_path: Path, project: Path, small_icd: None
) -> None:
    server.mesh = {"D054549": ["Takotsubo Cardiomyopathy", "Broken Heart Syndrome"]}
    focus = [
        "Broken heart syndrome",
        "invented trial",
        "nobody's syndrome",
        "Essential (primary) hypertension",
    ]
    write_repository(tmp_path, data={"terminology_focus": focus})
    assert research().exit_code == 0
    found = {one.term: one for one in payload(project).terms}
    assert set(found) == {*focus[:3]}
    assert (found[focus[0]].heading, found[focus[0]].references) == (
        "Takotsubo Cardiomyopathy",
        ("mesh:D054549",),
    )
    assert found[focus[1]].references == ("pmid:40000002",)
    assert (found[focus[2]].status, found[focus[2]].references) == ("unverified", ())


def test_a_term_that_only_a_retracted_paper_has_is_unverified(
    server: LiteratureServer, tmp_path: Path, project: Path, small_icd: None
) -> None:
    write_repository(tmp_path, data={"terminology_focus": ["trial that never was"]})
    assert research().exit_code == 0
    (one,) = payload(project).terms
    assert (one.status, one.references) == ("unverified", ())


def test_mesh_that_does_not_answer_leaves_a_term_unverified(
    server: LiteratureServer, tmp_path: Path, project: Path, small_icd: None
) -> None:
    write_repository(tmp_path, data={"terminology_focus": ["quite unknown"]})
    fail(server, "eutils")
    assert research().exit_code == 0
    (one,) = payload(project).terms
    assert one.status == "unverified"
    assert "MeSH did not answer" in str(one.why)


def test_packs_know_their_names() -> None:
    assert "asthma" in known_terms.of_packs()


# Services that fail


@pytest.mark.parametrize("service", SERVICES[:3])
def test_where_some_fail_the_brief_says_so(service: str, server: LiteratureServer, project: Path) -> None:
    fail(server, service)
    done = research()
    assert done.exit_code == 0, done.output
    brief = payload(project)
    failed = {one.source: one for one in brief.failed}
    name = {"epmc": "europepmc", "eutils": "pubmed", "fr": "federal_register"}[service]
    assert name in failed
    assert "503" in failed[name].why
    assert failed[name].unasked > 0
    assert brief.references
    assert "## Not answered" in written(project)["brief.md"].decode()
    # After its first failure it is left alone.
    assert name == "pubmed" or len(server.instead[service]) == 1000 - 4


def test_where_all_fail_the_last_brief_stays_byte_for_byte(server: LiteratureServer, project: Path) -> None:
    research()
    before = written(project)
    Clock.time = datetime(2026, 12, 24, tzinfo=UTC)
    fail(server, *SERVICES)
    done = research()
    assert done.exit_code == 3
    said = " ".join(done.output.split())
    assert "No source of literature answered" in said
    for name in ("europepmc", "pubmed", "federal_register", "releases"):
        assert name in said
    assert "the last brief is as it was" in said
    assert written(project) == before


def test_without_a_network_nothing_is_written(
    server: LiteratureServer, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = LiteratureServer()
    closed._port.server_close()
    wire(closed, monkeypatch)
    done = research()
    assert done.exit_code == 3
    assert "did not answer" in done.output
    assert written(project) == {}
    assert "Traceback" not in done.output


def test_an_extra_that_is_missing_is_a_failed_source_or_the_error(
    server: LiteratureServer, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "semanticscholar", None)
    policy = {"research": {"sources": ["europepmc", "semantic_scholar"]}}
    write_repository(tmp_path, policy=policy)
    assert research().exit_code == 0
    (failed,) = payload(project).failed
    assert (failed.source, "not installed" in failed.why) == ("semantic_scholar", True)
    alone = research("--source", "semantic_scholar")
    assert alone.exit_code == 2
    assert "[literature]" in alone.output


def test_records_of_a_source_that_knows_no_retractions_are_checked_elsewhere(
    server: LiteratureServer, tmp_path: Path, project: Path
) -> None:
    alone = replace(RETRACTED, title="Alone at one", pmid="40000077", doi="10.5555/inv.77", only_at="s2")
    server.papers.append(alone)
    write_repository(tmp_path, policy={"research": {"sources": ["semantic_scholar", "europepmc"]}})
    assert research().exit_code == 0
    found = {one.id: one for one in payload(project).references}
    assert all(found[paper.pmid].retraction_checked for paper in (PLAIN, OTHER, RETRACTED, alone))
    assert found[alone.pmid].retracted
    assert found[RETRACTED.pmid].retracted
    write_repository(tmp_path, policy={"research": {"sources": ["semantic_scholar"]}})
    assert research().exit_code == 0
    assert {one.status for one in payload(project).of("techniques")} == {"unverified"}


# Kill

KILLED = """
import os, signal, sys
from pathlib import Path
from clinft import run_folder
from clinft.pipeline import researching
real, at = run_folder.write_atomically, int(sys.argv[1])
calls = []
def dying(path, data):
    calls.append(path)
    if path.parent.name == "research" and len([c for c in calls if c.parent.name == "research"]) == at:
        partial = path.with_name(f".{path.name}.partial")
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    real(path, data)
run_folder.write_atomically = dying
sys.path.insert(0, sys.argv[2])
import pytest
from tests.fakes.literature import LiteratureServer, OTHER, PLAIN
from tests.fakes.research_sources import wire
from tests.fakes.cli import clinft
with LiteratureServer(PLAIN, OTHER) as server:
    wire(server, pytest.MonkeyPatch())
    print(clinft("research", "projects/demo", "--limit", "1").output)
"""


@pytest.mark.parametrize("at", [1, 2])
def test_a_kill_while_writing_leaves_whole_files(
    at: int, server: LiteratureServer, project: Path, repository: Path
) -> None:
    research()
    before = written(project)
    command = [sys.executable, "-c", KILLED, str(at), str(repository)]
    done = subprocess.run(
        command, cwd=project.parents[1], capture_output=True, check=False, env={**os.environ}
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    after = written(project)
    assert after["brief.json"] == before["brief.json"]
    assert (after["brief.md"] == before["brief.md"]) is (at == 1)
    assert after["brief.md"].decode().endswith(" |\n")
    assert research().exit_code == 0
    artifact = run_folder.parse(project / "research" / "brief.json", ResearchBrief)
    assert researching.is_whole(artifact)
    assert (project / "research" / "brief.md").read_text().startswith("# Literature brief")
