"""Which run `clinft publish --run` means; where it means none, what was named instead."""

import re
from collections.abc import Iterable
from pathlib import Path

from clinft.errors import SpecError
from clinft.spec.load import SPEC_NAME
from clinft.spec.text import is_folder, shown_path

RUN = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")
RUNS, AGAIN = "runs", "again"
EXAMPLE = "projects/<name>/runs/0123456789ab-a1"
MOST_NAMED = 3


def named_run(given: Path, here: Path) -> Path:
    """The run's folder, without links. `here`: where the shell is. SpecError where it is none."""
    path = _resolved(here / given)
    if is_folder(path) and path.parent.name == RUNS:
        return path
    raise _instead(given, path, here)


def _instead(given: Path, path: Path, here: Path) -> SpecError:
    shown = shown_path(given)
    if len(given.parts) == 1 and RUN.fullmatch(given.name) and not path.exists():
        return _bare_id(given.name, here)
    if not path.exists():
        return SpecError(
            f"There is no folder {shown}.",
            "It is misspelt, or this run is not on the branch that is checked out here.",
            f"`git pull` on the protected branch, and name one that lies here, e.g. {EXAMPLE}.",
        )
    if not is_folder(path):
        return SpecError(
            f"{shown} is a file.", "--run wants a run's whole folder.", f"Name the folder: {EXAMPLE}."
        )
    if (path / SPEC_NAME).is_file():
        return SpecError(
            f"{shown} is a project, not a run.",
            "--run wants one of its runs.",
            _one_of(given, (path / RUNS).glob("*"), f"It has no run here; runs lie at {EXAMPLE}."),
        )
    if path.name == RUNS:
        return SpecError(
            f"{shown} holds a project's runs.",
            "--run wants one of them.",
            _one_of(given.parent, path.glob("*"), "It is empty here; `git pull` may bring some."),
        )
    return _below(given, path)


def _below(given: Path, path: Path) -> SpecError:
    shown = shown_path(given)
    if path.parent.name == AGAIN and RUN.fullmatch(path.parents[1].name):
        return SpecError(
            f"{shown} is an evaluation made again.",
            "It goes with the run that it is of.",
            f"Name that run: {shown_path(given.parents[1]) if len(given.parts) > 2 else EXAMPLE}.",
        )
    return SpecError(
        f"{shown} is no run's folder.",
        "A run's folder lies in the folder `runs` of a project.",
        f"Name one, e.g. {EXAMPLE}.",
    )


def _bare_id(run_id: str, here: Path) -> SpecError:
    found: list[Path] = []
    for root in (here, *here.parents):
        found = sorted(root.glob(f"projects/*/{RUNS}/{run_id}"))
        if found:
            found = [path.relative_to(root) for path in found]
            break
    where = ", ".join(shown_path(path) for path in found[:MOST_NAMED])
    return SpecError(
        f"{run_id} is the id of a run, not its folder.",
        "Ids repeat from project to project; the folder says which one is meant.",
        f"In this repository it is: {where}."
        if where
        else f"No run of this id lies here; {EXAMPLE} would be one.",
    )


def _one_of(project: Path, runs: Iterable[Path], otherwise: str) -> str:
    names = sorted(path.name for path in runs if RUN.fullmatch(path.name) and is_folder(path))
    if not names:
        return otherwise
    more = f" or {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    listed = ", ".join(shown_path(project / RUNS / name) for name in names[:MOST_NAMED])
    return f"Name one of them: {listed}{more}."


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return path
