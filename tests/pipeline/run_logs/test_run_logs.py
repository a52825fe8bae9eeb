"""How a run went is told from its files; the bundle holds no text of anybody."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.artifacts.jsonl import write_models
from clinft.artifacts.model import Job, JobEvent
from clinft.artifacts.run_state import StatusEntry
from clinft.errors import SpecError
from clinft.pipeline import NAMES, attempts
from clinft.pipeline.run_logs.bundle import environment, write_bundle
from clinft.pipeline.run_logs.gather import log_of
from clinft.pipeline.run_logs.words import MOST_EVENTS, log_markdown
from clinft.pipeline.status_files import write_new
from tests.fakes import finished
from tests.fakes.committed_runs import entries

CANARY = "Zebulon Quackenbush"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return finished.runs(finished.repository(tmp_path))[0]


def failed(run: Path, message: str = "The service refused the file.") -> None:
    """As a hosted job that failed leaves it."""
    for name in ("train.json", "evaluate.json", "items.jsonl", "regress.json", "report.json"):
        (run / name).unlink()
    job = Job(id="ftjob-1", provider="openai", run_id=run.name, status="failed", message=message)
    (run / "job.json").write_text(job.model_dump_json())
    told = (
        JobEvent(at="2026-11-04T01:00:00+00:00", level="info", kind="message", message="queued"),
        JobEvent(at=None, level="error", kind="message", message=message, step=3),
    )
    write_models(run / "job_events.jsonl", told)
    attempts.update(run, status="failed")


def test_a_finished_run_tells_every_stage_with_its_time(run: Path) -> None:
    log = log_of(run)
    assert [stage.stage for stage in log.stages] == list(NAMES)
    assert all(float(stage.measured["seconds"]) >= 0 for stage in log.stages)
    assert (log.status, log.waiting, log.unreadable, log.history) == ("succeeded", (), (), ())
    text = log_markdown(log)
    assert text.startswith(f"# demo, run {run.name}: succeeded\n")
    assert "missing: none was kept, as on a laptop" in text


def test_a_failed_run_says_first_where_and_why(run: Path) -> None:
    failed(run)
    write_new(run, entries(run.name, ("queued", "running", "failed")))
    log = log_of(run)
    assert log.waiting == ("train", "evaluate", "regress", "report")
    text = log_markdown(log)
    head = text.split("## Stages")[0]
    assert "It failed in `train`" in head
    assert "The job says: The service refused the file." in head
    assert "error: The service refused the file." in head
    assert "| 3 | failed | 2026-11-04T03:00:00+00:00 | 4703 |" in text
    assert "openai, `ftjob-1`: failed" in text


def test_what_is_damaged_is_named_and_hides_nothing_else(run: Path) -> None:
    failed(run)
    write_new(run, entries(run.name, ("queued", "running", "failed")))
    (run / "audit.json").write_text("{")
    (run / "prepare.json").write_bytes((run / "prepare.json").read_bytes().replace(b"seed", b"sede"))
    (run / "job.json").write_text("no")
    (run / "job_events.jsonl").write_bytes(b"\xff\n")
    (run / "status" / "02.json").write_text("no")
    log = log_of(run)
    assert set(log.unreadable) == {
        "prepare.json", "audit.json", "job.json", "job_events.jsonl", "an entry of status/",
    }  # fmt: skip
    assert [stage.stage for stage in log.stages] == ["assess", "estimate", "gate"]
    assert [entry.number for entry in log.history] == [1, 3]
    assert "prepare" not in log.waiting
    assert "Damaged, and not read: audit.json" in log_markdown(log)


def test_a_folder_without_a_record_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has no record"):
        log_of(tmp_path)


def test_only_the_last_events_stand_on_the_page(run: Path) -> None:
    failed(run)
    told = [
        JobEvent(at=None, level="info", kind="metrics", message=f"loss of step {step}", step=step)
        for step in range(MOST_EVENTS + 5)
    ]
    write_models(run / "job_events.jsonl", told)
    text = log_markdown(log_of(run))
    assert "loss of step 4 " not in text
    assert "loss of step 5 " in text
    assert "5 before them are left out here" in text


def test_words_of_a_provider_are_escaped(run: Path) -> None:
    failed(run, "<img src=x> @everyone | ::error::")
    text = log_markdown(log_of(run))
    assert "<img" not in text
    assert "@everyone" not in text


# The bundle


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as opened:
        return {name.partition("/")[2]: opened.read(name).decode() for name in opened.namelist()}


def planted(run: Path) -> None:
    """The canary wherever somebody's words can stand: data, prompt, spec, provider, measured values, payload."""
    failed(run, f"line 3: {CANARY} was refused")
    for path in (run.parents[1] / "data").rglob("*"):
        if path.is_file():
            path.write_text(f"{CANARY}\n")
    (run / "prompt.md").write_text(f"# System\n{CANARY}\n")
    spec = yaml.safe_load((run / "project.yaml").read_text())
    spec |= {"summary": CANARY, "intended_use": CANARY, "out_of_scope": [CANARY]}
    spec["task"] |= {"description": CANARY, "labels": [CANARY, "other"]}
    spec["data"]["label_counts"] = {CANARY: 100, "other": 140}
    spec["regression"]["critical_labels"] = [CANARY]
    spec["regression"]["sentinels"] = [CANARY]
    (run / "project.yaml").write_text(yaml.safe_dump(spec, allow_unicode=True))
    from clinft.artifacts.envelope import digest_content

    for path in run.glob("*.json"):
        data: dict[str, Any] = json.loads(path.read_bytes())
        if "payload" in data:
            data["measured"] = {**data["measured"], "device": CANARY}
            data["payload"] = {"note": CANARY, **data["payload"]}
            data["digest"] = digest_content(data)
            path.write_text(json.dumps(data))


def test_no_planted_text_is_in_the_bundle(run: Path, tmp_path: Path) -> None:
    planted(run)
    bundle = tmp_path / "failure.zip"
    write_bundle(run, log_of(run), bundle)
    found = parts(bundle)
    assert set(found) == {"log.json", "spec.json", "environment.json", "README.txt"}
    for name, text in found.items():
        assert CANARY not in text, name
        assert not any(word in text for word in CANARY.split()), name
    # And it does hold what helps.
    log, spec = json.loads(found["log.json"]), json.loads(found["spec.json"])
    assert log["status"] == "failed"
    assert log["job"] == {"id": "ftjob-1", "provider": "openai", "status": "failed"}
    assert [event["level"] for event in log["events"]] == ["info", "error"]
    assert [stage["stage"] for stage in log["stages"]] == ["prepare", "assess", "audit", "estimate", "gate"]
    assert spec["training.hyperparameters.learning_rate"] == 0.001
    assert spec["training.base_model"] == "builtin:fake"
    assert spec["task.labels"] == 2


def test_a_spec_that_cannot_be_read_is_said(run: Path, tmp_path: Path) -> None:
    (run / "project.yaml").write_text(f"summary: {CANARY}\n")
    write_bundle(run, log_of(run), tmp_path / "a.zip")
    assert json.loads(parts(tmp_path / "a.zip")["spec.json"]) == {"missing": "this engine does not accept it"}
    (run / "project.yaml").write_text(f"{CANARY}: [\n")
    write_bundle(run, log_of(run), tmp_path / "b.zip")
    assert "no YAML" in parts(tmp_path / "b.zip")["spec.json"]


def test_the_same_run_gives_the_same_bundle_and_nothing_is_written_over(run: Path, tmp_path: Path) -> None:
    log = log_of(run)
    for folder in ("a", "b"):
        write_bundle(run, log, tmp_path / folder / "x.zip")
    assert (tmp_path / "a" / "x.zip").read_bytes() == (tmp_path / "b" / "x.zip").read_bytes()
    for target in (tmp_path / "a" / "x.zip", tmp_path / "x.txt"):
        with pytest.raises(SpecError, match="cannot be written"):
            write_bundle(run, log, target)


def test_every_word_of_the_spec_is_one_of_a_few() -> None:
    """A new field of text is left out until somebody has thought about it; renamed ones are noticed."""
    from clinft.pipeline.run_logs.bundle import WORDS
    from clinft.spec.project import ProjectSpec

    for name in WORDS:
        model: Any = ProjectSpec
        for part in name.split("."):
            field = model.model_fields[part]
            model = field.annotation
    assert environment()["clinft"]


def test_messages_of_clinft_stay(run: Path, tmp_path: Path) -> None:
    first = entries(run.name, ("queued",))[0]
    said = StatusEntry.model_validate({**first.model_dump(), "message": "The runner was lost."})
    write_new(run, [said])
    write_bundle(run, log_of(run), tmp_path / "x.zip")
    assert (
        json.loads(parts(tmp_path / "x.zip")["log.json"])["history"][0]["message"] == "The runner was lost."
    )
