"""What one recogniser says of a place in a text, before it is known where that place lies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from clinft.stages.audit.finds import Find
from clinft.stages.audit.rule import Certainty
from clinft.stages.audit.severity import Weight


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """One rule or recogniser: what all its finds have in common."""

    recognizer: str
    entity_type: str
    score: float
    weight: Weight


class Match(NamedTuple):
    start: int
    end: int
    origin: Origin
    certainty: Certainty
    asked_last: Callable[[], Certainty | None] | None = None

    def find(self, start: int, end: int, reading: str = "") -> Find:
        """At its place in the text itself. `reading`: which other reading of the text showed it."""
        origin = self.origin
        return Find(
            start=start,
            end=end,
            entity_type=origin.entity_type,
            score=origin.score,
            recognizer=f"{origin.recognizer}/{reading}" if reading else origin.recognizer,
            certainty=self.certainty,
            weight=origin.weight,
            asked_last=self.asked_last,
        )
