"""Do the entries of a run's status follow each other? Pure; the files are read in status_files."""

from collections.abc import Sequence

from clinft.artifacts.run_state import OVER, StatusEntry
from clinft.pipeline.transitions import first_illegal


def check_chain(entries: Sequence[StatusEntry]) -> str | None:
    """What is wrong first, as half a sentence; None where each entry follows from the one before.

    Nothing follows the last entry, so the chain cannot tell whether its words were changed: git does.
    """
    before: StatusEntry | None = None
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return f"entry {number} is missing"
        if entry.previous != (before.digest if before else None):
            return f"entry {number} does not name the entry before it"
        if before is not None and entry.run_id != before.run_id:
            return f"entry {number} belongs to another run"
        before = entry
    illegal = first_illegal([entry.status for entry in entries])
    return None if illegal is None else f"entry {illegal} tells what cannot follow the entries before it"


def ending(entries: Sequence[StatusEntry]) -> StatusEntry | None:
    """The entry that ended the attempt."""
    return next((entry for entry in entries if entry.status in OVER), None)
