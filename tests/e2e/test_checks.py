"""One pull request's life: opened, pushed again, approved, queued; and the gate when a job before it left nothing."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinft.stages.gate.pull_request import NEEDS
from tests.e2e.act import assert_jobs
from tests.e2e.permissions import permissions_check
from tests.e2e.pull_requests import (
    BOT,
    PASSED,
    WITHOUT_PUBLISH,
    Checked,
    Hospital,
    codes,
    demo,
)
from tests.e2e.repository import Event
from tests.fakes.github.server import Call

FORGED = f"<!-- clinft pull-request head={'0' * 40} run=999999 attempt=1 -->\n## clinft: ready\n"
WRITES = ["issues/create-comment", "issues/update-comment", "repos/create-commit-status"]
CHANGED = {"hyperparameters": {"n_epochs": 2}}
JUDGED_BEFORE = ("spec", "prep", "hipaa-audit", "cost-estimate")


def test_a_pull_request_from_its_opening_to_the_merge_queue(tmp_path: Path) -> None:
    """One test, because each step begins where the one before it ended."""
    hospital = Hospital(tmp_path / "hospital")
    hospital.pip = {}
    with hospital.server:
        hospital.open(7, "feature", demo())
        hospital.server.add_comment(7, "mallory", FORGED)
        opened = hospital.check(7)
        (first,) = hospital.comments(7)
        assert_opened(hospital, opened, first)
        assert_the_queue_refuses(hospital)
        # Approved once too early, changed, and approved again.
        hospital.server.review(7, "mila", "APPROVED")
        hospital.repository.commit("feature", demo(training=CHANGED))
        hospital.server.review(7, "mila", "APPROVED", body="The recipe is sound.")
        hospital.server.review(7, "petra", "APPROVED")
        approved = hospital.check(7, "synchronize")
        (second,) = hospital.comments(7)
        assert second != first
        assert_approved(approved, second)
        queued = hospital.queue(7)
        assert_jobs(queued.run, WITHOUT_PUBLISH)
        assert "## clinft: ready" in queued.run.summaries["gate"]
        assert not {call for _, call in queued.operations} & {*WRITES}
        assert_an_older_run_changes_nothing(hospital, opened)
        assert hospital.comments(7) == [second]
        # Somebody else's comment with our marker was neither ours nor in our way.
        assert [one.body for one in hospital.server.comments.values() if one.login == "mallory"] == [FORGED]


def assert_opened(hospital: Hospital, opened: Checked, comment: str) -> None:
    assert_jobs(opened.run, PASSED)
    assert opened.run.exit_code == 0
    assert opened.run.annotations == []
    assert {job for job, _ in opened.operations} == {"gate", "publish"}
    written = [call for job, call in opened.operations if job == "publish" and call in WRITES]
    assert written == ["issues/create-comment", "repos/create-commit-status"]
    assert "## clinft: waiting for approvals" in comment
    assert "(mila): 1 decision, on `demo`" in comment
    assert f"run={opened.run_id} attempt=1 -->" in comment
    (status,) = [one for one in hospital.server.statuses if one.sha == opened.report["changes"]["head_sha"]]
    assert (status.context, status.state, status.login) == ("clinft/plan/demo", "success", BOT)
    digest = opened.report["projects"][0]["estimate"]["plan_digest"]
    assert status.description == f"{digest} at most 0.00 USD"
    assert set(opened.run.summaries) == {*WITHOUT_PUBLISH}
    # The comment is the summary of the gate under another roof.
    assert "## clinft: waiting for approvals" in opened.run.summaries["gate"]


def assert_the_queue_refuses(hospital: Hospital) -> None:
    """On the pull request itself the same gate said yes: there, approvals may still come."""
    event = hospital.repository.merge_group_event(7)
    done, results = hospital.verbs(event)
    said, place = hospital.gate(event, results)
    assert {name: one.exit_code for name, one in done.items()} == dict.fromkeys(JUDGED_BEFORE, 0)
    assert said.exit_code == 1
    report = json.loads((place / "checks/report.json").read_text())
    assert codes(report) | codes(report, "demo") == {"G011"}
    assert "## clinft: waiting for approvals" in (place / "summary.md").read_text()


def assert_approved(approved: Checked, comment: str) -> None:
    assert_jobs(approved.run, PASSED)
    assert "## clinft: ready" in comment
    assert "**ml** by mila" in comment
    assert "**privacy** by petra" in comment
    assert ("publish", "issues/update-comment") in approved.operations
    assert ("publish", "issues/create-comment") not in approved.operations
    assert approved.report["changes"]["head_sha"] in comment
    assert approved.codes() | approved.codes("demo") == set()


def assert_an_older_run_changes_nothing(hospital: Hospital, older: Checked) -> None:
    before, statuses = hospital.comments(7), len(hospital.server.statuses)
    said = hospital.publish(older.event, older.folder / "report", older.run_id)
    assert said.exit_code == 0, said.output
    assert "newer one stands" in said.output
    assert (hospital.comments(7), len(hospital.server.statuses)) == (before, statuses)


# What follows runs the verbs in this process


@dataclass(frozen=True)
class Approved:
    """An approved pull request, what its jobs left, and what those of its first push had left."""

    hospital: Hospital
    event: Event
    results: Path
    earlier: Path
    report: Path  # the folder with report.json


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Approved]:
    hospital = Hospital(tmp_path_factory.mktemp("hospital"))
    with hospital.server:
        hospital.open(7, "feature", demo())
        _, earlier = hospital.verbs(hospital.repository.pull_request_event(7))
        hospital.repository.commit("feature", demo(training=CHANGED))
        for person in ("mila", "petra"):
            hospital.server.review(7, person, "APPROVED")
        event = hospital.repository.pull_request_event(7, "synchronize")
        _, results = hospital.verbs(event)
        said, place = hospital.gate(event, results)
        # Without this the refusals below would prove nothing.
        assert said.exit_code == 0, said.output
        assert "## clinft: ready" in (place / "summary.md").read_text()
        yield Approved(hospital, event, results, earlier, place / "checks")


@pytest.mark.parametrize("changed", ["number", "head_sha", "run_id", "cut off", "missing", "unknown key"])
def test_a_report_of_something_else_is_not_published(
    approved: Approved, tmp_path: Path, changed: str
) -> None:
    report = json.loads((approved.report / "report.json").read_text())
    if changed == "run_id":
        report["run_id"] += 1
    elif changed == "unknown key":
        report["html"] = "<script>"
    else:
        report["changes"] |= {"number": 8} if changed == "number" else {"head_sha": "0" * 40}
    text = json.dumps(report)
    if changed != "missing":
        (tmp_path / "report.json").write_text(text[:-9] if changed == "cut off" else text)
    log, comments = len(approved.hospital.server.log), approved.hospital.comments(7)
    said = approved.hospital.publish(approved.event, tmp_path, 1)
    assert said.exit_code in (1, 3), said.output
    assert [call for call in approved.hospital.server.log[log:] if call.method != "GET"] == []
    assert approved.hospital.comments(7) == comments


@pytest.mark.parametrize(
    ("job", "result"),
    [
        ("detect", "cancelled"),
        ("spec", "skipped"),
        ("prep", "missing"),
        ("hipaa-audit", "skipped"),
        ("hipaa-audit", ""),
        ("cost-estimate", "failure"),
    ],
)
def test_the_gate_refuses_where_a_job_did_not_succeed(approved: Approved, job: str, result: str) -> None:
    needs = dict.fromkeys(NEEDS, "success")
    needs[job] = result
    if result == "missing":
        del needs[job]
    said, place = approved.hospital.gate(approved.event, approved.results, needs)
    assert said.exit_code == 1, said.output
    assert "G036" in codes(json.loads((place / "checks/report.json").read_text()))


def test_the_gate_refuses_without_any_need(approved: Approved) -> None:
    said, _ = approved.hospital.gate(approved.event, approved.results, {})
    assert said.exit_code == 1


@pytest.mark.parametrize("lost", ["problems", "prepare", "audit", "estimate", "all"])
def test_the_gate_refuses_where_a_result_is_lost(approved: Approved, tmp_path: Path, lost: str) -> None:
    left = tmp_path / "left"
    shutil.copytree(approved.results, left)
    for path in left.glob("projects/demo/*.json" if lost == "all" else f"projects/demo/{lost}.json"):
        path.unlink()
    said, place = approved.hospital.gate(approved.event, left)
    assert said.exit_code == 1, said.output
    assert "G037" in codes(json.loads((place / "checks/report.json").read_text()))


@pytest.mark.parametrize("stage", ["audit", "estimate"])
def test_the_gate_refuses_a_result_of_an_earlier_push(approved: Approved, tmp_path: Path, stage: str) -> None:
    """It is whole and was true once; its inputs are not those of this commit."""
    left = tmp_path / "left"
    shutil.copytree(approved.results, left)
    shutil.copy(approved.earlier / f"projects/demo/{stage}.json", left / f"projects/demo/{stage}.json")
    said, _ = approved.hospital.gate(approved.event, left)
    assert said.exit_code == 1, said.output


@pytest.mark.parametrize("stage", ["prepare", "audit", "estimate"])
def test_the_gate_refuses_a_result_that_was_edited(approved: Approved, tmp_path: Path, stage: str) -> None:
    left = tmp_path / "left"
    shutil.copytree(approved.results, left)
    path = left / "projects/demo" / f"{stage}.json"
    envelope = json.loads(path.read_text())
    envelope["inputs"] = dict.fromkeys(envelope["inputs"], "0" * 64)
    path.write_text(json.dumps(envelope))
    said, _ = approved.hospital.gate(approved.event, left)
    assert said.exit_code == 1, said.output


def test_the_gate_refuses_when_github_does_not_answer(approved: Approved) -> None:
    approved.hospital.server.fail_next("pulls/get", 502, times=4)
    said, place = approved.hospital.gate(approved.event, approved.results)
    assert said.exit_code == 1, said.output
    assert codes(json.loads((place / "checks/report.json").read_text())) == {"G012"}
    assert "## clinft: refused" in (place / "summary.md").read_text()
    assert said.output.count("502") >= 1


def test_a_called_workflow_may_only_what_caller_and_callee_both_grant(tmp_path: Path) -> None:
    def call(operation_id: str) -> list[Call]:
        return [Call("POST", "/", {}, operation_id, "publish", 201)]

    caller, called = tmp_path / "a.yml", tmp_path / "b.yml"
    both = "{pull-requests: write, statuses: write}"
    for grants, theirs, passes in (
        (both, both, True),
        (both, "{statuses: write}", False),
        ("{statuses: write}", both, False),
        ("{pull-requests: read}", both, False),
    ):
        uses = "uses: ./.github/workflows/b.yml"
        caller.write_text(f"permissions: {{}}\njobs: {{publish: {{permissions: {grants}, {uses}}}}}\n")
        called.write_text(f"permissions: {{}}\njobs: {{publish: {{permissions: {theirs}}}}}\n")
        if passes:
            permissions_check(call("issues/create-comment"), caller)
            continue
        with pytest.raises(AssertionError, match="without issues: write or pull-requests: write"):
            permissions_check(call("issues/create-comment"), caller)
