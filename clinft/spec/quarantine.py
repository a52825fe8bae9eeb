"""`projects/<name>/QUARANTINE.yaml`: real patient data may lie here, so no verb works on the project."""

from pathlib import Path

from pydantic import Field

from clinft.errors import PolicyViolation, Problem
from clinft.spec.base import Strict
from clinft.spec.eligibility import IsoDate

FILE = "QUARANTINE.yaml"
CAUSE = "Somebody called `clinft incident`: real patient data may have been put into this project."
NEXT_STEP = (
    "Read incident/RECORD.md beside it. A pull request that only removes the file, approved by the role "
    "privacy, ends the quarantine."
)


class Quarantine(Strict):
    """Whatever else the file holds or does not hold: that it lies there is enough."""

    since: IsoDate = Field(description="The day on which the quarantine began.")
    discovered: IsoDate = Field(description="The day on which the data were noticed; the HIPAA clock starts.")


def lies_in(folder: Path) -> bool:
    """A broken link counts too: nothing about the file has to work."""
    path = folder / FILE
    return path.is_symlink() or path.exists()


def problem(folder: Path, shown: str) -> Problem | None:
    if not lies_in(folder):
        return None
    return Problem(shown, 1, 1, "This project is in quarantine.", CAUSE, NEXT_STEP)


def refuse(folder: Path) -> None:
    """PolicyViolation while the project is in quarantine."""
    if lies_in(folder):
        raise PolicyViolation(f"{folder} is in quarantine.", CAUSE, NEXT_STEP)
