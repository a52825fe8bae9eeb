"""The site's folder: written beside its place and moved there whole; nothing else is ever overwritten."""

import shutil
import tempfile
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from clinft.errors import SpecError
from clinft.pipeline import places

# Lies in every site, and tells the next call that it may replace this one.
MARK = ".clinft-site"
MARKED = b"Written by clinft dashboard, and replaced by its next call.\n"


def write(out: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """How many pages there are. SpecError, before anything is made, where something else lies there."""
    check(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        pages = _fill(partial, files)
        # mkdtemp lets nobody else in; a site is there to be read.
        partial.chmod(0o755)
        _swap(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return pages


def check(out: Path) -> None:
    places.refuse_evidence(out)
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise _refused(out, "is no folder")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise _refused(out, "holds something else")


def _fill(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    pages = 0
    for name, data in chain(files, ((MARK, MARKED),)):
        path = folder / name
        if ".." in path.parts or not path.is_relative_to(folder):
            raise ValueError("a page outside of the site")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        pages += name.endswith(".html")
    return pages


def _swap(made: Path, out: Path) -> None:
    """Two renames: a reader sees the old site or the new one, and for a moment none."""
    if not out.exists():
        made.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    out.rename(old / out.name)
    made.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _refused(out: Path, why: str) -> SpecError:
    return SpecError(
        f"{out} {why}, so no site is written there.",
        "Only an empty folder, or a site that clinft dashboard wrote, is replaced.",
        "Name another folder: clinft dashboard --out DIR.",
    )
