"""The folder that a model is handed over in: where it may lie, and what an earlier call wrote there."""

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.handover import MANIFEST, SUMS, Form, GgufType, HandOver, copied_as
from clinft.errors import SpecError
from clinft.pipeline.handover.permission import Permitted

PROJECTS, GIT = "projects", ".git"


def refuse_place(run: Permitted, out: Path) -> None:
    """SpecError for a place in which files are evidence or data, or git's own."""
    place = out.resolve()
    # As it is named too, folder by folder: a link may lead here, and runs/ may be one that leads elsewhere.
    named = Path(os.path.abspath(out))  # noqa: PTH100  # which does not follow links
    inside = {place, *place.parents, *(one.resolve() for one in (named, *named.parents))}
    if inside & {(run.folder.parents[3] / PROJECTS).resolve(), run.folder.parent.resolve()}:
        raise SpecError(
            f"{out} lies inside {PROJECTS}/.",
            "There a model would be taken for evidence or data, and committed.",
            "Name a folder elsewhere with --out.",
        )
    if GIT in place.parts:
        raise SpecError(
            f"{out} lies inside a {GIT} folder.",
            "What lies there is git's own.",
            "Name a folder elsewhere with --out.",
        )


def earlier(run: Permitted, form: Form, gguf: GgufType | None, out: Path) -> HandOver | None:
    """What `out` says of itself: this run in this form, whole. None: nothing lies there.

    SpecError for anything else. Seen in moments; whether it is true, `packing.again` finds out.
    """
    if not out.exists() and not out.is_symlink():
        return None
    found = said_by(out)
    if found is None or not _meant(found, run, form, gguf) or not _whole(found, out):
        raise taken(out)
    return found


def taken(out: Path) -> SpecError:
    return SpecError(
        f"{out} exists already.",
        "It is not, whole and unchanged, what this call would write, and nothing else may lie in the folder.",
        "Name another folder with --out, or remove that one.",
    )


def sums_of(folder: Path, names: Iterable[str]) -> str:
    """As `sha256sum -c` reads it."""
    return "".join(f"{digest_file(folder / name)}  {name}\n" for name in sorted(names))


def said_by(out: Path) -> HandOver | None:
    """Its manifest; None where it has none that can be read."""
    path = out / MANIFEST
    if not path.is_file():
        return None
    try:
        return HandOver.model_validate_json(path.read_bytes())
    except ValidationError:
        return None


def _meant(found: HandOver, run: Permitted, form: Form, gguf: GgufType | None) -> bool:
    record, trained = run.run.own.record, run.trained.weights
    same = (found.form, found.project, found.run_id) == (form, record.project, record.run_id)
    if not same or found.record_digest != record.digest or found.trained_weights != trained:
        return False
    if form in ("adapter", "full"):
        files = {name: one.sha256 for name, one in found.files.items()}
        return all(files.get(copied_as(name)) == sha256 for name, sha256 in trained.items())
    return form != "gguf" or found.dtype == gguf


def _whole(found: HandOver, out: Path) -> bool:
    there = list(out.iterdir())
    names = {path.name for path in there}
    if names != {*found.files, MANIFEST, SUMS} or any(not one.is_file() or one.is_symlink() for one in there):
        return False
    sums = sums_of(out, names - {SUMS})
    listed = {f"{one.sha256}  {name}" for name, one in found.files.items()}
    return (out / SUMS).read_bytes() == sums.encode() and listed <= {*sums.splitlines()}
