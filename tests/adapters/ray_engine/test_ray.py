"""A real Ray of two workers on this machine: the same results, whatever dies; and nothing of a record in its files."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from clinft.adapters.ray_engine.session import LONGEST_FOLDER, PREFIX, connected
from clinft.adapters.ray_engine.team import RESTARTS, RayTeam
from clinft.errors import ClinftError, ServiceError, SpecError
from clinft.ports.workers import Team, Workers
from clinft.run_folder import to_bytes
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit.file_audit import audit_files
from clinft.stages.audit.reading.piece import PIECE_BYTES
from clinft.stages.prepare.clinical import load
from clinft.stages.prepare.clinical.files import write_files
from clinft.stages.prepare.clinical.generate import Job
from clinft.wiring.engines import workers_of
from tests.fakes.packs import data, task
from tests.fakes.progress import Quiet

# One Ray for all of them, on one of xdist's processes.
pytestmark = [pytest.mark.xdist_group("ray")]
SECRET = "219-09-1234"


@pytest.fixture(scope="module")
def ray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """As `--engine ray` starts it; what asks for workers meanwhile is connected to it already."""
    before = dict(os.environ)
    os.environ.pop("RAY_ADDRESS", None)
    os.environ["PYTHONPATH"] = str(without_a_slow_grammar(tmp_path_factory.mktemp("path")))
    workers_of("ray", 2)
    try:
        # Room for two teams at once: one lives as long as the module.
        with connected(None, 4) as (module, count):
            assert count == 4
            yield module
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert folders() == []


def without_a_slow_grammar(folder: Path) -> Path:
    """Each of Ray's eight processes imports jsonschema. Where another of the tests' packages has brought
    rfc3987_syntax, that takes a second and a half more, for a format that none of them checks.
    """
    (folder / "rfc3987_syntax.py").write_text("raise ImportError\n")
    return folder


@pytest.fixture
def workers(ray: Any) -> Workers:
    found = workers_of("ray", 2)
    assert found is not None
    return found


def folders() -> list[Path]:
    return list(Path("/tmp").glob(f"{PREFIX}{os.getpid()}-*"))


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three chunks. Rows without a sentence take no planted identifiers, which would need seconds."""
    path = tmp_path_factory.mktemp("records") / "a.jsonl"
    rows = "".join(json.dumps({"ssn": SECRET, "n": number}) + "\n" for number in range(900))
    path.write_text(rows + json.dumps({"pad": "0 " * PIECE_BYTES}) + "\n")
    return path


def test_the_longest_socket_has_room_below_the_longest_folder(ray: Any) -> None:
    """With a process's number of 7 digits, the most that Linux gives; it is in the path twice."""
    sockets = [path.relative_to("/tmp") for own in folders() for path in own.rglob("*") if path.is_socket()]
    below = max(len(f"/{path}") for path in sockets) + 2 * (7 - len(str(os.getpid())))
    assert LONGEST_FOLDER + below == 107


def test_two_workers_find_what_this_process_finds(records: Path, workers: Workers) -> None:
    there = audit_files([records], AuditPolicy(), Quiet(), elsewhere=workers)
    assert there.by_severity["CRITICAL"] == 900
    assert to_bytes(there) == to_bytes(audit_files([records], AuditPolicy(), Quiet(), workers=1))


def test_two_workers_make_the_records_that_this_process_makes(tmp_path: Path, workers: Workers) -> None:
    job = Job(data(records=200), task(), load.load_pack("cardiology"))
    here, there = write_files(job, tmp_path / "here", 1), write_files(job, tmp_path / "there", None, workers)
    assert here[1] == there[1]


def tripled(state: Path, item: int) -> int:
    time.sleep(0.02)
    return 3 * item


def tripled_or_killed(state: Path, item: int) -> int:
    """The first who comes to 5 is killed in the middle of it."""
    if item == 5 and not state.exists():
        state.write_text("killed")
        os.kill(os.getpid(), signal.SIGKILL)
    return tripled(state, item)


def killed(state: Path, item: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return item


def same(asked: Path) -> Path:
    return asked


@pytest.fixture(scope="module")
def mark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("team") / "mark"


@pytest.fixture(scope="module")
def team(ray: Any, mark: Path) -> Iterator[Team[Path]]:
    """Starting workers takes seconds, so tests share these."""
    workers = workers_of("ray", 2)
    assert workers is not None
    with workers.team(same, mark) as found:
        yield found


def test_results_keep_the_order_of_the_work_and_little_waits(team: Team[Path]) -> None:
    taken: list[int] = []

    def work() -> Iterator[int]:
        for item in range(30):
            taken.append(item)
            yield item

    results = team.map(tripled, work())
    first = next(results)
    assert len(taken) <= 6
    assert [first, *results] == [3 * item for item in range(30)]


def test_a_worker_that_is_killed_costs_no_result(
    team: Team[Path], mark: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert list(team.map(tripled_or_killed, range(12))) == [3 * item for item in range(12)]
    assert mark.exists()
    # Where Ray tells of it, a moment later, it would stand beside the artifact of --json.
    time.sleep(1)
    assert capfd.readouterr() == ("", "")


def test_work_that_kills_every_worker_ends_in_a_clear_error(
    ray: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinft.adapters.ray_engine.team.RESTARTS", 1)
    assert RESTARTS > 1
    team = RayTeam(ray, 1, same, tmp_path)
    with pytest.raises(ServiceError, match="there is no result"):
        list(team.map(killed, [1]))
    team.close()


def refusing(state: Path, item: str) -> str:
    if item == "mistake":
        raise SpecError("What is wrong.", "Why.", "What to do.")
    raise ValueError(item)


def test_errors_come_as_they_are_said_and_their_data_nowhere(team: Team[Path]) -> None:
    with pytest.raises(SpecError) as mistake:
        list(team.map(refusing, ["mistake"]))
    assert mistake.value.next_step == "What to do."
    with pytest.raises(ClinftError, match="A worker met ValueError at clinft/adapters") as bug:
        list(team.map(refusing, [f"SSN {SECRET}"]))
    assert SECRET not in str(bug.value)


AUDITING = (sys.executable, "-m", "clinft", "audit", "--json", "--engine", "ray", "--workers", "2")


def test_the_command_uses_the_cluster_at_the_address(ray: Any, records: Path) -> None:
    """This very Ray; its token is in the environment, as a user would have it there."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("CLINFT_")}
    given |= {"RAY_ADDRESS": ray.get_runtime_context().gcs_address, "RAY_AUTH_TOKEN": TOKEN[0]}
    given |= {"CLINFT_AUDIT_CACHE": os.environ["CLINFT_AUDIT_CACHE"]}
    started = len(ray.nodes())
    done = subprocess.run([*AUDITING, str(records)], env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    here = audit_files([records], AuditPolicy(), Quiet(), workers=1)
    assert done.stdout.strip() == here.model_dump_json()
    assert SECRET not in done.stderr
    assert "core_worker" not in done.stderr
    assert len(ray.nodes()) == started


TOKEN: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def token(ray: Any) -> None:
    TOKEN[:] = [os.environ["RAY_AUTH_TOKEN"]]


def words(process: psutil.Process) -> str:
    """None of one that has ended meanwhile, as other tests' processes may."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_it_listens_on_this_machine_alone_and_sends_nothing(ray: Any) -> None:
    mine = [one for one in psutil.Process().children(recursive=True) if PREFIX in words(one)]
    assert mine
    heard = {
        connection.laddr.ip.removeprefix("::ffff:")
        for one in mine
        for connection in one.net_connections()
        if connection.status == "LISTEN"
    }
    assert heard == {"127.0.0.1"}
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    (folder,) = folders()
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.rglob("usage_stats.json")) == []


def test_its_files_hold_nothing_of_a_record(ray: Any) -> None:
    """After all the audits above, and an error whose text held one."""
    (folder,) = folders()
    looked_at = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(looked_at) > 10
    assert [path.name for path in looked_at if SECRET.encode() in path.read_bytes()] == []
    assert not [path for path in folder.rglob("*") if "spill" in path.name and path.is_file()]
