"""What every audit says in the end: counts, sensitivity, origin, verdict, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinft.artifacts.audit import SEVERITIES, Authenticity, Provenance, Sensitivity, Verdict
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import tables
from clinft.stages.audit.batch import Scanned
from clinft.stages.audit.partial import Partial
from clinft.stages.audit.verdict import decide


@dataclass(frozen=True)
class Examined:
    scanned: Scanned
    sensitivity: tuple[Sensitivity, ...]
    authenticity: Authenticity
    verdict: Verdict
    because: tuple[str, ...]

    @property
    def result(self) -> Partial:
        return self.scanned.result

    @property
    def by_severity(self) -> dict[str, int]:
        return {severity: self.result.by_severity[severity] for severity in SEVERITIES}


def conclude(
    scanned: Scanned,
    provenance: Provenance,
    policy: AuditPolicy,
    sensitivity: tuple[Sensitivity, ...],
    brought: Mapping[str, str] | None = None,
) -> Examined:
    authenticity = scanned.result.evidence.result(provenance)
    verdict, because = decide(
        scanned.result.by_severity, sensitivity, policy.sensitivity_floor, authenticity, brought or {}
    )
    return Examined(scanned, sensitivity, authenticity, verdict, because)


def remedies(entity_types: Mapping[str, int]) -> dict[str, str]:
    """What to do about each type of finding, where the table says it."""
    rows = tables.table("severities")["entities"]
    found = {name: rows.get(name, {}).get("remedy", "") for name in sorted(entity_types)}
    return {name: remedy for name, remedy in found.items() if remedy}
