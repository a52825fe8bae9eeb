"""The whole way with real audits: rescue, two signatures, the loop, the verdict against the recorded answers."""

import json
from pathlib import Path

import pytest
from typer.testing import Result

from clinft.artifacts.results import RegressionVerdict
from tests.fakes import rescue as fake
from tests.fakes.cli import clinft
from tests.fakes.openai.server import OpenAIServer


def begin(server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong_every: int) -> Path:
    root = fake.repository(tmp_path / "repository", server.url)
    fake.prepare_here(monkeypatch, root, server)
    found = fake.records(240, 3)
    fake.serve(server, {one.text: one.target for one in found}, wrong_every)
    training = fake.write_records(tmp_path / "train.jsonl", found)
    done = fake.rescue(fake.OLD, "--training", training, "--project", "notes", "--yes")
    assert done.exit_code == 0, done.output
    return root / "projects" / "notes"


def loop(project: Path) -> tuple[Result, Path, RegressionVerdict]:
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    (run,) = (project / "runs").iterdir()
    payload = json.loads((run / "regress.json").read_text())["payload"]
    return done, run, RegressionVerdict.model_validate_json(json.dumps(payload))


def test_a_bad_old_model_is_replaced_and_every_link_of_the_proof_holds(
    server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = begin(server, tmp_path, monkeypatch, wrong_every=2)
    fake.train_with_the_fake_provider(project)
    unsigned = clinft("run", project, "--yes")
    assert unsigned.exit_code == 1
    assert "Nobody has vouched for" in unsigned.output
    fake.sign(project)
    _, run, verdict = loop(project)
    assert (verdict.status, verdict.recommendation, verdict.baseline_run_id) == ("PASS", "deploy", "recorded")
    assert f"the recorded answers of {fake.OLD}" in verdict.reason
    assert "it had seen them" in verdict.reason
    report = (run / "report.md").read_text()
    assert "not known: of some records nobody said how they are written" in report
    verified = clinft("verify", run)
    assert verified.exit_code == 0, verified.output
    assert "read again from synthetic/, byte for byte" in verified.output
    test = project / "synthetic" / "test.jsonl"
    kept = test.read_bytes()
    test.write_bytes(kept.replace(b" ", b"  ", 1))
    assert "the files in synthetic/ were changed since" in clinft("verify", run).output
    resigned = clinft("run", project, "--yes")
    assert resigned.exit_code == 1
    assert "Nobody has vouched for data/records/test.jsonl" in resigned.output


def test_a_worse_model_replaces_nothing_and_changed_answers_are_noticed(
    server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = begin(server, tmp_path, monkeypatch, wrong_every=1000)
    fake.train_with_the_fake_provider(project)
    fake.sign(project)
    _, run, verdict = loop(project)
    assert (verdict.status, verdict.recommendation) in (("FAIL", "iterate"), ("WARN", "iterate"))
    items = project / "baseline" / "items.jsonl"
    items.write_bytes(items.read_bytes().replace(b"true", b"false", 1))
    (run / "regress.json").unlink()
    changed = clinft("run", project, "--yes", "--from", "regress", "--until", "regress")
    assert changed.exit_code == 1
    assert "is not the file that evaluate.json beside it names" in changed.output


def test_real_looking_data_is_declined_and_nothing_of_it_sent(
    server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = fake.repository(tmp_path / "repository", server.url)
    fake.prepare_here(monkeypatch, root, server)
    found = fake.records(60, 5)
    fake.serve(server, {one.text: one.target for one in found})
    rows = [
        fake.line(f"{one.text} Patient Jane Miller, SSN 536-22-8{number:03d}.", one.target)
        for number, one in enumerate(found[:20])
    ]
    training = fake.write(tmp_path / "train.jsonl", rows)
    refused = fake.rescue(fake.OLD, "--training", training, "--project", "notes", "--yes")
    assert refused.exit_code == 1
    assert "so this data is not taken, and nothing of it was sent." in refused.output
    assert "Jane" not in refused.output
    assert fake.questions(server) == []
    assert not (root / "projects" / "notes").exists()
