"""The whole loop with the fake provider: everything but a language model is real."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.artifacts.fact_sheet import FACTS, FactSheet
from clinft.artifacts.results import RunRecord
from clinft.cli.app import app
from clinft.pipeline import NAMES, attempts
from clinft.run_folder import ProjectPaths
from clinft.stages.report.cards.stray_numbers import stray_numbers
from clinft.stages.report.stage import CARDS
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_repository(tmp_path)


def edit(project: Path, **changes: Any) -> None:
    path = project / "project.yaml"
    spec = yaml.safe_load(path.read_text())
    for key, value in changes.items():
        spec[key] = {**spec[key], **value} if isinstance(value, dict) and key in spec else value
    path.write_text(yaml.safe_dump(spec, sort_keys=False))


def runs(project: Path) -> list[Path]:
    return sorted((project / "runs").iterdir()) if (project / "runs").exists() else []


def how(output: str) -> dict[str, str]:
    """Stage to the mark in front of it."""
    found = {}
    for line in output.splitlines():
        mark, _, rest = line.partition(" ")
        name = rest.split(" ")[0]
        if name in NAMES and mark in "✓=–":
            found[name] = mark
    return found


def train_once(project: Path) -> Path:
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    (run,) = runs(project)
    return run


def test_the_loop_ends_with_a_verified_report(project: Path) -> None:
    run = train_once(project)
    record = RunRecord.model_validate_json((run / "record.json").read_bytes())
    assert record.status == "succeeded"
    assert {stage.stage for stage in record.stages} == set(NAMES)
    report = (run / "report.md").read_text()
    assert "FIRST" in report
    assert (project / "HIPAA_REPORT.md").exists()
    verified = clinft("verify", run)
    assert verified.exit_code == 0, verified.output
    assert "All links of the chain hold." in verified.output


def test_documents_of_a_real_run_hold_only_numbers_of_its_facts(project: Path) -> None:
    run = train_once(project)
    record = RunRecord.model_validate_json((run / "record.json").read_bytes())
    facts = (run / FACTS).read_text()
    sheet = FactSheet.model_validate_json(facts)

    assert set(sheet.dates) >= {"prepare", "train", "evaluate"}
    names = {name for name, _ in CARDS.values()}
    assert names | {FACTS} <= record.files.keys()
    for name in names:
        assert stray_numbers(name, (run / name).read_text(), facts) == (), name

    edit(project, documents=["model_card"])
    again = clinft("run", project)
    assert again.exit_code == 0, again.output
    # What was not asked for any more does not stay beside other facts.
    assert {name for name in names if (run / name).exists()} == {"MODEL_CARD.md"}
    assert clinft("verify", run).exit_code == 0


def test_a_second_call_does_only_the_gate(project: Path) -> None:
    train_once(project)
    again = clinft("run", project)  # the approval of this very plan still holds
    assert again.exit_code == 0, again.output
    assert how(again.output) == {name: "✓" if name == "gate" else "=" for name in NAMES}


def test_without_approval_nothing_is_trained(project: Path) -> None:
    refused = clinft("run", project)
    assert refused.exit_code == 1
    assert "CLINFT-G011" in refused.output
    assert runs(project) == []


@pytest.mark.parametrize(
    "change",
    [
        {"documents": ["model_card"]},
        {"evaluation": {"confidence": 0.9}},
        {"intended_use": "Other words."},
        {"budget": {"max_usd": 11}},
    ],
)
def test_a_change_outside_the_plan_never_retrains(project: Path, change: dict[str, Any]) -> None:
    run = train_once(project)
    before = (run / "train.json").read_bytes()
    edit(project, **change)
    again = clinft("run", project)
    assert again.exit_code == 0, again.output
    assert runs(project) == [run]
    assert (run / "train.json").read_bytes() == before
    assert how(again.output)["train"] == "="
    verified = clinft("verify", run)
    assert verified.exit_code == 0, verified.output


@pytest.mark.parametrize(
    "change",
    [
        {"revision": 2},
        {"data": {"seed": 8}},
        {"training": {"hyperparameters": {"n_epochs": 2, "learning_rate": 0.001}}},
    ],
)
def test_a_change_of_the_plan_is_a_new_run_that_needs_a_new_approval(
    project: Path, change: dict[str, Any]
) -> None:
    train_once(project)
    edit(project, **change)
    assert clinft("run", project).exit_code == 1
    assert len(runs(project)) == 1
    assert clinft("run", project, "--yes").exit_code == 0
    assert len(runs(project)) == 2


def test_a_failed_attempt_is_followed_by_the_next(project: Path) -> None:
    run = train_once(project)
    (run / "train.json").unlink()
    attempts.update(run, status="failed")
    assert clinft("run", project, "--yes").exit_code == 0
    assert [folder.name[-2:] for folder in runs(project)] == ["a1", "a2"]


def test_a_byte_changed_after_the_audit_closes_the_gate(project: Path) -> None:
    assert clinft("run", project, "--yes", "--until", "gate").exit_code == 0
    formatted = project / "data" / "formatted" / "train.jsonl"
    formatted.write_bytes(formatted.read_bytes() + b" ")
    refused = clinft("gate", project, "--yes")
    assert refused.exit_code == 1
    assert "CLINFT-G002" in refused.output
    trained = clinft("train", project)
    assert trained.exit_code == 1
    assert runs(project) == []


def test_a_name_in_the_prompt_stops_the_run_and_is_shown_nowhere(project: Path) -> None:
    prompt = project / "prompt" / "prompt.md"
    prompt.write_text(prompt.read_text().replace("Chest pain", "Mr. Zebulon Quackenbush has chest pain"))
    stopped = clinft("run", project, "--yes")
    assert stopped.exit_code == 1, stopped.output
    assert "audit" in stopped.output
    assert "Quackenbush" not in stopped.output
    assert runs(project) == []
    written = [path for path in (project / "data" / "work").rglob("*") if path.is_file()]
    assert written
    assert not any(b"Quackenbush" in path.read_bytes() for path in written)


def test_two_runs_of_one_project_do_not_meet(project: Path) -> None:
    with attempts.project_lock(ProjectPaths(project)):
        second = clinft("run", project, "--yes")
    assert second.exit_code == 3
    assert "Another clinft is at work" in second.output


def test_the_deployed_run_becomes_the_baseline(project: Path) -> None:
    first = train_once(project)
    (project / "deployment.yaml").write_text(f"run_id: {first.name}\n")
    edit(project, revision=2)
    assert clinft("run", project, "--yes").exit_code == 0
    second = next(folder for folder in runs(project) if folder != first)
    verdict = json.loads((second / "regress.json").read_bytes())["payload"]
    assert verdict["baseline_run_id"] == first.name
    assert verdict["status"] in ("PASS", "WARN")


def test_json_prints_artifacts_and_nothing_else(project: Path) -> None:
    from typer.testing import CliRunner

    done = CliRunner().invoke(app, ["run", str(project), "--yes", "--json"])
    assert done.exit_code == 0, done.output
    assert [json.loads(line)["stage"] for line in done.stdout.splitlines()] == list(NAMES)


def test_part_of_the_loop_says_what_it_needs(project: Path) -> None:
    early = clinft("evaluate", project)
    assert early.exit_code == 2
    assert "--until" in early.output
    backwards = clinft("run", project, "--from", "train", "--until", "audit")
    assert backwards.exit_code == 2


def test_a_hosted_model_is_prepared_audited_and_priced_without_an_account(tmp_path: Path) -> None:
    project = write_repository(
        tmp_path,
        policy={
            # The tables' prices grow old; this test is not about that.
            "budgets": {"max_price_age_days": 3660},
            "providers": {
                "openai": {
                    "eligibility": {
                        "owner": "Privacy Office",
                        "baa_signed": "2026-01-01",
                        "review_by": "2999-01-01",
                    }
                }
            },
        },
        training={
            "provider": "openai",
            "base_model": "gpt-4.1-mini-2025-04-14",
            "method": "supervised",
            "hyperparameters": {"n_epochs": 3},
        },
    )
    spec = yaml.safe_load((project / "project.yaml").read_text())
    spec["training"]["hyperparameters"] = {"n_epochs": 3}
    (project / "project.yaml").write_text(yaml.safe_dump(spec))
    done = clinft("run", project, "--until", "estimate")
    assert done.exit_code == 0, done.output
    assert how(done.output)["assess"] == "–"
    estimate = json.loads((project / "data" / "work" / "estimate.json").read_bytes())["payload"]
    assert float(estimate["cost_usd"]) > 0
    assert estimate["tokens_basis"] == "tokenizer"


def test_a_policy_that_changed_after_the_gate_is_decided_on_again(project: Path) -> None:
    assert clinft("run", project, "--until", "gate", "--yes").exit_code == 0
    policy = project.parents[1] / ".github" / "clinft.yml"
    policy.write_text(policy.read_text() + "# stricter from today\n")
    refused = clinft("train", project)
    assert refused.exit_code == 1
    assert "policy changed since" in refused.output
    assert runs(project) == []


def test_a_missing_baseline_shows_before_anything_is_trained(project: Path) -> None:
    (project / "deployment.yaml").write_text("run_id: 0123456789ab-a1\n")
    refused = clinft("run", project, "--yes")
    assert refused.exit_code == 2
    assert "The baseline run 0123456789ab-a1 has no evaluation" in refused.output
    assert runs(project) == []


def test_a_file_where_a_folder_belongs_is_no_bug(project: Path) -> None:
    (project / "data").write_text("")
    refused = clinft("run", project, "--yes")
    assert refused.exit_code == 3
    assert "The operating system refused" in refused.output
    assert "Traceback" not in refused.output


def test_verify_wants_the_folder_of_a_run(project: Path) -> None:
    train_once(project)
    refused = clinft("verify", project)
    assert refused.exit_code == 2
    assert "is not a run's folder" in refused.output
