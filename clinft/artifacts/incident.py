"""What `clinft incident` knows without anybody's help: when, and everything that may hold the data."""

from pydantic import Field

from clinft.artifacts.handling import EgressRow
from clinft.spec.base import Strict
from clinft.spec.quarantine import Quarantine


class Held(Strict):
    """One place that may hold the data, and how it is emptied."""

    place: str
    how: str
    known: str = Field(default="", description="What is known of it, e.g. ids; empty: a person must look.")


class Deadline(Strict):
    what: str
    citation: str
    by: str = Field(description="Last day, YYYY-MM-DD; or what it counts from.")


class Incident(Strict):
    project: str
    quarantine: Quarantine
    held: tuple[Held, ...]
    told: tuple[EgressRow, ...]
    clock: tuple[Deadline, ...]
