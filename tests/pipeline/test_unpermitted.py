"""`clinft validate projects/x` says what the policy above it forbids, and what is wrong with that policy."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.pipeline.unpermitted import awaited, unpermitted
from clinft.spec.load import validate_files
from tests.conftest import REPOSITORY
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

TODAY = date(2026, 11, 27)


def sink(review_by: str = "2027-03-01") -> dict[str, Any]:
    facts = {"owner": "IT", "review_by": review_by}
    return {"sinks": {"channel": {"kind": "slack", "description": "#ml", "eligibility": facts}}}


@pytest.fixture(autouse=True)
def _in_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.parametrize(
    ("policy", "spec", "key", "says"),
    [
        ({}, {"notify": ["channel"]}, "- channel", "The policy does not list the sink channel. (CLINFT-G024)"),
        (sink("2026-11-01"), {"notify": ["channel"]}, "- channel", "were to be reviewed by 2026-11-01. (CLINFT-G021)"),
        ({}, {"training": {"runner": "gpu-box"}}, "gpu-box", "does not list the runner gpu-box. (CLINFT-G010)"),
    ],
)  # fmt: skip
def test_what_the_gate_would_refuse_is_told_at_its_line(
    tmp_path: Path, policy: dict[str, Any], spec: dict[str, Any], key: str, says: str
) -> None:
    write_repository(tmp_path, policy=policy, **spec)
    project = Path("projects/demo")
    found = [one for one in unpermitted([project], tmp_path, TODAY) if says in one.message]
    assert [one.path for one in found] == ["projects/demo/project.yaml"]
    assert key in (project / "project.yaml").read_text().splitlines()[found[0].line - 1]
    assert ".github/clinft.yml" in found[0].next_step
    assert list(unpermitted([project / "project.yaml", project], tmp_path, TODAY)) == list(
        unpermitted([project], tmp_path, TODAY)
    )


def test_a_provider_that_nobody_agreed_to_yet_is_a_note_for_the_owners_of_the_policy(tmp_path: Path) -> None:
    write_repository(tmp_path, training={"provider": "fake_hosted"})
    project = Path("projects/demo")
    (found,) = awaited([project / "project.yaml", project], tmp_path, TODAY)
    assert "does not list the provider fake_hosted. (CLINFT-G009)" in found.message
    assert "provider: fake_hosted" in (project / "project.yaml").read_text().splitlines()[found.line - 1]
    assert list(unpermitted([project], tmp_path, TODAY)) == []
    done = clinft("validate", "projects/demo")
    assert done.exit_code == 0, done.output
    line, last = done.output.splitlines()
    assert line.startswith(
        f"projects/demo/project.yaml:{found.line}:{found.column}: note: The policy does not"
    )
    assert "ask its owners to add it" in line
    assert last == "1 checked, no problems; 1 waiting for the owners of .github/clinft.yml"


def test_a_fresh_template_has_nothing_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    projects = sorted(Path("projects").glob("*/"))
    assert [*validate_files(projects), *unpermitted(projects, REPOSITORY, TODAY)] == []
    assert {one.path for one in awaited(projects, REPOSITORY, TODAY)} == {
        "projects/example-openai-triage/project.yaml"
    }


def test_nothing_is_said_of_what_the_policy_permits(tmp_path: Path) -> None:
    write_repository(tmp_path, policy=sink("2099-01-01"), notify=["channel"])
    done = clinft("validate", "projects/demo")
    assert done.exit_code == 0, done.output
    assert "1 checked, no problems" in done.output


def test_errors_of_both_files_are_said_at_once(tmp_path: Path) -> None:
    project = write_repository(tmp_path, notify=["channel"])
    policy = Path(".github/clinft.yml")
    policy.write_text(policy.read_text() + "sinks: {channel: {kind: slakc}}\n")
    spec = yaml.safe_load((project / "project.yaml").read_text()) | {"budget": {"max_usd": -1}}
    (project / "project.yaml").write_text(yaml.safe_dump(spec))
    for called in (["projects/demo"], ["projects"], [".github/clinft.yml", "projects/demo"]):
        done = clinft("validate", *called)
        assert done.exit_code == 2
        lines = done.output.splitlines()
        assert sum(line.startswith("projects/demo/project.yaml:") for line in lines) == 1
        assert sum("`sinks.channel.kind`" in line and line.startswith(str(policy)) for line in lines) == 1


def test_a_project_that_lies_under_no_policy_is_checked_by_itself(tmp_path: Path) -> None:
    write_repository(tmp_path, notify=["channel"])
    Path(".github/clinft.yml").unlink()
    assert clinft("validate", "projects/demo").exit_code == 0


def test_a_deployment_that_names_no_run_is_told_with_the_rest(tmp_path: Path) -> None:
    project = write_repository(tmp_path, {})
    (project / "deployment.yaml").write_text("version: 1\nrun: 0123456789ab-a1\n")
    done = clinft("validate", project)
    assert done.exit_code == 2, done.output
    assert "deployment.yaml:1:1" in done.output
    assert "run_id: <run>" in " ".join(done.output.split())


@pytest.mark.parametrize("target", ["nowhere.yaml", "there.yaml"])
def test_a_deployment_that_is_a_link_is_told(tmp_path: Path, target: str) -> None:
    """One that leads nowhere too: it does not say that nothing is deployed."""
    project = write_repository(tmp_path, {})
    (project / "there.yaml").write_text("run_id: 0123456789ab-a1\n")
    (project / "deployment.yaml").symlink_to(target)
    done = clinft("validate", project)
    assert done.exit_code == 2, done.output
    told = " ".join(done.output.split())
    assert told.count("deployment.yaml:0:0: This file or its folder is a symbolic link.") == 1
