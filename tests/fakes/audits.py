"""Audits with what a test does not care about filled in, without planted identifiers: those take seconds."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from clinft.artifacts.audit import AuditReport, FileAudit, Provenance
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import file_audit, stage
from clinft.stages.audit.batch import Scanned, scan
from clinft.stages.audit.examination import conclude
from clinft.stages.audit.pool import pool
from clinft.stages.audit.reading.source import Source
from clinft.stages.audit.reading.walk import sources_of
from tests.fakes.progress import QuietTask

PROVENANCE = Provenance(origin="generated", generator="diagnosis-notes", generator_version=1, seed=7)


def audited_files(files: Mapping[str, Path], policy: AuditPolicy | None = None) -> AuditReport:
    """As `stage.audit`, of a project's files by name."""
    policy = policy or AuditPolicy()
    scanned = scanned_sources(stage.sources_of_project(files), policy)
    return stage.report(conclude(scanned, PROVENANCE, policy, ()), policy)


def audited_paths(*paths: Path, policy: AuditPolicy | None = None) -> FileAudit:
    """As `file_audit.audit_files`."""
    policy = policy or AuditPolicy()
    sources = sources_of(paths, file_audit.gives_away(policy))
    scanned = scanned_sources(sources, policy)
    return file_audit.file_report(conclude(scanned, file_audit.PROVENANCE, policy, ()), policy)


def scanned_sources(
    sources: Iterable[Source], policy: AuditPolicy | None = None, workers: int = 1, keep: int = 1000
) -> Scanned:
    with pool(policy or AuditPolicy(), workers) as processes:
        return scan(tuple(sources), processes, keep, QuietTask())
