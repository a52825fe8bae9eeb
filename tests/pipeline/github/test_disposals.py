"""What was deleted after its date is recorded by one pull request, which no machine can fill with what it likes."""

import base64
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from clinft import wiring
from clinft.artifacts.bundle import Disposed, evidence_artifact
from clinft.artifacts.model import Job
from clinft.artifacts.run_state import StatusEntry
from clinft.cli.dispose import before_work
from clinft.cli.merged import open_main
from clinft.cli.show import Screen
from clinft.pipeline import attempts, status_files, tracking
from clinft.pipeline.github import disposals, provider_files, reconciling
from clinft.pipeline.github.disposals import Told
from clinft.pipeline.github.journal import entry_after
from clinft.pipeline.github.on_main import OnMain
from clinft.run_folder import save_record, to_bytes
from clinft.stages.gate.pull_request import NEEDS
from tests.fakes import run_results, specs
from tests.fakes.cli import clinft
from tests.fakes.committed_runs import LIVED, commit_run, entries
from tests.fakes.github.bare import run_git
from tests.fakes.hospital import RECORDS, Hospital, policy
from tests.fakes.past_runs import begun, record_of, resealed, under_way

HOSTED, DEPLOYED, FAILED = "bbbbbbbbbbbb-a1", "cccccccccccc-a1", "eeeeeeeeeeee-a1"
BRANCH = "clinft/disposals"
HOSTED_SPEC = yaml.safe_dump(specs.merged(specs.SPEC, {"training": {"provider": "fake_hosted"}}))
ENDED = datetime(2020, 1, 1, 5, tzinfo=UTC)
SEALED_AT = "2020-01-01T03:00:00+00:00"
SEALED_BY = 4704  # the fourth entry of `entries` names it


@dataclass(frozen=True)
class At:
    time: datetime

    def now(self) -> datetime:
        return self.time


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one real run, as a laptop left it."""
    root = tmp_path_factory.mktemp("trained")
    folder = specs.write_repository(root, data={"records": RECORDS})
    done = clinft("run", folder, "--yes")
    assert done.exit_code == 0, done.output
    return root


class Kept:
    """A hospital with three runs of the year 2020, which a workflow run of ours has sealed."""

    def __init__(self, hospital: Hospital, trained: Path, hosted_spec: str = HOSTED_SPEC) -> None:
        self.hospital, self.server = hospital, hospital.server
        self.root = hospital.folder / "evidence"
        ignored = shutil.ignore_patterns("data", ".*")
        shutil.copytree(trained / "projects", self.root / "projects", ignore=ignored)
        (own,) = (self.runs).iterdir()
        self.own = own.name
        gone = run_results.model().model_copy(update={"provider": "fake_hosted", "weights": {}})
        made_at(self.runs / self.own, SEALED_AT)
        hosted = commit_run(self.root / "projects", f"demo/{HOSTED}", SEALED_AT, train=gone)
        (hosted / "project.yaml").write_text(hosted_spec)
        job = Job(id=f"ftjob-{HOSTED}", provider="fake_hosted", run_id=HOSTED, status="succeeded")
        (hosted / "job.json").write_bytes(to_bytes(job))
        resealed(hosted)
        commit_run(self.root / "projects", f"demo/{DEPLOYED}", SEALED_AT)
        self.runs.with_name("deployment.yaml").write_text(f"run_id: {DEPLOYED}\n")
        for run in self.runs.iterdir():
            status_files.write_new(run, entries(run.name, LIVED, record_of(run).digest, "2020-01-01"))
        tracking.write(self.root / "projects")
        files = {path.relative_to(self.root).as_posix(): path for path in self.root.rglob("*")}
        hospital.commit("main", {name: path.read_bytes() for name, path in files.items() if path.is_file()})
        workflow = ".github/workflows/report.yml"
        self.server.add_workflow_run(SEALED_BY, workflow, "workflow_dispatch", status="completed")
        for run in self.runs.iterdir():
            name = evidence_artifact(run.name, record_of(run).digest, "train")
            self.server.add_artifact(SEALED_BY, name, {"record.json": b"{}"})
        self.files = hospital.folder / "cache" / "clinft" / "fake-hosted" / HOSTED
        self.upload()

    @property
    def runs(self) -> Path:
        return self.root / "projects" / "demo" / "runs"

    def upload(self) -> None:
        self.files.mkdir(parents=True, exist_ok=True)
        for name in ("train.jsonl", "validation.jsonl", "word_counts.json"):
            (self.files / name).write_text("{}")

    def main(self) -> OnMain:
        """A job on the present tip."""
        clone = self.hospital.clone_of_main()
        self.hospital.enter(clone, self.hospital.push_event(self.hospital.start))
        return open_main(Screen(json=False))

    def told(self, *claims: Disposed) -> list[Told]:
        return list(disposals.take_over(self.main(), claims))

    def head(self) -> str | None:
        return self.server.repo.ref(f"refs/heads/{BRANCH}")

    def entry(self, ref: str, run_id: str) -> StatusEntry:
        data = run_git(self.server.bare, "show", f"{ref}:projects/demo/runs/{run_id}/status/05.json")
        return StatusEntry.model_validate_json(data)

    def changed(self) -> set[str]:
        """Paths that the branch changes, but for the tables."""
        parts = run_git(self.server.bare, "diff", "--name-only", f"main...{BRANCH}").decode().split()
        return {path for path in parts if not path.startswith("projects/tracking/")}

    def pulls(self) -> list[int]:
        return [number for number, pull in self.server.pulls.items() if pull.head_ref == BRANCH]

    def against(self, number: int) -> list[str]:
        """Codes that the gate gives for a pull request, those of people who have not approved included."""
        event = self.hospital.pull_request_event(number)
        needs = {name: {"result": "success", "outputs": {}} for name in NEEDS}
        results = self.hospital.folder / "results"
        told = {"CLINFT_RESULTS": str(results), "CLINFT_NEEDS": json.dumps(needs)}
        self.hospital.enter(event["tree"], event, **told)
        done = clinft("gate", "--changed")
        report = json.loads((results / "report.json").read_bytes())
        codes = [one["code"] for one in report["reasons"] if one["blocks"]]
        assert (done.exit_code == 0) or codes, done.output
        return codes


def made_at(run: Path, at: str) -> None:
    """A real run of today, as if it had been made then."""
    for path in run.glob("*.json"):
        data = json.loads(path.read_bytes())
        if "created_at" in data:
            text = json.dumps({**data, "created_at": at}, indent=1, sort_keys=True, ensure_ascii=False)
            path.write_text(f"{text}\n")
    save_record(run, attempts.with_evidence(record_of(run), run))


def claim(run_id: str, at: str = "2021-01-01T00:00:00+00:00", project: str = "demo") -> Disposed:
    return Disposed(project=project, run_id=run_id, files=3, size_bytes=4096, at=at)


@pytest.fixture
def hospital(found: Callable[[str], Hospital]) -> Hospital:
    return found(policy(providers={"fake_hosted": {}}))


def test_what_was_deleted_is_recorded_once_by_one_pull_request(hospital: Hospital, trained: Path) -> None:
    kept = Kept(hospital, trained)
    own = kept.own
    told = kept.told(claim(own), claim(DEPLOYED), claim("dddddddddddd-a1"), claim(own, project="other"))
    assert [one.failed for one in told] == [True, True, True, False]
    assert "it is deployed" in told[0].what
    (number,) = kept.pulls()
    entry = kept.entry(BRANCH, own)
    assert (entry.status, entry.at, entry.message) == (
        "weights_deleted", "2021-01-01T00:00:00+00:00", "3 files, 4096 bytes",
    )  # fmt: skip
    assert kept.changed() == {f"projects/demo/runs/{own}/status/05.json"}
    first = kept.head()

    # No role has to look at what a workflow of ours sealed, and the tables are the view of it.
    assert kept.against(number) == []

    # Told again, and the branch moves on: nothing is committed anew, and approvals stay.
    kept.hospital.commit("main", {"README.md": "ours, too\n"})
    assert [one.failed for one in kept.told(claim(own, at="2022-02-02T00:00:00+00:00"))] == [False]
    assert kept.head() == first

    # Files at a provider join it; what waits is not asked for again.
    assert not any(one.failed for one in reconciling.reconcile(kept.main()))
    assert {path.name for path in kept.files.iterdir()} == {"word_counts.json"}
    assert kept.pulls() == [number]
    assert kept.entry(BRANCH, HOSTED).status == "provider_files_deleted"
    assert kept.entry(BRANCH, own) == entry
    second = kept.head()
    assert second != first
    kept.upload()
    main = kept.main()
    assert not any(one.failed for one in provider_files.dispose(main, main.publisher.pulls()))
    assert kept.head() == second
    assert len(list(kept.files.iterdir())) == 3

    kept.hospital.merge(number)
    assert kept.entry("main", own) == entry
    assert kept.told(claim(own)) == []
    assert list(reconciling.reconcile(kept.main())) == []
    assert kept.pulls() == [number]


def test_what_others_push_to_the_branch_is_not_carried_on(hospital: Hospital, trained: Path) -> None:
    kept = Kept(hospital, trained)
    kept.told(claim(kept.own))
    forged = {}
    for run_id, status in ((DEPLOYED, "weights_deleted"), (HOSTED, "deployed")):
        record = record_of(kept.runs / run_id).digest
        entry = entries(run_id, (*LIVED, status), record, "2020-01-01")[-1]
        forged[f"projects/demo/runs/{run_id}/status/05.json"] = to_bytes(entry)
    said = kept.entry(BRANCH, kept.own).model_copy(update={"message": "@everyone click here"})
    own = f"projects/demo/runs/{kept.own}/status/05.json"
    hospital.commit(BRANCH, {**forged, own: to_bytes(said), "clinft/engine.py": "EVIL = 1\n"}, "mallory")
    main = kept.main()
    told = list(disposals.record(main, disposals.known_now(main), (), main.publisher.pulls()))
    assert [one.failed for one in told] == [False]
    assert kept.changed() == {own}
    assert kept.entry(BRANCH, kept.own) == said.model_copy(update={"message": ""})


def test_a_run_that_was_never_merged_has_it_noted_in_its_state(hospital: Hospital, trained: Path) -> None:
    """And one whose provider nobody can ask is said, and stops nothing."""
    kept = Kept(hospital, trained, hosted_spec=yaml.safe_dump(specs.SPEC))
    (kept.files.parent / FAILED).mkdir()
    (kept.files.parent / FAILED / "train.jsonl").write_text("{}")
    hospital.commit("main", {"projects/demo/project.yaml": HOSTED_SPEC})
    main = kept.main()
    job = Job(id=f"ftjob-{FAILED}", provider="fake_hosted", run_id=FAILED, status="failed")
    run = begun(FAILED, ("queued",), day="2020-01-01").model_copy(
        update={"main_sha": main.tip, "provider": "fake_hosted"}
    )
    ended = entry_after(FAILED, run.history, "failed", ENDED, 4711, job=job)
    run = run.model_copy(update={"history": (*run.history, ended)})
    assert main.store.swap(main.store.read("demo"), under_way(run))

    told = {one.failed: one.what for one in provider_files.dispose(main, ())}
    assert f"{HOSTED}: its files at fake_hosted are not deleted" in told[True]
    assert told[False] == f"{FAILED}: its files at fake_hosted are deleted."
    assert len(list(kept.files.iterdir())) == 3
    assert list((kept.files.parent / FAILED).iterdir()) == []
    long_after = replace(main, clock=At(ENDED + timedelta(days=366)))
    for _ in range(2):
        told = list(disposals.take_over(long_after, [claim(FAILED)]))
        assert not any(one.failed for one in told)
    (noted,) = main.store.read("demo").state.runs
    assert [entry.status for entry in noted.history] == [
        "queued", "failed", "provider_files_deleted", "weights_deleted",
    ]  # fmt: skip
    assert noted.status == "failed"


def test_where_the_policy_pushes_it_is_pushed(found: Callable[[str], Hospital], trained: Path) -> None:
    pushing = {"providers": {"fake_hosted": {}}, "commit_back": {"mode": "push"}}
    kept = Kept(found(policy(**pushing)), trained)
    assert [one.failed for one in kept.told(claim(kept.own))] == [False]
    assert kept.entry("main", kept.own).status == "weights_deleted"
    assert kept.told(claim(kept.own)) == []
    assert kept.pulls() == []


def test_a_person_disposes_of_what_is_past_its_date(
    hospital: Hospital, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a clone on the machine that trains, and in a job there: both ask the protected branch as it is now."""
    kept = Kept(hospital, trained)
    store = hospital.folder / "cache" / "clinft" / "runs" / "hosp" / "clinft" / "demo"
    for run_id in (kept.own, DEPLOYED):
        (store / run_id).mkdir(parents=True)
        (store / run_id / "adapter.bin").write_text("w")
    clone = hospital.clone_of_main(at=hospital.start)
    run_git(clone, "remote", "set-url", "origin", f"{kept.server.base}/hosp/clinft.git")
    monkeypatch.setenv("CLINFT_CACHE", str(hospital.folder / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.chdir(clone)
    stranger = clinft("dispose")
    assert (stranger.exit_code, len(list(store.iterdir()))) == (3, 2)

    settings = hospital.folder / "gitconfig"
    settings.write_text(login(kept.server.base, kept.server.token))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    done = clinft("dispose")
    assert done.exit_code == 0, done.output
    assert f"the weights of {kept.own} were past their date: deleted, 1 files, 1 bytes" in done.output
    assert {path.name for path in store.iterdir()} == {DEPLOYED, f"{kept.own}.json"}
    assert "nothing here is past its date" in clinft("dispose").output

    # The next job of this machine tells it.
    hospital.enter(clone, hospital.push_event(hospital.start))
    (one,) = before_work(wiring.actions(), Screen(json=False))
    assert (one.run_id, one.files) == (kept.own, 1)
    hospital.enter(clone, hospital.push_event(hospital.start), token="wrong")
    assert before_work(wiring.actions(), Screen(json=False)) == ()


def login(server: str, token: str) -> str:
    """Settings with which a person's git logs in."""
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return f'[http "{server}/"]\n\textraheader = AUTHORIZATION: basic {secret}\n'
