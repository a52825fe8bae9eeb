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
