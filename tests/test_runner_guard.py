"""The GPU box's guard, run as the runner runs it: what may start, what may not, and what the log shows of it."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import REPOSITORY
from tests.fakes.runner_guard import CALLS, CONF, GOOD, GUARD, REF, SHELLS, TRAIN, call, install, refused

shells = pytest.mark.parametrize("shell", SHELLS)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the guard is for Linux: /proc and GNU stat")


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    return install(tmp_path / "etc")


@shells
@pytest.mark.parametrize("event", ["push", "workflow_dispatch"])
def test_training_of_the_protected_branch_may_start(guard: Path, shell: str, event: str) -> None:
    code, log = call(guard, shell, GITHUB_EVENT_NAME=event)
    assert (code, log) == (0, f"clinft runner guard: this is octo-org/clinic/{TRAIN}@{REF}.\n")


def test_another_branch_may_be_the_protected_one(guard: Path) -> None:
    (guard.parent / "guard.conf").write_text(CONF + "branch=release/2026\n")
    ref = "refs/heads/release/2026"
    good = {"GITHUB_REF": ref, "GITHUB_WORKFLOW_REF": f"octo-org/clinic/{TRAIN}@{ref}"}
    assert call(guard, "sh", None, **good)[0] == 0
    refused(call(guard, "sh"))


def at(ref: str, repository: str = "octo-org/clinic", workflow: str = TRAIN) -> dict[str, str | None]:
    return {
        "GITHUB_REPOSITORY": repository,
        "GITHUB_REF": ref,
        "GITHUB_WORKFLOW_REF": f"{repository}/{workflow}@{ref}",
    }


REFUSED: dict[str, dict[str, str | None]] = {
    "a pull request's merge": {**at("refs/pull/7/merge"), "GITHUB_EVENT_NAME": "pull_request"},
    "a pull request that claims to be a push": at("refs/pull/7/merge"),
    "another branch": at("refs/heads/topic"),
    "a tag with the branch's name": at("refs/tags/main"),
    "a branch with the ref's name": at("refs/heads/refs/heads/main"),
    "a branch below it": at("refs/heads/main/x"),
    "a branch with its name in front": at("refs/heads/main2"),
    "a path in the branch": at("refs/heads/main/../x"),
    "a path that leads back": at("refs/heads/x/../main"),
    "the branch without its prefix": at("main"),
    "the branch in capitals": at("refs/heads/Main"),
    "a merge queue": {**at("refs/heads/gh-readonly-queue/main/pr-7"), "GITHUB_EVENT_NAME": "merge_group"},
    "the workflow of another repository": {"GITHUB_WORKFLOW_REF": f"evil/clinic/{TRAIN}@{REF}"},
    "another repository": at(REF, "evil/clinic"),
    "a repository whose name goes on": at(REF, "octo-org/clinic2"),
    "an owner whose name begins earlier": at(REF, "x-octo-org/clinic"),
    "the repository in capitals": at(REF, "Octo-Org/clinic"),
    "only the repository differs": {"GITHUB_REPOSITORY": "evil/clinic"},
    "another workflow": at(REF, workflow=".github/workflows/checks.yml"),
    "the called workflow instead of its caller": at(REF, workflow=".github/workflows/run.yml"),
    "a workflow whose name goes on": at(REF, workflow=".github/workflows/train.yml.yml"),
    "the workflow's other ending": at(REF, workflow=".github/workflows/train.yaml"),
    "the workflow in capitals": at(REF, workflow=".github/workflows/Train.yml"),
    "the workflow in another folder": at(REF, workflow=".github/workflows/x/train.yml"),
    "the workflow's folder elsewhere": at(REF, workflow="projects/.github/workflows/train.yml"),
    "a path in the workflow": at(REF, workflow=".github/workflows/../workflows/train.yml"),
    "the workflow at another ref": {"GITHUB_WORKFLOW_REF": f"octo-org/clinic/{TRAIN}@refs/heads/topic"},
    "the workflow at a commit": {"GITHUB_WORKFLOW_REF": f"octo-org/clinic/{TRAIN}@{'a' * 40}"},
    "the workflow twice": {"GITHUB_WORKFLOW_REF": f"{GOOD['GITHUB_WORKFLOW_REF']}@{REF}"},
    "only the ref differs": {"GITHUB_REF": "refs/heads/topic"},
    "an event of outsiders on main": {"GITHUB_EVENT_NAME": "pull_request_target"},
    "a chained event on main": {"GITHUB_EVENT_NAME": "workflow_run"},
    "a comment on main": {"GITHUB_EVENT_NAME": "issue_comment"},
    "an event that only begins well": {"GITHUB_EVENT_NAME": "push_x"},
    "two events": {"GITHUB_EVENT_NAME": "push workflow_dispatch"},
    "a pattern for an event": {"GITHUB_EVENT_NAME": "*"},
    "a pattern for a ref": {"GITHUB_REF": "*"},
    "an operator": {"GITHUB_REF": "!"},
    "a parenthesis": {"GITHUB_REF": "("},
    "a line break after": {"GITHUB_REF": f"{REF}\n"},
    "a line break before": {"GITHUB_REF": f"\n{REF}"},
    "a second line": {"GITHUB_REF": f"{REF}\nrefs/heads/topic"},
    "a command of the runner": {"GITHUB_REF": "x\n::add-path::/tmp/evil"},
    "a command without a line": {"GITHUB_WORKFLOW_REF": "::stop-commands::x"},
    "an old command": {"GITHUB_EVENT_NAME": "##[add-path]/tmp/evil"},
    "an encoded line": {"GITHUB_REF": "refs/heads/x%0A::error::x"},
    "a carriage return": {"GITHUB_REF": f"{REF}\r"},
    "a space": {"GITHUB_REF": f"{REF} "},
    "an expansion": {"GITHUB_REF": "$(touch /tmp/evil)`id`${IFS}"},
    "letters that look alike": {"GITHUB_REF": "refs/heads/mаin"},  # Cyrillic
    "bytes of a terminal": {"GITHUB_REF": "\x1b[2Jrefs/heads/main"},
    "a value of a hundred kilobytes": {"GITHUB_REF": "x" * 100_000},
    **{f"{name} empty": {name: ""} for name in GOOD},
    **{f"{name} unset": {name: None} for name in GOOD},
}


@shells
@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_anything_else_may_not(guard: Path, shell: str, changes: dict[str, str | None]) -> None:
    said = refused(call(guard, shell, **changes))
    assert "Only .github/workflows/train.yml on main of octo-org/clinic runs here" in said
    assert any(f"{name} is " in said for name in GOOD)
    assert len(said) < 500


@settings(deadline=None, max_examples=60)
@given(
    value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    name=st.sampled_from([*GOOD]),
)
def test_no_value_but_the_wanted_one_starts_a_job(
    tmp_path_factory: pytest.TempPathFactory, value: str, name: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "guard"
    guard = folder / "guard.sh" if folder.exists() else install(folder)
    if value not in (GOOD[name], "workflow_dispatch"):
        refused(call(guard, "sh", None, **{name: value}))


CONFS: dict[str, tuple[str | None, str]] = {
    "none": (None, "missing"),
    "empty": ("", "names no repository"),
    "only the branch": ("branch=main\n", "names no repository"),
    "an empty repository": ("repository=\n", "names no repository"),
    "two repositories": ("repository=octo-org/clinic\nrepository=evil/x\n", "two repositories"),
    "two branches": (CONF + "branch=main\nbranch=topic\n", "two branches"),
    "something to run": (CONF + "$(touch evil)\n", "neither repository="),
    "a shell's way to write it": ("export repository=octo-org/clinic\n", "neither repository="),
    "quotes": ('repository="octo-org/clinic"\n', "form owner/name"),
    "a space": ("repository=octo-org/clinic \n", "form owner/name"),
    "a pattern": ("repository=octo-org/*\n", "form owner/name"),
    "lines of Windows": (CONF.replace("\n", "\r\n"), "form owner/name"),
    "an address": ("repository=https://github.com/octo-org/clinic\n", "form owner/name"),
    "no owner": ("repository=clinic\n", "form owner/name"),
    "an empty owner": ("repository=/clinic\n", "form owner/name"),
    "a folder": ("repository=octo-org/clinic/x\n", "form owner/name"),
    "a ref as branch": (CONF + "branch=main/\n", "no name of a branch"),
    "a path as branch": (CONF + "branch=main/../x\n", "no name of a branch"),
    "a pattern as branch": (CONF + "branch=*\n", "no name of a branch"),
}


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize(("text", "why"), CONFS.values(), ids=CONFS)
def test_without_a_sound_configuration_nothing_starts(
    guard: Path, shell: str, text: str | None, why: str
) -> None:
    conf = guard.with_name("guard.conf")
    conf.unlink()
    if text is not None:
        conf.write_bytes(text.encode())
    assert why in refused(call(guard, shell, cwd=guard.parent))
    assert not guard.with_name("evil").exists()


@shells
def test_the_environment_and_the_folder_of_the_job_decide_nothing(
    guard: Path, shell: str, tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "guard.conf").write_text("repository=evil/clinic\n")
    for program in ("sleep", "stat", "printf", "test", "["):
        (tree / program).write_text("#!/bin/sh\ntouch ran\nexit 0\n")
        (tree / program).chmod(0o755)
    hostile = {
        "PATH": f"{tree}:{os.environ['PATH']}",
        "IFS": "refsmain/",
        "ENV": str(tree / "[") if shell != "bash" else "",
        "PPID": "1",
        "CDPATH": str(tree),
        "fault": "",
        "repository": "evil/clinic",
        "branch": "topic",
        "LC_ALL": "C.UTF-8",
        **{
            f"BASH_FUNC_{name}%%": "() { return 0; }"
            for name in ("[", "printf", "read", "unset", "exit", "set")
        },
    }
    evil = {**hostile, **at("refs/heads/topic", "evil/clinic")}
    refused(call(guard, shell, cwd=tree, **evil))
    assert call(guard, shell, cwd=tree, **hostile)[0] == 0
    assert not (tree / "ran").exists()


def test_it_is_called_by_an_absolute_path_or_not_at_all(guard: Path) -> None:
    for name in ("guard.sh", "./guard.sh", f"../{guard.parent.name}/guard.sh"):
        assert "absolute path" in refused(call(name, "sh", cwd=guard.parent))


# The runner's own process


def test_a_refused_job_ends_before_any_of_its_steps(guard: Path, tmp_path: Path) -> None:
    """A failed hook alone would not do it: the runner goes on to steps with `if: always()`."""
    jobs = {}
    foreign = tmp_path / "sleep"
    foreign.write_text(f"#!/bin/sh\n: >{tmp_path}/ran\n")
    foreign.chmod(0o755)
    for name, changes in {
        "good": {},
        "topic": at("refs/heads/topic"),
        "cancelled": at("refs/pull/7/merge"),
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        # A process is named after the file that was started.
        (folder / "Runner.Worker").symlink_to(shutil.which("sh") or "/bin/sh")
        steps = f"{' '.join(CALLS['bash'])} {guard}; echo a step with always"
        jobs[name] = subprocess.Popen(
            [folder / "Runner.Worker", "-c", steps],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **GOOD, **changes},
            stdout=subprocess.PIPE,
            text=True,
        )
    time.sleep(0.5)
    worker = jobs["cancelled"].pid
    (hook,) = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    os.kill(int(hook), signal.SIGINT)
    os.kill(int(hook), signal.SIGTERM)
    logs = {name: job.communicate()[0] for name, job in jobs.items()}
    assert jobs["good"].returncode == 0
    assert logs["good"].endswith("a step with always\n")
    for name in ("topic", "cancelled"):
        assert jobs[name].returncode == -signal.SIGKILL
        refused((1, logs[name]))
    assert not (tmp_path / "ran").exists()


# The file


def test_it_can_be_started_and_is_a_sound_script() -> None:
    assert GUARD.stat().st_mode & stat.S_IXUSR
    listed = subprocess.run(
        ["git", "ls-files", "--stage", "--", str(GUARD)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not listed.stdout or listed.stdout.startswith("100755 ")
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, GUARD], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
