"""`guard.sh --check`: is the GPU box set up as docs/runner.md asks for it?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.runner_guard import CALLS, HOOK, SHELLS, TRAIN, install

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the guard is for Linux: /proc and GNU stat")


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    return install(tmp_path / "etc")


@pytest.fixture
def runner(guard: Path, tmp_path: Path) -> Path:
    """The runner's folder, as docs/runner.md asks for it."""
    folder = tmp_path / "actions-runner"
    (folder / "bin").mkdir(parents=True)
    folder.chmod(0o1775)
    (folder / "bin").chmod(0o755)
    (folder / "bin/Runner.Worker").write_text("")
    (folder / ".env").write_text(f"LANG=C.UTF-8\n{HOOK}={guard}\n")
    for path in (guard.with_name("guard.conf"), folder / ".env", folder / "bin/Runner.Worker"):
        path.chmod(0o644)
    return folder


def check(guard: Path, *folders: Path | str, shell: str = "sh") -> tuple[int, str]:
    done = subprocess.run(
        [*CALLS[shell], guard, "--check", *folders], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files that belong to root")
def test_a_box_that_is_set_up_as_the_guide_says_is_right(guard: Path, runner: Path, shell: str) -> None:
    assert check(guard, runner, shell=shell) == (
        0,
        f"right: only octo-org/clinic/{TRAIN} on main may start here.\n",
    )
    os.chown(guard, 65534, -1)
    os.chown(runner / ".env", 65534, -1)
    code, said = check(guard, runner, shell=shell)
    assert code == 1
    assert said.count("does not belong to root") == 2


def line(runner: Path, *lines: str) -> None:
    (runner / ".env").write_text("".join(f"{line}\n" for line in lines))


WRONG = {
    "a guard others may write": (lambda guard, runner: guard.chmod(0o775), "guard.sh (0775)"),
    "a configuration anybody may write": (
        lambda guard, runner: guard.with_name("guard.conf").chmod(0o646),
        "guard.conf (0646)",
    ),
    "a folder above that the group may write": (
        lambda guard, runner: guard.parent.chmod(0o775),
        "etc (0775)",
    ),
    "no configuration": (
        lambda guard, runner: guard.with_name("guard.conf").unlink(),
        "guard.conf is missing",
    ),
    "an unsound configuration": (
        lambda guard, runner: guard.with_name("guard.conf").write_text("repository=*\n"),
        "form owner/name",
    ),
    "no .env": (lambda guard, runner: (runner / ".env").unlink(), ".env is missing"),
    "a .env that jobs may write": (lambda guard, runner: (runner / ".env").chmod(0o666), ".env (0666)"),
    "a folder in which jobs may replace .env": (
        lambda guard, runner: runner.chmod(0o775),
        "actions-runner (0775)",
    ),
    "a runner that jobs may replace": (
        lambda guard, runner: (runner / "bin/Runner.Worker").chmod(0o757),
        "Runner.Worker (0757)",
    ),
    "no hook": (lambda guard, runner: line(runner, "LANG=C"), f"sets {HOOK} 0 times"),
    "a hook that is commented out": (
        lambda guard, runner: line(runner, f"#{HOOK}={guard}"),
        f"sets {HOOK} 0 times",
    ),
    "two hooks, of which the last counts": (
        lambda guard, runner: line(runner, f"{HOOK}={guard}", f"{HOOK}="),
        f"sets {HOOK} 2 times",
    ),
    "another hook": (lambda guard, runner: line(runner, f"{HOOK}=/tmp/x.sh"), "is /tmp/x.sh, not"),
    "a hook in quotes": (lambda guard, runner: line(runner, f'{HOOK}="{guard}"'), "is ?/"),
    "a link to the configuration": (
        lambda guard, runner: (
            guard.with_name("guard.conf").rename(guard.with_name("other")),
            guard.with_name("guard.conf").symlink_to("other"),
        ),
        "guard.conf is a link",
    ),
}


@pytest.mark.parametrize(("change", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_box_is_said(guard: Path, runner: Path, change, why: str) -> None:  # type: ignore[no-untyped-def]
    change(guard, runner)
    code, said = check(guard, runner)
    assert code == 1
    assert any(said_line.startswith("wrong: ") and why in said_line for said_line in said.splitlines()), said
    assert said.endswith("docs/runner.md of the repository says how it is put right.\n")


def test_a_hook_that_the_runner_would_not_call_is_wrong(guard: Path, runner: Path) -> None:
    renamed = guard.rename(guard.with_name("guard"))
    assert "does not end in .sh" in check(renamed, runner)[1]


def test_a_folder_without_a_runner_is_wrong(guard: Path, tmp_path: Path) -> None:
    assert "There is no folder" in check(guard, tmp_path / "nowhere")[1]


@pytest.mark.parametrize("arguments", [["--chek"], ["--check", "/a", "/b"], ["--help"], [""]])
def test_another_call_is_a_usage_error(guard: Path, arguments: list[str]) -> None:
    done = subprocess.run(["sh", guard, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: ")
