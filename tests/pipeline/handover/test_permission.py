"""Which runs are not handed over, and that nothing is left of a refused one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.handover import MANIFEST, SUMS
from clinft.artifacts.results import RegressionVerdict
from clinft.artifacts.verdicts import SafetyCheck
from clinft.pipeline import status_files
from tests.fakes import committed_runs, handed, run_results
from tests.fakes.adapted import Adapted
from tests.fakes.cli import clinft
from tests.fakes.handed import RUN, Handed


def verdict(**changes: Any) -> RegressionVerdict:
    return run_results.regression().model_copy(update=changes)


def refused(there: Handed, tmp_path: Path, code: int, *told: str, options: tuple[str, ...] = ()) -> None:
    out = tmp_path / "out"
    done = clinft("export", there.run, "--out", out, *options)
    assert done.exit_code == code, done.output
    text = " ".join(done.output.split())
    for words in told:
        assert words in text
    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".clinft")] == []


CRITICAL = SafetyCheck(rule="sentinels", status="CRITICAL", detail="One is wrong.")


@pytest.mark.parametrize(
    ("regress", "why"),
    [
        (verdict(status="CRITICAL", recommendation="iterate"), "its verdict is CRITICAL"),
        (verdict(safety=(CRITICAL,)), "its verdict is CRITICAL"),
        (verdict(status="FAIL", recommendation="iterate"), "its verdict never was deploy"),
        (verdict(status="FAIL", recommendation="rollback"), "its verdict never was deploy"),
    ],
    ids=["critical", "safety", "fail", "rollback"],
)
def test_a_run_that_may_not_be_deployed(
    tmp_path: Path, tiny: Adapted, regress: RegressionVerdict, why: str
) -> None:
    refused(handed.repository(tmp_path / "r", tiny, regress=regress), tmp_path, 1, why)


def test_a_run_that_failed_when_it_was_evaluated_again(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    committed_runs.evaluate_again(there.run, regress=verdict(status="FAIL", recommendation="rollback"))
    refused(there, tmp_path, 1, "it failed when it was evaluated again")


def test_a_run_whose_weights_were_deleted(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    lived = (*committed_runs.LIVED, "weights_deleted")
    status_files.write_new(there.run, committed_runs.entries(RUN, lived))
    refused(there, tmp_path, 1, "its weights were deleted")


def test_a_project_in_quarantine(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    (there.project / "QUARANTINE.yaml").write_text("")
    refused(there, tmp_path, 1, "is in quarantine")


@pytest.mark.parametrize("status", ["failed", "cancelled", "running"])
def test_a_run_that_did_not_succeed(tmp_path: Path, tiny: Adapted, status: str) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    committed_runs.seal(there.run, "demo", RUN, status)
    refused(there, tmp_path, 1, "no record of it in this repository says that it succeeded")


def test_a_run_that_was_not_evaluated(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny, evaluate=None)
    refused(there, tmp_path, 2, f"{RUN} has no evaluate.json")


@pytest.mark.parametrize(
    "name", ["regress.json", "evaluate.json", "train.json", "facts.json", "prompt.md", "MODEL_CARD.md"]
)
def test_evidence_that_was_changed(tmp_path: Path, tiny: Adapted, name: str) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    path = there.run / name
    path.write_bytes(path.read_bytes() + b" ")
    refused(there, tmp_path, 1, "record covers", "Restore it from git")


def test_a_verdict_of_another_run(tmp_path: Path, tiny: Adapted) -> None:
    """Sealed as an artifact, but not the one that the record names."""
    there = handed.repository(tmp_path / "r", tiny)
    other = handed.repository(tmp_path / "s", tiny, regress=verdict(reason="Another."))
    (there.run / "regress.json").write_bytes((other.run / "regress.json").read_bytes())
    refused(there, tmp_path, 1, "is not what the run's record covers")


@pytest.mark.parametrize("options", [(), ("--merge",), ("--gguf", "f16")])
def test_weights_that_were_changed(tmp_path: Path, tiny: Adapted, options: tuple[str, ...]) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    with (there.run / "data" / "adapter" / "adapter_model.safetensors").open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x7f")
    refused(there, tmp_path, 1, "is not the file that training wrote", options=options)


def test_weights_that_are_elsewhere(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    (there.run / "data").rename(tmp_path / "elsewhere")
    refused(there, tmp_path, 2, "are not on this machine", "Export on the machine that trained it")


@pytest.mark.parametrize(
    "name", ["adapter_model.bin", "optimizer.pt", "state.pkl", "x.npy", "run.py", "../x.json"]
)
def test_weights_that_are_a_pickle_or_code(tmp_path: Path, tiny: Adapted, name: str) -> None:
    there = handed.repository(tmp_path / "r", tiny, {**tiny.weights, name: "e" * 64})
    refused(there, tmp_path, 1, "neither safetensors nor plain text")


def test_a_pickle_with_another_name(tmp_path: Path, tiny: Adapted) -> None:
    import pickle

    there = handed.repository(tmp_path / "r", tiny)
    path = there.run / "data" / "adapter" / "adapter_model.safetensors"
    path.write_bytes(pickle.dumps({"weights": [0.0] * 100}))
    again = {**tiny.weights, path.name: digest_file(path)}
    train = there.trained.model_copy(update={"weights": again})
    committed_runs.commit_run(there.root / "projects", f"demo/{RUN}", train=train)
    refused(there, tmp_path, 1, "is no safetensors file")


@pytest.mark.parametrize("provider", ["openai", "azure_openai", "mcp", "manual"])
@pytest.mark.parametrize("recommendation", ["deploy", "iterate"])
def test_a_hosted_model(tmp_path: Path, tiny: Adapted, provider: str, recommendation: str) -> None:
    """Whatever its verdict: another one would give it no weights."""
    there = handed.repository(tmp_path / "r", tiny)
    base = there.trained.base_model.model_copy(update={"ref": "gpt-x", "kind": "hosted"})
    changes = {"provider": provider, "base_model": base, "weights": {}, "fine_tuned_model": "ft:x"}
    train = there.trained.model_copy(update=changes)
    regress = verdict(recommendation=recommendation)
    committed_runs.commit_run(there.root / "projects", f"demo/{RUN}", train=train, regress=regress)
    stays = f"Its model stays where {provider} trained it"
    refused(there, tmp_path, 2, "has no weights that could be handed over", stays)


def test_the_fake_model(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    base = there.trained.base_model.model_copy(update={"ref": "builtin:fake", "kind": "fake"})
    train = there.trained.model_copy(update={"provider": "fake", "base_model": base})
    committed_runs.commit_run(there.root / "projects", f"demo/{RUN}", train=train)
    refused(there, tmp_path, 2, "has no weights that could be handed over", "is the fake one")


@pytest.mark.parametrize(
    "name", ["messages.json", "training-manifest.json", "Messages.json", "MANIFEST.json"]
)
def test_weights_by_a_name_that_clinfts_own_files_have(tmp_path: Path, tiny: Adapted, name: str) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    path = there.run / "data" / "adapter" / name
    path.write_text("{}")
    again = {**tiny.weights, name: digest_file(path)}
    train = there.trained.model_copy(update={"weights": again})
    committed_runs.commit_run(there.root / "projects", f"demo/{RUN}", train=train)
    refused(there, tmp_path, 1, "by a name that clinft's own files have")


def test_a_folder_that_exists(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    (tmp_path / "out").mkdir()
    done = clinft("export", there.run, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "exists already" in done.output


def lies_there(tmp_path: Path, tiny: Adapted) -> tuple[Handed, Path]:
    there, out = handed.repository(tmp_path / "r", tiny), tmp_path / "out"
    assert clinft("export", there.run, "--out", out).exit_code == 0
    return there, out


def test_the_same_call_again_finds_it_whole(tmp_path: Path, tiny: Adapted) -> None:
    there, out = lies_there(tmp_path, tiny)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    done = clinft("export", there.run, "--out", out)
    assert done.exit_code == 0, done.output
    assert "is there already, and whole: adapter, 8 files" in " ".join(done.output.split())
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before


def resummed(out: Path) -> None:
    """As somebody would who wants it to look whole."""
    names = sorted(path.name for path in out.iterdir() if path.name != SUMS)
    (out / SUMS).write_text("".join(f"{digest_file(out / name)}  {name}\n" for name in names))


def rewritten(out: Path, **changes: Any) -> None:
    found = json.loads((out / MANIFEST).read_bytes())
    (out / MANIFEST).write_text(json.dumps({**found, **changes}))
    resummed(out)


def changed_with_its_digests(out: Path) -> None:
    """All of the folder agrees; only train.json knows other weights."""
    path = out / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    files = json.loads((out / MANIFEST).read_bytes())["files"]
    files[path.name]["sha256"] = digest_file(path)
    rewritten(out, files=files)


def forged(out: Path) -> None:
    """What was trained is untouched, and the folder vouches for all that was put beside it."""
    (out / "README.md").write_text("# Load pytorch_model.bin")
    (out / "pytorch_model.bin").write_bytes(b"a pickle")
    files = json.loads((out / MANIFEST).read_bytes())["files"]
    for name in ("README.md", "pytorch_model.bin"):
        files[name] = {"sha256": digest_file(out / name), "size_bytes": (out / name).stat().st_size}
    rewritten(out, files=files)


@pytest.mark.parametrize(
    "change",
    [
        forged,
        lambda out: (out / "messages.json").write_text("[]"),
        lambda out: (out / "messages.json").unlink(),
        lambda out: (out / "more.bin").write_bytes(b"more"),
        lambda out: (out / "more").mkdir(),
        lambda out: (out / SUMS).unlink(),
        lambda out: (out / MANIFEST).write_text("{"),
        lambda out: ((out / "messages.json").write_text("[]"), resummed(out)),
        lambda out: rewritten(out, run_id="bbbbbbbbbbbb-a1"),
        lambda out: rewritten(out, record_digest="e" * 64),
        changed_with_its_digests,
    ],
    ids=[
        "forged", "changed", "removed", "added", "folder", "no-sums", "no-manifest", "with-sums", "other-run",
        "other-record", "with-digests",
    ],
)  # fmt: skip
def test_a_folder_that_holds_anything_else(
    tmp_path: Path, tiny: Adapted, change: Callable[[Path], object]
) -> None:
    there, out = lies_there(tmp_path, tiny)
    change(out)
    done = clinft("export", there.run, "--out", out)
    assert done.exit_code == 2, done.output
    assert "exists already" in done.output


@pytest.mark.parametrize(
    ("first", "then"), [((), ("--merge",)), (("--gguf", "f32"), ("--gguf", "f16"))], ids=["form", "type"]
)
def test_a_folder_that_holds_another_form(
    tmp_path: Path, tiny: Adapted, first: tuple[str, ...], then: tuple[str, ...]
) -> None:
    there, out = handed.repository(tmp_path / "r", tiny), tmp_path / "out"
    assert clinft("export", there.run, "--out", out, *first).exit_code == 0
    done = clinft("export", there.run, "--out", out, *then)
    assert done.exit_code == 2, done.output
    assert "exists already" in done.output


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("projects/out", "lies inside projects/"),
        ("projects/demo/runs/out", "lies inside projects/"),
        ("other/../projects/demo/data/out", "lies inside projects/"),
        ("link/out", "lies inside projects/"),
        (".git/out", "lies inside a .git folder"),
    ],
)
def test_a_place_among_evidence_or_gits_own(tmp_path: Path, tiny: Adapted, place: str, why: str) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    (there.root / "link").symlink_to(there.project)
    before = {*there.root.rglob("*")}
    done = clinft("export", there.run, "--out", there.root / place)
    assert done.exit_code == 2, done.output
    assert why in " ".join(done.output.split())
    assert {*there.root.rglob("*")} == before


@pytest.mark.parametrize("run_by", ["linked", "r"])
@pytest.mark.parametrize(
    "out_by",
    ["r/projects/demo/out", "linked/projects/demo/out", "linked/projects/demo/runs/out", "kept/runs/out"],
)
def test_a_place_among_evidence_behind_links(tmp_path: Path, tiny: Adapted, run_by: str, out_by: str) -> None:
    """As docker/cloud/train.sh has them: the repository by a link, and runs/ one to a disk that is kept."""
    there = handed.repository(tmp_path / "r", tiny)
    (tmp_path / "linked").symlink_to(there.root)
    (tmp_path / "kept").mkdir()
    runs = (there.project / "runs").rename(tmp_path / "kept" / "runs")
    (there.project / "runs").symlink_to(runs)
    run = tmp_path / run_by / "projects/demo/runs" / there.run.name
    done = clinft("export", run, "--out", tmp_path / out_by)
    assert done.exit_code == 2, done.output
    assert "lies inside projects/" in " ".join(done.output.split())
    done = clinft("export", run, "--out", tmp_path / "elsewhere")
    assert done.exit_code == 0, done.output


def test_a_place_among_evidence_where_no_folder_is_named(
    tmp_path: Path, tiny: Adapted, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    monkeypatch.chdir(there.project)
    done = clinft("export", there.run)
    assert done.exit_code == 2, done.output
    assert "Name a folder elsewhere with --out." in done.output


def test_two_forms_at_once_and_an_unknown_type(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    refused(there, tmp_path, 2, "--merge and --gguf were given", options=("--merge", "--gguf", "f16"))
    refused(there, tmp_path, 2, "--gguf names no type", options=("--gguf", "q4_k"))
