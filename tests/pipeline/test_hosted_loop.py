"""The whole loop with a provider that trains elsewhere: a real server, the vendor's own client, one paid job."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from clinft.adapters.training import tools
from clinft.artifacts.canonical import digest_bytes
from tests.fakes.cli import clinft
from tests.fakes.frozen_tables import without_ends
from tests.fakes.openai.outcomes import Outcome, invalid_file
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.specs import write_repository
from tests.pipeline.test_loop import runs

BASE = "gpt-4.1-mini-2025-04-14"
KNOWN = {"Chest": "circulatory", "Wheeze": "respiratory"}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running
    assert running.violations == []
    assert not running.faults_to_come


@pytest.fixture
def project(tmp_path: Path, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    facts = {"owner": "Privacy Office", "review_by": "2099-01-01"}
    policy: dict[str, Any] = {
        "providers": {"openai": {"eligibility": facts}},
        "endpoints": {"openai": {"provider": "openai", "url": server.url, "eligibility": facts}},
        # The tables are as old as they are; how old they may be is another test's.
        "budgets": {"max_price_age_days": 3660},
    }
    training = {
        "provider": "openai",
        "base_model": BASE,
        "method": "supervised",
        "suffix": "demo",
        "hyperparameters": None,
    }
    folder = write_repository(tmp_path, policy, training=training)
    spec = (folder / "project.yaml").read_text()
    (folder / "project.yaml").write_text(
        spec.replace("  hyperparameters: null\n", "  hyperparameters: {n_epochs: 1}\n")
    )
    host = server.url.split("/")[2]
    monkeypatch.setenv("CLINFT_KEYS", f"{host} {server.key}\n")
    monkeypatch.setattr(tools.time, "sleep", lambda seconds: None)
    without_ends(monkeypatch)
    # The tuned model knows its labels, the base model repeats the question.
    server.answer = answering
    return folder


def answering(model: str, messages: list[dict[str, Any]]) -> str:
    return "circulatory" if model.startswith("ft:") else "I cannot tell."


def evidence(run: Path, name: str) -> Any:
    return json.loads((run / f"{name}.json").read_bytes())


def ran(project: Path, *more: str) -> Result:
    return clinft("run", project, "--yes", *more)


def test_one_job_is_paid_and_its_cost_is_recorded(project: Path, server: OpenAIServer) -> None:
    done = ran(project)
    assert done.exit_code == 0, done.output
    (run,) = runs(project)
    assert server.submissions == 1
    trained = evidence(run, "train")
    assert trained["payload"]["fine_tuned_model"].startswith(f"ft:{BASE}:clinft:demo:")
    assert trained["payload"]["weights"] == {}
    job = next(iter(server.jobs.values()))
    assert trained["measured"]["trained_tokens"] == trained["payload"]["trained_tokens"] == job.trained_tokens
    price = float(evidence(run, "estimate")["payload"]["price"]["usd_per_million_training_tokens"])
    assert float(trained["measured"]["cost_usd"]) == pytest.approx(job.trained_tokens * price / 1e6, abs=0.01)
    sent = {upload["file_id"]: upload["sha256"] for upload in trained["payload"]["uploads"]}
    assert sent == {name: digest_bytes(file.data) for name, file in server.files.items() if name in sent}
    assert len(sent) == 2
    systems = {(one["system"], one["scoring"]) for one in evidence(run, "evaluate")["payload"]["systems"]}
    assert systems == {(name, "generated_text") for name in ("base_zero_shot", "base_prompt", "tuned")}
    assert evidence(run, "evaluate")["measured"]["prompt_tokens"] > 0
    events = [json.loads(line) for line in (run / "job_events.jsonl").read_text().splitlines()]
    assert {event["kind"] for event in events} >= {"message", "metrics"}
    again = ran(project)
    assert again.exit_code == 0
    assert server.submissions == 1


def test_no_key_is_anywhere_in_what_is_written_or_said(project: Path, server: OpenAIServer) -> None:
    done = ran(project)
    said = done.output + "".join(
        path.read_text(errors="replace") for path in project.rglob("*") if path.is_file()
    )
    assert server.key not in said
    assert server.key.removeprefix("sk-") not in said


@pytest.mark.parametrize(
    ("operation", "times"),
    [
        ("createFile", 1),
        ("createFineTuningJob", 1),
        ("retrieveFineTuningJob", 9),
        ("listPaginatedFineTuningJobs", 9),
        ("downloadFile", 9),
        ("createChatCompletion", 999),
    ],
)
def test_a_service_that_fails_and_comes_back_is_paid_once(
    project: Path, server: OpenAIServer, operation: str, times: int
) -> None:
    server.fail_next(operation, 500, after_accepting=True, times=times)
    broken = ran(project)
    assert broken.exit_code == (0 if times == 1 else 3), broken.output
    server.recover()
    done = ran(project)
    assert done.exit_code == 0, done.output
    assert server.submissions == 1
    assert len(runs(project)) == 1


def test_the_providers_own_words_reach_the_user_and_no_first_sentence(
    project: Path, server: OpenAIServer
) -> None:
    server.next_jobs.append(invalid_file("Line 3: the assistant's turn is missing."))
    done = ran(project)
    assert done.exit_code == 3
    assert "Line 3: the assistant's turn is missing." in done.output
    (run,) = runs(project)
    assert evidence(run, "record")["status"] == "failed"
    # A job that ended without a model may be followed by another attempt.
    assert ran(project).exit_code == 0
    assert [one.name[-3:] for one in runs(project)] == ["-a1", "-a2"]
    assert server.submissions == 2


def test_what_a_provider_says_is_withheld_from_evidence_where_it_looks_like_a_person(
    project: Path, server: OpenAIServer
) -> None:
    server.next_jobs.append(invalid_file("Line 3: patient John Meyer, SSN 219-09-9999, has no label."))
    done = ran(project)
    assert "219-09-9999" in done.output  # whoever trains sees what was said
    (run,) = runs(project)
    kept = "".join(
        path.read_text(errors="replace")
        for path in run.rglob("*")
        if path.is_file() and "data" not in path.parts
    )
    assert "219-09-9999" not in kept
    assert "withheld" in kept


def test_a_training_that_takes_long_is_waited_for_on_a_laptop(project: Path, server: OpenAIServer) -> None:
    server.next_jobs.append(Outcome(running_steps=5))
    assert ran(project).exit_code == 0
    assert server.submissions == 1
