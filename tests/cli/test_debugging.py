"""`evidence`, `compare`, `inspect` and `logs` on a real finished run, through the command line."""

import json
from pathlib import Path

import pytest

from tests.fakes import finished
from tests.fakes.cli import clinft


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished.repository(tmp_path_factory.mktemp("debugging"))


def test_evidence_is_packed_and_checked(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished.runs(project)[0]
    monkeypatch.chdir(tmp_path)
    done = clinft("evidence", run, "--zip")
    assert done.exit_code == 0, done.output
    assert "It is not signed" in done.output
    packed = tmp_path / f"evidence-{run.name}"
    checked = clinft("evidence", "--verify", f"{packed}.zip")
    assert checked.exit_code == 0, checked.output
    assert "All links of the chain hold." in checked.output
    assert "not who packed them" in checked.output
    (packed / "VERIFY.md").write_text("All is well.")
    changed = clinft("evidence", "--verify", packed, "--json")
    assert changed.exit_code == 1
    lines = [json.loads(line) for line in changed.stdout.splitlines()]
    assert [line["name"] for line in lines if line["status"] == "different"] == ["VERIFY.md"]


def test_evidence_is_signed_by_a_key(project: Path, tmp_path: Path) -> None:
    from tests.adapters.test_signing import keys

    private, public = keys(tmp_path)
    _, other = keys(tmp_path, "other")
    out = tmp_path / "out"
    done = clinft("evidence", finished.runs(project)[0], "--out", out, "--key", private)
    assert done.exit_code == 0, done.output
    checked = clinft("evidence", "--verify", out, "--public-key", public)
    assert checked.exit_code == 0, checked.output
    assert "a valid signature of SHA256SUMS" in checked.output
    assert "pass --public-key" in clinft("evidence", "--verify", out).output
    assert clinft("evidence", "--verify", out, "--public-key", other).exit_code == 1
    (out / "SHA256SUMS.sig").unlink()
    missing = clinft("evidence", "--verify", out, "--public-key", public)
    assert missing.exit_code == 1
    assert "a signature was asked for" in missing.output


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("x", "--verify", "y"),
        ("x", "--public-key", "y"),
        ("--verify", "x", "--zip"),
        ("--verify", "x", "--identity", "y"),
        ("no-such-run",),
        ("0123456789ab-a1",),
        ("--verify", "no-such-folder"),
    ],
)
def test_a_wrong_call_is_told_in_three_sentences(arguments: tuple[str, ...]) -> None:
    done = clinft("evidence", *arguments)
    assert done.exit_code == 2, done.output
    assert done.output.startswith("Error: ")
    assert len(done.output.splitlines()) == 3


# compare, inspect, logs


def test_compare_reads_on_a_terminal_and_as_json(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = finished.runs(project)
    monkeypatch.chdir(project)
    done = clinft("compare", first.name, second)
    assert done.exit_code == 0, done.output
    assert "training.hyperparameters.learning_rate" in done.output
    told = clinft("compare", first.name, second.name, "--json")
    (line,) = told.stdout.splitlines()
    found = json.loads(line)
    assert [side["run_id"] for side in found["sides"]] == [first.name, second.name]
    assert found["versus"][0]["items"] == 48
    alone = clinft("compare", first.name)
    assert alone.exit_code == 2
    assert "two runs or more" in alone.output


def text_of(project: Path, item: str) -> str:
    lines = (project / "data" / "records" / "test.jsonl").read_text().splitlines()
    return next(str(record["text"]) for record in map(json.loads, lines) if record["id"] == item)


def test_inspect_shows_text_only_where_it_stays(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, text = finished.runs(project)[0], text_of(project, "test-000003")
    piped = clinft("inspect", run, "test-000003")
    assert piped.exit_code == 1
    assert "The output is no terminal" in piped.output
    assert text not in piped.output
    before = sorted(path for path in project.rglob("*"))
    forced = clinft("inspect", run, "test-000003", "--force")
    assert forced.exit_code == 0, forced.output
    assert text in forced.output
    assert sorted(path for path in project.rglob("*")) == before
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    for arguments in ((), ("--force",)):
        refused = clinft("inspect", run, "test-000003", *arguments)
        assert refused.exit_code == 1
        assert "refused on GitHub Actions" in refused.output
        assert text not in refused.output
    assert text not in summary.read_text()


def test_inspect_says_when_the_record_is_another_one(tmp_path: Path) -> None:
    project = finished.repository(tmp_path)
    run = finished.runs(project)[0]
    items = run / "items.jsonl"
    rows = [json.loads(line) for line in items.read_text().splitlines()]
    items.write_text("".join(json.dumps({**row, "item_sha256": "0" * 64}) + "\n" for row in rows))
    done = clinft("inspect", run, "test-000003", "--force")
    assert done.exit_code == 1
    assert "is not the one that was measured" in done.output
    assert text_of(project, "test-000003") not in done.output


def test_logs_tells_how_it_went_and_bundles_it(project: Path, tmp_path: Path) -> None:
    run, bundle = finished.runs(project)[0], tmp_path / "bundle.zip"
    done = clinft("logs", run, "--bundle", bundle)
    assert done.exit_code == 0, done.output
    assert "## Stages" in done.output
    assert bundle.is_file()
    told = clinft("logs", run, "--json")
    (line,) = told.stdout.splitlines()
    assert json.loads(line)["status"] == "succeeded"
    again = clinft("logs", run, "--bundle", bundle)
    assert again.exit_code == 2
