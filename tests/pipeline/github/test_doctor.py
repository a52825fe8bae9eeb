"""`clinft doctor` as its workflow calls it, and as an administrator does on a laptop."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import Result

from clinft.artifacts.doctor import DoctorReport
from clinft.artifacts.labels import LABELS
from tests.conftest import REPOSITORY
from tests.e2e.permissions import permissions_check
from tests.e2e.repository import Event
from tests.fakes.cli import clinft
from tests.fakes.github.bare import run_git
from tests.fakes.github.settings_state import EnvironmentState
from tests.fakes.hospital import Hospital, policy, project

Doctor = Callable[..., Result]
Found = Callable[[str], Hospital]
WORKFLOW = REPOSITORY / ".github/workflows/doctor.yml"


@pytest.fixture
def in_actions(hospital: Hospital) -> Doctor:
    return lambda *options, **environment: scheduled(hospital, *options, **environment)


def scheduled(hospital: Hospital, *options: str, **environment: str) -> Result:
    clone = hospital.clone_of_main()
    event = Event(
        event="schedule",
        payload={"schedule": "23 5 * * 1"},
        tree=clone,
        ref="refs/heads/main",
        sha=hospital.start,
        actor="alice",
    )
    hospital.enter(clone, event, GITHUB_JOB="doctor", **environment)
    return clinft("doctor", *options)


@pytest.fixture
def on_laptop(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """A clone of an administrator's, whose origin says nothing of the test server's port."""
    hospital.server.add_user("root", permission="admin")
    hospital.server.token_login = "root"
    clone = hospital.clone_of_main()
    run_git(clone, "remote", "set-url", "origin", "https://root:hunter2@git.example/hosp/clinft.git")
    monkeypatch.setenv("GITHUB_API_URL", hospital.server.api)
    monkeypatch.setenv("CLINFT_TOKEN", hospital.server.token)
    monkeypatch.chdir(clone)
    return lambda *options: clinft("doctor", *options)


def in_order(hospital: Hospital) -> None:
    settings = hospital.server.settings
    settings.ruleset()
    for name in ("train", "providers", "sinks"):
        settings.environments[name] = EnvironmentState(name, [("main", "branch")])


def writes(hospital: Hospital) -> list[str]:
    return [one.operation_id for one in hospital.server.log if one.method != "GET"]


def test_in_its_workflow_it_says_what_is_wrong_and_what_it_may_not_see(
    hospital: Hospital, in_actions: Doctor, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    done = in_actions(GITHUB_STEP_SUMMARY=str(summary))
    assert done.exit_code == 1
    page = summary.read_text()
    assert page.strip() in done.output
    assert "| What must hold | enforced by GitHub | by clinft | by nobody |" in page
    assert "| main changes by pull request only |  |  | **wrong** |" in page
    assert "| no secret lies at repository level | unknown |  |  |" in page
    assert "There is no environment train" in page
    assert hospital.server.token not in done.output + page
    assert writes(hospital) == []
    permissions_check(hospital.server.log, WORKFLOW)


def test_its_workflow_looks_and_changes_nothing() -> None:
    (job,) = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    assert set(job["permissions"].values()) == {"read"}
    assert [step["run"] for step in job["steps"] if "run" in step] == ["clinft doctor"]


def test_what_its_workflow_may_not_see_is_no_reason_to_fail(hospital: Hospital, in_actions: Doctor) -> None:
    in_order(hospital)
    done = in_actions()
    assert done.exit_code == 0, done.output
    assert "nothing wrong" in done.output
    assert "unknown" in done.output


def test_an_administrator_sees_it_all_and_json_is_the_same_report(
    hospital: Hospital, on_laptop: Doctor
) -> None:
    in_order(hospital)
    hospital.server.settings.secrets = ["OPENAI_API_KEY"]
    done = on_laptop("--json")
    assert done.exit_code == 1
    report = DoctorReport.model_validate_json(done.stdout)
    assert [one.what for one in report.findings if one.state == "bad"] == [
        "At repository level, where a workflow edited in any branch reads them, lie: OPENAI_API_KEY."
    ]
    assert [one.subject for one in report.trust.subjects] == ["repo:hosp/clinft:environment:providers"]
    hospital.server.settings.secrets = []
    assert on_laptop().exit_code == 0


def test_fix_adds_what_is_missing_and_looks_again(hospital: Hospital, on_laptop: Doctor) -> None:
    hospital.server.settings.ruleset()
    # The answer to one write is lost on the way.
    hospital.server.fail_next("repos/create-or-update-environment", 502, after_accepting=True)
    done = on_laptop("--fix")
    assert done.exit_code == 0, done.output
    assert "environment train: created." in done.output
    assert "The environment train serves main only." in done.output
    assert hospital.server.settings.environments == {
        name: EnvironmentState(name, [("main", "branch")]) for name in ("train", "providers", "sinks")
    }
    assert set(hospital.server.labels) == {label.name for label in LABELS}
    made = writes(hospital)
    again = on_laptop("--fix")
    assert again.exit_code == 0
    assert "What --fix did" not in again.output
    assert writes(hospital) == made


def test_fix_says_what_it_may_not_and_how_a_person_does_it(hospital: Hospital, in_actions: Doctor) -> None:
    hospital.server.readonly = True
    done = in_actions("--fix")
    assert done.exit_code == 1
    assert "label data-prep: this token may not create it. → Issues → Labels → New label" in done.output
    assert "environment train: this token may not create it. → Settings → Environments" in done.output
    assert (hospital.server.labels, hospital.server.settings.environments) == ({}, {})


def test_projects_are_looked_at_and_a_broken_one_stops_nothing(hospital: Hospital, on_laptop: Doctor) -> None:
    in_order(hospital)
    files = {**project("demo", training={"runner": "big-box"}), **project("worn-out")}
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("version: 1", "version: 9") if "worn-out/project" in name else text)
    done = on_laptop()
    assert done.exit_code == 1
    assert "demo names the runner big-box" in done.output
    assert "These projects do not validate: worn-out." in done.output


@pytest.mark.parametrize(
    ("token", "origin", "said"),
    [
        ("", "https://root:hunter2@git.example/hosp/clinft.git", "There is no token"),
        ("t", "/srv/hunter2/clinft", "leads to no repository of a GitHub"),
        ("t", "https://root:hunter2@git.example/clinft", "leads to no repository of a GitHub"),
    ],
)
def test_without_an_address_it_says_what_is_missing_and_quotes_nothing(
    on_laptop: Doctor, monkeypatch: pytest.MonkeyPatch, token: str, origin: str, said: str
) -> None:
    monkeypatch.setenv("CLINFT_TOKEN", token)
    run_git(Path.cwd(), "remote", "set-url", "origin", origin)
    done = on_laptop()
    assert done.exit_code == 2
    assert said in done.output
    assert "hunter2" not in done.output


def test_a_github_that_does_not_answer_is_a_service_that_failed(
    hospital: Hospital, on_laptop: Doctor
) -> None:
    hospital.server.rate_limited = True
    done = on_laptop()
    assert done.exit_code == 3
    assert "rate limit" in done.output


def test_a_policy_that_names_a_stranger_is_wrong(found: Found) -> None:
    hospital = found(policy(roles={"ml": {"people": ["mila", "free-login"]}}))
    in_order(hospital)
    done = scheduled(hospital)
    assert done.exit_code == 1
    assert "The policy names who is unknown to GitHub: free-login." in done.output
