"""A copy of a project in which the stages before training work, so that the repository stays as it is.

Records are made anew there and deleted with it; what lies in the project's own data/ is not looked at.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from clinft.errors import SpecError
from clinft.pipeline.assistant.desk import PROJECTS, Desk
from clinft.pipeline.before_training import prepare_stage
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import FILE
from clinft.pipeline.driver import run_stage
from clinft.pipeline.github.plans import FOLDER, named
from clinft.pipeline.problems import problems_of
from clinft.pipeline.unpermitted import POLICY
from clinft.spec import quarantine
from clinft.spec.load import SPEC_NAME
from clinft.stages.gate.paths import plan_paths

# Read where they lie: evidence that the stages before training only look at.
LINKED = ("runs", "assess.json", quarantine.FILE)
LARGEST_FILE = 64_000_000
COPY = "check"
MOST_RECORDS = 20_000


def copied(desk: Desk, name: str, written: Mapping[str, str] | None = None, *, policy: bool = False) -> Path:
    """The copy's folder. `written`: texts to be tried instead of those in the project, by file.

    `policy`: with this checkout's above it.
    """
    source, root = desk.project(name), desk.scratch / COPY
    target = root / PROJECTS / name
    _empty(target)
    for place in plan_paths(name):
        inside = place.removeprefix(f"{PROJECTS}/{name}/")
        _copy(source / inside, target / inside)
    # A link in its place is refused.
    _copy(source / FILE, target / FILE)
    for kept in LINKED:
        if (source / kept).exists() and not (source / kept).is_symlink():
            (target / kept).symlink_to((source / kept).resolve())
    for file, text in (written or {}).items():
        (target / file).parent.mkdir(exist_ok=True)
        (target / file).write_text(text, encoding="utf-8", newline="\n")
    _stand_in_for_model(desk.root, root, target / SPEC_NAME)
    (root / POLICY).unlink(missing_ok=True)
    if policy:
        _copy(desk.root / POLICY, root / POLICY)
    return target


def prepared(desk: Desk, name: str) -> Context:
    """With records; SpecError with every problem where the project is not valid."""
    folder = copied(desk, name)
    found = problems_of(folder)
    if found:
        raise SpecError(
            f"projects/{name} is not valid yet.",
            "Nothing can be computed of a spec that has problems.",
            "Correct what is listed, with draft_spec, then ask again.",
            tuple(found),
        )
    context = opened(desk, folder)
    run_stage(prepare_stage(), context)
    return context


def opened(desk: Desk, folder: Path) -> Context:
    """Before anything is made of it; SpecError where that would take longer than a conversation."""
    # Weights lie in the repository, and what the month has cost is told by the runs of all its projects.
    context = desk.opened(folder, desk.root)
    if context.loaded.spec.data.records > MOST_RECORDS:
        raise SpecError(
            f"{context.name} has more than {MOST_RECORDS:,} records.",
            "Making and searching them takes longer than an assistant waits.",
            f"In a terminal: clinft run projects/{context.name} --until estimate",
        )
    return context


def _empty(target: Path) -> None:
    """But for data/: what was made of the same inputs is kept."""
    target.mkdir(parents=True, exist_ok=True)
    for path in target.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.name != "data":
            shutil.rmtree(path)


def _stand_in_for_model(root: Path, copy: Path, spec: Path) -> None:
    """A base model that is a folder of the repository needs no revision: the copy has such a folder too."""
    try:
        reference = named(spec, "training", "base_model", FOLDER)
    except SpecError:
        return  # told where the spec is read
    inside = reference is not None and (root / reference).resolve().is_relative_to(root.resolve())
    if reference is not None and inside and (root / reference).is_dir():
        (copy / reference).mkdir(parents=True, exist_ok=True)


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink():
        raise _link(source)
    if source.is_file():
        if source.stat().st_size > LARGEST_FILE:
            raise SpecError(
                f"{source.name} is larger than {LARGEST_FILE:,} bytes.",
                "It is more than a conversation can wait for.",
                "Run the verb itself in a terminal.",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    elif source.is_dir():
        for path in sorted(source.iterdir()):
            _copy(path, target / path.name)


def _link(path: Path) -> SpecError:
    return SpecError(
        f"{path.name} is a symbolic link.",
        "What it points to could lie outside the repository, so none is followed.",
        "Put the file itself there.",
    )
