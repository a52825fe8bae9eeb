"""What the checks say no to, and what they let pass without a comment of their own: several projects, specs, deployments."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.act import assert_jobs
from tests.e2e.pull_requests import PASSED, Hospital, codes, demo, everything, project
from tests.fakes.cli import clinft
from tests.fakes.identifiers import PLANTED
from tests.fakes.specs import PROMPT

# Not among what validation itself refuses, so the audit must find it.
LETTER, BEFORE, CANARY_VALUE, AFTER = next(row for row in PLANTED if row[2] == "84.17.33.201")
LEAKING = PROMPT.replace("Chest pain", f"{BEFORE}{CANARY_VALUE}{AFTER}: Chest pain")
OPENAI = {
    "eligibility": {
        "owner": "Privacy Office",
        "baa_signed": "2026-03-01",
        "regions": ["us"],
        "review_by": "2126-03-01",
    }
}
PRICED = {
    "provider": "openai",
    "base_model": "gpt-4.1-2025-04-14",
    "method": "supervised",
    "hyperparameters": {"n_epochs": 3, "batch_size": 8},
}


def dear() -> dict[str, str]:
    """A project whose training costs cents, with a budget of one."""
    files = project("dear", budget={"max_usd": "0.01"})
    spec = yaml.safe_load(files["projects/dear/project.yaml"]) | {"training": PRICED}
    return {**files, "projects/dear/project.yaml": yaml.safe_dump(spec, sort_keys=False)}


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    made = Hospital(tmp_path / "hospital", providers={"openai": OPENAI, "fake": {}})
    with made.server:
        yield made


def test_one_project_that_leaks_and_one_that_costs_too_much_stop_all_three(hospital: Hospital) -> None:
    hospital.open(7, "three", {**demo(), **project("leaky", prompt=LEAKING), **dear()})
    done = hospital.check(7)
    failed = dict.fromkeys(("hipaa-audit", "cost-estimate", "gate"), "failure")
    assert_jobs(done.run, {**PASSED, **failed})
    assert done.codes("leaky") == {"G001", "G011"}
    assert done.codes("dear") >= {"G006", "G011"}
    assert done.codes("demo") == {"G011"}
    assert done.codes() == set(), "their own reasons explain the failed jobs"
    (comment,) = hospital.comments(7)
    assert "## clinft: refused" in comment
    assert comment.index("`dear`") < comment.index("### Project `demo`")
    assert re.search(r"IP.?_ADDRESS", comment)
    # Kind, file and place are told; the value itself stands nowhere.
    for place, text in everything(hospital.server, done.run).items():
        assert CANARY_VALUE not in text, place
    # Two of three decided projects show what they would cost.
    assert {one.context for one in hospital.server.statuses} >= {"clinft/plan/demo", "clinft/plan/leaky"}


def test_spec_errors_stand_at_their_lines_and_nothing_after_them_runs(hospital: Hospital) -> None:
    files = demo()
    text = files["projects/demo/project.yaml"]
    broken = text.replace("kind: classification", "kind: clasification").replace(
        "records: 240", "records: -3"
    )
    assert broken.count("\n") == text.count("\n")
    line = {key: 1 + broken[: broken.index(key)].count("\n") for key in ("kind: clasif", "records: -3")}
    hospital.open(7, "typo", {**files, "projects/demo/project.yaml": broken})
    done = hospital.check(7)
    assert_jobs(done.run, {"detect": "success", "spec": "failure", "gate": "failure", "publish": "success"})
    notes = [one for one in done.run.annotations if one.job == "spec"]
    places = {(one.level, one.properties["file"], int(one.properties["line"])) for one in notes}
    assert places == {("error", "projects/demo/project.yaml", number) for number in line.values()}
    assert all(int(one.properties["col"]) > 1 for one in notes)
    assert "projects/demo/project.yaml" in done.run.summaries["spec"]
    needs = {one["name"]: one["result"] for one in done.report["needs"]}
    assert needs == {
        "detect": "success", "spec": "failure", "prep": "skipped",
        "hipaa-audit": "skipped", "cost-estimate": "skipped",
    }  # fmt: skip
    assert done.codes() == {"G044"}
    (comment,) = hospital.comments(7)
    assert "## clinft: refused" in comment
    assert f"projects/demo/project.yaml:{line['kind: clasif']}:" in comment
    assert hospital.server.statuses == []


def test_a_change_without_a_project_passes_and_a_lost_answer_makes_no_second_comment(
    hospital: Hospital,
) -> None:
    hospital.open(7, "words", {"docs/how.md": "# How\n", "README.md": "# clinft\n"})
    hospital.server.fail_next("issues/create-comment", 502, after_accepting=True)
    done = hospital.check(7)
    assert_jobs(done.run, PASSED)
    assert ("publish", "issues/create-comment") in done.operations
    assert len(hospital.comments(7)) == 1
    assert len(hospital.server.comments) == 1
    assert done.report["projects"] == []
    assert hospital.server.statuses == []


def deployable(hospital: Hospital, approved: bool = True) -> str:
    """A finished run of `demo` on main, and a project `other` that never ran; the run's id."""
    hospital.repository.commit("main", {**demo(), **project("other")})
    tree = hospital.repository.checkout("main", "laptop")
    said = clinft("run", tree / "projects/demo", "--yes")
    assert said.exit_code == 0, said.output
    (run,) = (tree / "projects/demo/runs").iterdir()
    assert json.loads((run / "regress.json").read_text())["payload"]["recommendation"] == "deploy"
    shutil.rmtree(run / "data")
    evidence = {
        f"projects/demo/runs/{run.name}/{path.relative_to(run)}": path.read_bytes()
        for path in run.rglob("*")
        if path.is_file()
    }
    # Evidence stands for a training: the roles of the project agree to it.
    hospital.open(3, "evidence", evidence)
    hospital.server.review(3, "mila", "APPROVED")
    if approved:
        hospital.server.review(3, "petra", "APPROVED")
    hospital.server.merge_pull(3)
    return run.name


def test_a_deployment_names_a_verified_run_and_needs_privacy_and_clinical(hospital: Hospital) -> None:
    run = deployable(hospital)
    deploys = {"projects/demo/deployment.yaml": f"run_id: {run}\n"}
    edited = {"projects/other/deployment.yaml": "run_id: 0123456789ab-a1\n"}
    hospital.open(7, "deploy-both", {**deploys, **edited})
    done = hospital.check(7)
    assert_jobs(done.run, {**PASSED, "gate": "failure"})
    assert done.codes("demo") == {"G011"}
    assert done.codes("other") == {"G041", "G011"}
    (comment,) = hospital.comments(7)
    assert "0123456789ab-a1" in comment
    assert hospital.server.statuses == [], "a deployment has no plan"

    # The real one alone, in this process: who may say yes?
    hospital.open(8, "deploy", deploys)
    event = hospital.repository.pull_request_event(8)
    queued = hospital.repository.merge_group_event(8)
    wanted: list[tuple[str | None, int, set[str]]] = [
        (None, 1, {"G011"}),
        ("mila", 1, {"G011"}),  # ml is not asked
        ("petra", 1, {"G011"}),
        ("alice", 1, {"G011"}),  # the author
        ("carl", 0, set()),
    ]
    for person, code, left in wanted:
        if person is not None:
            hospital.server.review(8, person, "APPROVED")
        said, place = hospital.gate(queued, None)
        report = json.loads((place / "checks/report.json").read_text())
        assert (said.exit_code, codes(report, "demo")) == (code, left), (person, said.output)
    said, place = hospital.gate(event, None)
    assert said.exit_code == 0
    assert "## clinft: ready" in (place / "summary.md").read_text()


def test_a_run_whose_evidence_nobody_approved_is_not_deployed(hospital: Hospital) -> None:
    run = deployable(hospital, approved=False)
    hospital.open(7, "deploy", {"projects/demo/deployment.yaml": f"run_id: {run}\n"})
    for person in ("petra", "carl"):
        hospital.server.review(7, person, "APPROVED")
    queued = hospital.repository.merge_group_event(7)
    said, place = hospital.gate(queued, None)
    assert said.exit_code == 1
    assert codes(json.loads((place / "checks/report.json").read_text()), "demo") == {"G054"}
    # Late, on the merged pull request that brought it, is not too late.
    hospital.server.review(3, "petra", "APPROVED")
    said, _ = hospital.gate(queued, None)
    assert said.exit_code == 0, said.output


def test_a_run_whose_evidence_was_edited_is_not_deployed(hospital: Hospital) -> None:
    run = deployable(hospital)
    deploys = {"projects/demo/deployment.yaml": f"run_id: {run}\n"}
    edits = [
        ("regress.json", b'"deploy"', b'"iterate"'),
        ("record.json", b'"succeeded"', b'"failed"'),
        ("evaluate.json", b"0.", b"9."),
    ]
    for number, (path, old, new) in enumerate(edits, start=7):
        name = f"projects/demo/runs/{run}/{path}"
        whole = hospital.server.repo.blob("main", name)
        assert whole is not None
        assert old in whole
        hospital.repository.commit("main", {name: whole.replace(old, new)})
        hospital.open(number, f"deploy-{number}", deploys)
        said, place = hospital.gate(hospital.repository.pull_request_event(number), None)
        assert said.exit_code == 1, path
        assert "G041" in codes(json.loads((place / "checks/report.json").read_text()), "demo"), path
        hospital.repository.commit("main", {name: whole})
    # The same in one pull request, on a base that is whole.
    hospital.open(20, "both", {name: whole.replace(old, new), **deploys})
    said, place = hospital.gate(hospital.repository.pull_request_event(20), None)
    report = json.loads((place / "checks/report.json").read_text())
    assert said.exit_code == 1
    # The tables are those of no run at all, so they are not the view either, and its rows are lost.
    assert codes(report) == {"G038", "G053", "G059", "G077"}
    assert "G041" in codes(report, "demo")
