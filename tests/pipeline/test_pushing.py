"""What a push would hand over: every version of every file that could hold data, of new commits only."""

import io
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from clinft.errors import SpecError
from clinft.pipeline.pushing import NO_COMMIT, OURS, could_hold_data, export, pushed_tips
from tests.fakes.cli import clinft
from tests.fakes.github.bare import identity, run_git
from tests.fakes.specs import write_repository

# Invented; the number is no reserved one, so that it counts.
LEAK = '{"text": "Pt John Kowalczyk, MRN 48291377, call 617-736-5001."}\n'
WHO = {**identity("alice"), **identity("alice", role="COMMITTER")}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose remote holds its first commit."""
    root = tmp_path / "clone"
    root.mkdir()
    write_repository(root)
    run_git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    run_git(root, "init", "--quiet", "--initial-branch=main")
    run_git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    commit(root, "notes.jsonl", LEAK)  # what is there already cannot be kept back
    run_git(root, "push", "--quiet", "origin", "main")
    return root


def commit(root: Path, path: str, text: str | None) -> str:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True) if text is None else target.write_text(text)
    run_git(root, "add", "--all", "--force")
    run_git(root, "commit", "--quiet", "-m", "More", env=WHO)
    return run_git(root, "rev-parse", "HEAD").decode().strip()


def exported(root: Path, tip: str, folder: Path) -> set[str]:
    export(GitHistory(root, {"PATH": "/usr/bin:/bin"}), [tip], folder)
    return {path.relative_to(folder).as_posix()[13:] for path in folder.rglob("*") if path.is_file()}


def test_a_file_that_was_removed_again_is_in_the_history_all_the_same(clone: Path, tmp_path: Path) -> None:
    commit(clone, "data/leak.csv", "a,b\n1,2\n")
    commit(clone, "data/leak.csv", None)
    tip = commit(clone, "clinft/code.py", "x = 1\n")
    assert exported(clone, tip, tmp_path / "out") == {"data/leak.csv"}


def test_what_a_merge_only_takes_over_is_no_change_of_its_own(clone: Path, tmp_path: Path) -> None:
    run_git(clone, "checkout", "--quiet", "-b", "side", env=WHO)
    commit(clone, "side.csv", "a\n1\n")
    run_git(clone, "checkout", "--quiet", "main")
    commit(clone, "main.csv", "a\n1\n")
    run_git(clone, "merge", "--quiet", "-m", "Both", "side", env=WHO)
    tip = run_git(clone, "rev-parse", "HEAD").decode().strip()
    # Two files of one content stand in two commits; each is read where it came.
    assert exported(clone, tip, tmp_path / "out") == {"side.csv", "main.csv"}


@pytest.mark.parametrize(
    ("path", "could"),
    [
        ("projects/demo/project.yaml", True),
        ("projects/demo/prompt/prompt.md", True),
        ("projects/demo/synthetic/train.jsonl", True),
        ("projects/demo/data/x.parquet", True),
        ("projects/demo/notes.md", True),
        ("projects/loose.csv", True),
        ("projects/demo/runs/0123456789ab-a1/audit.json", False),
        ("projects/tracking/runs.csv", False),
        ("export.HL7", True),
        ("dump.csv.gz", True),
        (".data/p.jsonl", True),
        ("notes/.p.jsonl", True),
        ("export.jsonl.bak", True),
        ("export.csv~", True),
        ("ward.log", True),
        ("notes/jane.md", True),
        ("notes.md", True),
        ("data/patients.yaml", True),
        ("data/export", True),
        ("CHANGELOG.md", False),
        ("guide/README.md", False),
        ("doc/use.md", False),
        ("mkdocs.yml", False),
        (".pre-commit-config.yaml", False),
        (".gitignore", False),
        ("LICENSE", False),
        ("Makefile", False),
        ("src/app.py", False),
        ("logo.png", False),
        ("bench/data/dev.jsonl", False),
        ("detector/pools/given.txt", False),
        ("tests/fakes/x.json", False),
        ("README.md", False),
    ],
)
def test_which_files_are_read(path: str, could: bool) -> None:
    assert could_hold_data(path) is could


def test_in_a_repository_that_is_no_template_no_folder_is_left_out(clone: Path, tmp_path: Path) -> None:
    tip = commit(clone, "tests/data/h.hl7", "PID|1\n")
    assert exported(clone, tip, tmp_path / "out") == {"tests/data/h.hl7"}
    commit(clone, OURS, "")
    tip = commit(clone, "tests/data/more.hl7", "PID|2\n")
    assert exported(clone, tip, tmp_path / "again") == {"tests/data/h.hl7"}
    assert could_hold_data("projects/a/notes.csv", template=False)


def test_what_git_hands_over() -> None:
    one = "a" * 40
    lines = [
        f"refs/heads/main {one} refs/heads/main {'b' * 40}\n",
        f"(delete) {NO_COMMIT} refs/heads/x {one}\n",
    ]
    assert pushed_tips(lines) == [one]
    assert pushed_tips(["\n"]) == []
    with pytest.raises(SpecError):
        pushed_tips(["Jane Roe"])


def push(clone: Path, monkeypatch: pytest.MonkeyPatch, tip: str) -> tuple[int, str]:
    monkeypatch.chdir(clone)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"refs/heads/main {tip} refs/heads/main {NO_COMMIT}\n"))
    monkeypatch.setenv("PRE_COMMIT_TO_REF", tip)
    done = clinft("audit", "--push")
    return done.exit_code, done.output


def test_the_hook_refuses_what_holds_identifiers_and_quotes_nothing(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert push(clone, monkeypatch, commit(clone, "clinft/code.py", "x = 1\n")) == (
        0,
        "  Nothing that could hold data is pushed.\n",
    )
    tip = commit(clone, "projects/demo/synthetic/train.jsonl", LEAK)
    code, said = push(clone, monkeypatch, tip)
    assert code == 1
    assert "clinft-push-" not in said
    assert f"{tip[:12]}/projects/demo/synthetic/train.jsonl:1" in said
    assert "Nothing was pushed" in said
    assert "Kowalczyk" not in said
    assert "48291377" not in said


def test_what_is_hidden_or_unusual_is_read_too(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(clone, "notes/ok.jsonl", '{"text": "Lungs clear."}\n')
    paths = (".data/p.jsonl", ".venv/p.jsonl", "notes/.p.jsonl", "ward/.log", "ward/p.md")
    for number, path in enumerate(paths):
        tip = commit(clone, path, LEAK.replace("Pt", f"Patient {number}"))
    code, said = push(clone, monkeypatch, tip)
    assert code == 1
    assert [path for path in paths if f"/{path}:1" not in said] == []
