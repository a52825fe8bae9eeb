"""Deleting weights and checkpoints on the machine that trained them, once they are past their date.

Only folders of runs that this repository knows are ever touched, in the store. What was deleted stays as a
small note beside them, and is told with every bundle until a record says it.
"""

import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.bundle import Disposed
from clinft.errors import ClinftError
from clinft.pipeline.github.journal import utc_text
from clinft.pipeline.github.retention import Known, KnownRun
from clinft.pipeline.tracking import RUN, SLUG

NOTE = re.compile(rf"({RUN.pattern})\.json")
MOST_TOLD = 1000


@dataclass(frozen=True)
class Swept:
    """`disposed`: deleted here now or earlier, and no record says so yet. `failed`: a person must look."""

    disposed: tuple[Disposed, ...] = ()
    said: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True)
class Store:
    """`root`/<project>/<run_id>/, filled by `clinft train`. No link is followed."""

    root: Path

    def projects(self) -> tuple[str, ...]:
        return tuple(name for name in _folders(self.root) if SLUG.fullmatch(name))

    def runs(self, project: str) -> tuple[str, ...]:
        return tuple(name for name in _folders(self.root / project) if RUN.fullmatch(name))

    def notes(self, project: str) -> dict[str, Disposed]:
        """What was deleted here, by run id. What cannot be read is nobody's note."""
        found = {}
        for path in sorted((self.root / project).glob("*.json")):
            name = NOTE.fullmatch(path.name)
            if name is None or path.is_symlink() or not path.is_file():
                continue
            try:
                note = Disposed.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                continue
            if (note.project, note.run_id) == (project, name[1]):
                found[note.run_id] = note
        return found

    def delete(self, project: str, run_id: str, now: datetime) -> Disposed:
        """The note is written first: whoever is killed half-way goes on with it. OSError where it fails."""
        folder = self.root / project / run_id
        files, size = _counted(folder)
        earlier = self.notes(project).get(run_id)
        note = Disposed(
            project=project,
            run_id=run_id,
            files=max(files, 0 if earlier is None else earlier.files),
            size_bytes=max(size, 0 if earlier is None else earlier.size_bytes),
            at=utc_text(now),
        )
        run_folder.write_atomically(self._note(project, run_id), run_folder.to_bytes(note))
        shutil.rmtree(folder)
        return note

    def newest(self, project: str, run_id: str) -> datetime:
        """When a file of it was last written. A folder also changes where a deletion was cut short."""
        told = [path.lstat() for path in (self.root / project / run_id).rglob("*")]
        times = [one.st_mtime for one in told if not stat.S_ISDIR(one.st_mode)]
        return datetime.fromtimestamp(max(times, default=0.0), UTC)

    def forget(self, project: str, run_id: str) -> None:
        self._note(project, run_id).unlink(missing_ok=True)

    def _note(self, project: str, run_id: str) -> Path:
        return self.root / project / f"{run_id}.json"


def sweep(store: Path, known: Known) -> Swept:
    """One project that cannot be looked at keeps all it has, and stops no other."""
    place = Store(store.resolve())
    said: list[str] = []
    disposed: list[Disposed] = []
    failed = False
    for project in place.projects():
        try:
            runs = known.runs(project)
        except ClinftError as error:
            said.append(f"{project}: no weights are deleted. {error.what}")
            failed = True
            continue
        for run_id in place.runs(project):
            if run_id not in runs or known.kept(runs[run_id], "weights_deleted") is not None:
                continue
            # Only the state tells of it, which anybody who may push can write: its files must be old as well.
            if not runs[run_id].merged and not known.is_past(place.newest(project, run_id)):
                continue
            try:
                note = place.delete(project, run_id, known.now)
            except OSError as error:
                said.append(f"{project}: the weights of {run_id} cannot be deleted: {type(error).__name__}.")
                failed = True
            else:
                what = f"{note.files:,} files, {note.size_bytes:,} bytes"
                said.append(f"{project}: the weights of {run_id} were past their date: deleted, {what}.")
        disposed += _untold(place, project, runs)
    return Swept(tuple(disposed[:MOST_TOLD]), tuple(said), failed)


def _untold(place: Store, project: str, runs: Mapping[str, KnownRun]) -> Iterator[Disposed]:
    """Notes of what is wholly gone; those that a record repeats by now are not needed any more."""
    there = place.runs(project)
    for run_id, note in place.notes(project).items():
        run = runs.get(run_id)
        if run is None or run_id in there:
            continue
        if run.says("weights_deleted"):
            place.forget(project, run_id)
        else:
            yield note


def _folders(folder: Path) -> list[str]:
    """Names of real folders; a folder that is none itself, or is a link, has none."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.is_symlink())


def _counted(folder: Path) -> tuple[int, int]:
    """Files and their bytes; a link counts as what it is."""
    files = size = 0
    for path in folder.rglob("*"):
        told = path.lstat()
        if path.is_symlink() or not path.is_dir():
            files, size = files + 1, size + told.st_size
    return files, size
