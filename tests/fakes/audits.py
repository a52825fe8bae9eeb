"""The audit stage with what a test does not care about filled in."""

from collections.abc import Mapping
from pathlib import Path

from clinft.artifacts.audit import AuditReport, Provenance
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import stage
from tests.fakes.progress import Quiet

PROVENANCE = Provenance(origin="generated", generator="diagnosis-notes", generator_version=1, seed=7)


def audited_files(files: Mapping[str, Path], policy: AuditPolicy | None = None) -> AuditReport:
    return stage.audit("demo", files, PROVENANCE, policy or AuditPolicy(), Quiet())
