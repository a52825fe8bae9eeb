"""`runs/<run_id>/status/NN.json`: one entry a file, added one by one and never changed.

The record is sealed before the last entry is written, so it does not list them; the chain holds them
together, and the entry that ends the attempt names the record.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.run_state import StatusEntry
from clinft.errors import DigestMismatch
from clinft.pipeline.status_chain import check_chain

FOLDER = "status"
AGAIN = "again"  # runs/<run_id>/again/NN/: evaluated once more, with a record and a status of its own
NAME = re.compile(r"[0-9]{2}\.json")
NUMBER = re.compile(r"[0-9]{2}|[1-9][0-9]{2,5}")


def file_name(entry: StatusEntry) -> str:
    return f"{entry.number:02d}.json"


def run_id_of(folder: Path) -> str:
    """Of the run that the folder belongs to; `again/NN` belongs to the run around it."""
    whole = folder.absolute()
    return whole.parents[1].name if whole.parent.name == AGAIN else whole.name


def again(run: Path) -> list[Path]:
    """Folders of its further evaluations by number: the hundredth comes after the ninety-ninth."""
    found = (path for path in (run / AGAIN).glob("*") if NUMBER.fullmatch(path.name))
    return sorted(found, key=lambda path: int(path.name))


def names(run: Path) -> tuple[str, ...]:
    """Names in the folder in order, but for what a killed write left behind."""
    folder = run / FOLDER
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")))


def read(run: Path) -> tuple[StatusEntry, ...]:
    """All entries, empty where a run has none. Raises DigestMismatch where a file or the chain is wrong."""
    entries = tuple(read_one(run / FOLDER / name) for name in names(run))
    _check(run, entries)
    return entries


def read_one(path: Path) -> StatusEntry:
    """Byte for byte what clinft writes under this name, or DigestMismatch."""
    if not NAME.fullmatch(path.name):
        raise _mismatch(f"{path} is no entry of a status.")
    try:
        data = path.read_bytes()
        entry = StatusEntry.model_validate_json(data)
    except (OSError, ValidationError):
        raise _mismatch(f"{path} cannot be read as an entry of a status.") from None
    if data != run_folder.to_bytes(entry) or path.name != file_name(entry):
        raise _mismatch(f"{path} is not what clinft wrote.")
    return entry


def write_new(run: Path, entries: Iterable[StatusEntry]) -> list[Path]:
    """Writes the entries that are not there yet, in order, and returns their files.

    Refuses, before anything is written, where one that is there says otherwise, where it belongs to
    another run, or where the chain would not hold.
    """
    there = {entry.number: entry for entry in read(run)}
    whole = dict(there)
    for entry in entries:
        if whole.setdefault(entry.number, entry) != entry:
            raise _mismatch(f"{run / FOLDER}: entry {entry.number} would be changed.")
    in_order = [whole[number] for number in sorted(whole)]
    _check(run, in_order)
    written = []
    for entry in in_order:
        if entry.number not in there:
            path = run / FOLDER / file_name(entry)
            run_folder.write_atomically(path, run_folder.to_bytes(entry))
            written.append(path)
    return written


def _check(run: Path, entries: Sequence[StatusEntry]) -> None:
    wrong = check_chain(entries)
    if wrong is None and any(entry.run_id != run_id_of(run) for entry in entries):
        wrong = "an entry belongs to another run"
    if wrong is not None:
        raise _mismatch(f"{run / FOLDER}: {wrong}.")


def _mismatch(what: str) -> DigestMismatch:
    return DigestMismatch(
        what,
        "The status of a run is only ever added to; a file was changed, removed or brought from elsewhere.",
        "Restore the folder from git; the project's journal in refs/clinft/ holds the entries too.",
    )
