"""How much a find weighs: entity type → Safe Harbor letter and severity, from one table with reasons."""

from dataclasses import dataclass
from functools import cache

from clinft.artifacts.audit import SEVERITIES, Severity
from clinft.stages.audit import tables
from clinft.stages.audit.rule import Certainty

RANK: dict[Severity, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
BLOCKING: tuple[Severity, ...] = ("CRITICAL", "HIGH")


@dataclass(frozen=True)
class Weight:
    letter: str
    severity: Severity
    in_settings: Severity
    reserved: Severity

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
        )
        for entity_type, row in table["entities"].items()
    }
