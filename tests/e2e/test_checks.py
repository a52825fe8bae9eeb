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
    merged_results,
)
from tests.fakes.github.server import Call

# The runs build on each other, so one worker makes them all.
pytestmark = pytest.mark.xdist_group("checks-of-one-pull-request")
FORGED = f"<!-- clinft pull-request head={'0' * 40} run=999999 attempt=1 -->\n## clinft: ready\n"
WRITES = ["issues/create-comment", "issues/update-comment", "repos/create-commit-status"]


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    made = Hospital(tmp_path_factory.mktemp("hospital"))
    with made.server:
        made.open(7, "feature", demo())
        made.server.add_comment(7, "mallory", FORGED)
        yield made


@pytest.fixture(scope="module")
def opened(hospital: Hospital) -> Checked:
    return hospital.check(7)


@pytest.fixture(scope="module")
def first_comment(hospital: Hospital, opened: Checked) -> str:
    (only,) = hospital.comments(7)
    return only


@dataclass(frozen=True)
class Queued:
    """A merge queue's entry before anybody approved, its jobs in this process."""

    exit_codes: dict[str, int]
    codes: set[str]
    summary: str


@pytest.fixture(scope="module")
def queued_early(hospital: Hospital, first_comment: str) -> Queued:
    event = hospital.repository.merge_group_event(7)
    done, results = hospital.verbs(event)
    said, place = hospital.gate(event, results)
    exit_codes = {name: one.exit_code for name, one in {**done, "gate": said}.items()}
    report = json.loads((place / "checks/report.json").read_text())
    return Queued(exit_codes, codes(report) | codes(report, "demo"), (place / "summary.md").read_text())


@pytest.fixture(scope="module")
def approved(hospital: Hospital, queued_early: Queued) -> Checked:
    """Approved once too early, changed, and approved again."""
    hospital.server.review(7, "mila", "APPROVED")
    hospital.repository.commit("feature", demo(training={"hyperparameters": {"n_epochs": 2}}))
    hospital.server.review(7, "mila", "APPROVED", body="The recipe is sound.")
    hospital.server.review(7, "petra", "APPROVED")
    return hospital.check(7, "synchronize")


@pytest.fixture(scope="module")
def results(approved: Checked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return merged_results(approved, tmp_path_factory.mktemp("results") / "checks")


def test_a_pull_request_is_judged_by_seven_jobs_and_gets_one_comment(
    hospital: Hospital, opened: Checked, first_comment: str
) -> None:
    assert_jobs(opened.run, PASSED)
    assert opened.run.exit_code == 0
    assert opened.run.annotations == []
    assert {job for job, _ in opened.operations} == {"gate", "publish"}
    written = [call for job, call in opened.operations if job == "publish" and call in WRITES]
    assert written == ["issues/create-comment", "repos/create-commit-status"]
    assert "## clinft: waiting for approvals" in first_comment
    assert "(mila): 1 decision, on `demo`" in first_comment
    assert f"run={opened.run_id} attempt=1 -->" in first_comment
    (status,) = [one for one in hospital.server.statuses if one.sha == opened.report["changes"]["head_sha"]]
    assert (status.context, status.state, status.login) == ("clinft/plan/demo", "success", BOT)
    digest = opened.report["projects"][0]["estimate"]["plan_digest"]
    assert status.description == f"{digest} at most 0.00 USD"
    assert set(opened.run.summaries) == {*WITHOUT_PUBLISH}
    # The comment is the summary of the gate under another roof.
    assert "## clinft: waiting for approvals" in opened.run.summaries["gate"]


def test_somebody_elses_comment_with_our_marker_is_left_alone(hospital: Hospital, approved: Checked) -> None:
    theirs = [one.body for one in hospital.server.comments.values() if one.login == "mallory"]
    assert theirs == [FORGED]
    assert len(hospital.comments(7)) == 1


def test_a_second_push_edits_the_comment_and_approvals_make_it_ready(
    hospital: Hospital, first_comment: str, approved: Checked
) -> None:
    assert_jobs(approved.run, PASSED)
    (comment,) = hospital.comments(7)
    assert comment != first_comment
    assert "## clinft: ready" in comment
    assert "**ml** by mila" in comment
    assert "**privacy** by petra" in comment
    assert ("publish", "issues/update-comment") in approved.operations
    assert ("publish", "issues/create-comment") not in approved.operations
    assert approved.report["changes"]["head_sha"] in comment
    assert approved.codes() | approved.codes("demo") == set()


def test_a_merge_queue_lets_nothing_pass_that_is_not_approved(queued_early: Queued) -> None:
    """On the pull request itself the same gate said yes: there, approvals may still come."""
    assert queued_early.exit_codes == {
        "spec": 0, "prep": 0, "hipaa-audit": 0, "cost-estimate": 0, "gate": 1
    }  # fmt: skip
    assert queued_early.codes == {"G011"}
    assert "## clinft: waiting for approvals" in queued_early.summary


def test_a_merge_queue_lets_pass_what_people_approved(hospital: Hospital, approved: Checked) -> None:
    (comment,) = hospital.comments(7)
    queued = hospital.queue(7)
    assert_jobs(queued.run, WITHOUT_PUBLISH)
    assert "## clinft: ready" in queued.run.summaries["gate"]
    assert hospital.comments(7) == [comment]
    assert not {call for _, call in queued.operations} & {*WRITES}


def test_an_older_run_never_overwrites_a_newer_one(
    hospital: Hospital, opened: Checked, approved: Checked
) -> None:
    before, statuses = hospital.comments(7), len(hospital.server.statuses)
    said = hospital.publish(opened.event, opened.folder / "report", opened.run_id)
    assert said.exit_code == 0, said.output
    assert "newer one stands" in said.output
    assert (hospital.comments(7), len(hospital.server.statuses)) == (before, statuses)


@pytest.mark.parametrize("changed", ["number", "head_sha", "run_id", "cut off", "missing", "unknown key"])
def test_a_report_of_something_else_is_not_published(
    hospital: Hospital, approved: Checked, tmp_path: Path, changed: str
) -> None:
    report = approved.report
    if changed == "run_id":
        report["run_id"] += 1
    elif changed == "unknown key":
        report["html"] = "<script>"
    else:
        report["changes"] |= {"number": 8} if changed == "number" else {"head_sha": "0" * 40}
    text = json.dumps(report)
    if changed != "missing":
        (tmp_path / "report.json").write_text(text[:-9] if changed == "cut off" else text)
    log, comments = len(hospital.server.log), hospital.comments(7)
    said = hospital.publish(approved.event, tmp_path, approved.run_id)
    assert said.exit_code in (1, 3), said.output
    assert [call for call in hospital.server.log[log:] if call.method != "GET"] == []
    assert hospital.comments(7) == comments


def test_the_gate_says_yes_in_this_process_too(hospital: Hospital, approved: Checked, results: Path) -> None:
    """Without this the refusals below would prove nothing."""
    said, place = hospital.gate(approved.event, results)
    assert said.exit_code == 0, said.output
    assert codes(json.loads((place / "checks/report.json").read_text()), "demo") == set()


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
def test_the_gate_refuses_where_a_job_did_not_succeed(
    hospital: Hospital, approved: Checked, results: Path, job: str, result: str
) -> None:
    needs = dict.fromkeys(NEEDS, "success")
    needs[job] = result
    if result == "missing":
        del needs[job]
    said, place = hospital.gate(approved.event, results, needs)
    assert said.exit_code == 1, said.output
    assert "G036" in codes(json.loads((place / "checks/report.json").read_text()))


def test_the_gate_refuses_without_any_need(hospital: Hospital, approved: Checked, results: Path) -> None:
    said, _ = hospital.gate(approved.event, results, {})
    assert said.exit_code == 1


@pytest.mark.parametrize("lost", ["problems", "prepare", "audit", "estimate", "all"])
def test_the_gate_refuses_where_a_result_is_lost(
    hospital: Hospital, approved: Checked, results: Path, tmp_path: Path, lost: str
) -> None:
    left = tmp_path / "left"
    shutil.copytree(results, left)
    for path in left.glob("projects/demo/*.json" if lost == "all" else f"projects/demo/{lost}.json"):
        path.unlink()
    said, place = hospital.gate(approved.event, left)
    assert said.exit_code == 1, said.output
    assert "G037" in codes(json.loads((place / "checks/report.json").read_text()))


@pytest.mark.parametrize("stage", ["audit", "estimate"])
def test_the_gate_refuses_a_result_of_an_earlier_push(
    hospital: Hospital, opened: Checked, approved: Checked, results: Path, tmp_path: Path, stage: str
) -> None:
    """It is whole and was true once; its inputs are not those of this commit."""
    earlier = merged_results(opened, tmp_path / "earlier")
    left = tmp_path / "left"
    shutil.copytree(results, left)
    shutil.copy(earlier / f"projects/demo/{stage}.json", left / f"projects/demo/{stage}.json")
    said, _ = hospital.gate(approved.event, left)
    assert said.exit_code == 1, said.output


@pytest.mark.parametrize("stage", ["prepare", "audit", "estimate"])
def test_the_gate_refuses_a_result_that_was_edited(
    hospital: Hospital, approved: Checked, results: Path, tmp_path: Path, stage: str
) -> None:
    left = tmp_path / "left"
    shutil.copytree(results, left)
    path = left / "projects/demo" / f"{stage}.json"
    envelope = json.loads(path.read_text())
    envelope["inputs"] = dict.fromkeys(envelope["inputs"], "0" * 64)
    path.write_text(json.dumps(envelope))
    said, _ = hospital.gate(approved.event, left)
    assert said.exit_code == 1, said.output


def test_the_gate_refuses_when_github_does_not_answer(
    hospital: Hospital, approved: Checked, results: Path
) -> None:
    hospital.server.fail_next("pulls/get", 502, times=4)
    said, place = hospital.gate(approved.event, results, run_id=approved.run_id)
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
