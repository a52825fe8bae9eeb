"""How much a find weighs: entity type → Safe Harbor letter and severity, from one table with reasons."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from clinft.artifacts.audit import SEVERITIES, Severity
from clinft.stages.audit import tables
from clinft.stages.audit.rule import Certainty

Kind = Literal["direct", "quasi"]
RANK: dict[Severity, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
BLOCKING: tuple[Severity, ...] = ("CRITICAL", "HIGH")
# A text whose search did not end in time.
UNSCANNED = "UNSCANNED_TEXT"
# So many different types of quasi-identifier in one text single out a person, whatever each says alone.
COMBINED_TYPES = 3
COMBINED: Severity = "HIGH"


@dataclass(frozen=True)
class Weight:
    """`kind`: `direct` points at one person by itself, `quasi` together with others."""

    letter: str
    severity: Severity
    in_settings: Severity
    reserved: Severity
    kind: Kind

    def of(self, certainty: Certainty, settings: bool) -> Severity:
        if certainty == "reserved":
            return self.reserved
        return self.in_settings if settings else self.severity


@cache
def weights() -> dict[str, Weight]:
    table = tables.table("severities")
    return {
        entity_type: Weight(
            letter=row["category"],
            severity=row["severity"],
            in_settings=row.get("in_settings", row["severity"]),
            reserved=table["reserved"],
            kind=row["kind"],
        )
        for entity_type, row in table["entities"].items()
    }
