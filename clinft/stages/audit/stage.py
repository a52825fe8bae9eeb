"""Audit: the files that would be trained on or sent → AuditReport. CRITICAL or HIGH blocks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clinft.artifacts.audit import AuditReport, CategoryResult, Provenance
from clinft.ports.progress import Progress
from clinft.ports.workers import Workers
from clinft.spec.audit_policy import AuditPolicy
from clinft.spec.data import OWN_PACK
from clinft.stages.audit import engine
from clinft.stages.audit.batch import Shard, bytes_of, scan
from clinft.stages.audit.digests import rules_digest
from clinft.stages.audit.donors import donors_of
from clinft.stages.audit.elsewhere import pools
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.examination import Examined, conclude, remedies
from clinft.stages.audit.limits import limits_of
from clinft.stages.audit.measure import measured
from clinft.stages.audit.pool import pool, worker_count
from clinft.stages.audit.reading.source import Source, source
from clinft.stages.audit.resume import Finished
from clinft.stages.audit.safe_harbor import CATEGORIES, Category
from clinft.stages.audit.sensitivity import challenge_sha256
from clinft.stages.audit.shards import Part, merged, part_of, same

__all__ = [
    "SHOWN_FINDINGS",
    "STAGE_VERSION",
    "audit",
    "audit_shard",
    "brought",
    "report",
    "rules_digest",
    "sources_of_project",
]

STAGE_VERSION = 2
SHOWN_FINDINGS = 1000
# They describe the project: dates, places and addresses in them are not a patient's.
SETTINGS = frozenset(("project.yaml", OWN_PACK))
# The formatted files repeat them.
RECORDS, BROUGHT = "data/records/", "synthetic/"


def audit(
    project: str,
    files: Mapping[str, Path],
    provenance: Provenance,
    policy: AuditPolicy,
    progress: Progress,
    *,
    workers: int | None = None,
    resume: Path | None = None,
    elsewhere: Workers | None = None,
    parts: Sequence[Part] = (),
) -> AuditReport:
    """`files`: name relative to the project folder → path.

    An identifier that stands in records and in formatted files counts in each. `records_scanned`
    counts the rows of all `.jsonl` files. `workers`: processes; None chooses. `resume`: a folder for
    finished work, so that an interrupted call goes on where it was. `elsewhere`: who scans, in place of
    processes of this machine. `parts`: what all shards found, which then is not looked for again.
    """
    sources = sources_of_project(files)
    size = bytes_of(sources)
    finished = Finished(resume, policy, SHOWN_FINDINGS) if resume else None
    with pools(policy, workers, size, elsewhere) as (scanning, measuring):
        if parts:
            scanned = same(merged(parts, project, policy, list(files), SHOWN_FINDINGS), files)
        else:
            with progress.task(f"audit {project}, bytes", size) as task:
                scanned = scan(sources, scanning, SHOWN_FINDINGS, task, finished)
        donors = donors_of(sources, scanned, scanning)
        sensitivity = measured(donors, scanned, measuring, policy, progress, f"audit {project}")
    examined = conclude(scanned, provenance, policy, sensitivity, brought(scanned.digests))
    if finished:
        finished.forget()
    return report(examined, policy)


def audit_shard(
    project: str,
    files: Mapping[str, Path],
    policy: AuditPolicy,
    progress: Progress,
    shard: Shard,
    *,
    workers: int | None = None,
) -> Part:
    """One of several calls that share the work: it hashes every byte and scans its own chunks."""
    sources = sources_of_project(files)
    size = bytes_of(sources)
    own = size // shard.of
    with (
        pool(policy, worker_count(workers, own), own) as processes,
        progress.task(f"audit {project}, shard {shard.index}/{shard.of}, bytes", size) as task,
    ):
        scanned = scan(sources, processes, SHOWN_FINDINGS, task, shard=shard)
        return part_of(scanned, project, policy, shard)


def sources_of_project(files: Mapping[str, Path]) -> tuple[Source, ...]:
    return tuple(
        source(
            name,
            files[name],
            settings=name in SETTINGS,
            records=name.startswith(RECORDS),
            counted=name.endswith(".jsonl"),
        )
        for name in sorted(files)
    )


def brought(digests: Mapping[str, str]) -> dict[str, str]:
    """The files that somebody brought, or the records themselves where those are not audited."""
    for folder in (BROUGHT, RECORDS):
        found = {name: sha256 for name, sha256 in digests.items() if name.startswith(folder)}
        if found:
            return found
    return {}


def report(examined: Examined, policy: AuditPolicy) -> AuditReport:
    result = examined.result
    rules = engine.of(policy)
    return AuditReport(
        verdict=examined.verdict,
        because=examined.because,
        by_severity=examined.by_severity,
        categories=tuple(
            _category(category, result.by_letter[category.letter], rules) for category in CATEGORIES
        ),
        findings=tuple(result.first_findings()),
        remedies=remedies(result.by_type),
        sensitivity=examined.sensitivity,
        policy=policy,
        challenge_sha256=challenge_sha256() if examined.sensitivity else None,
        files_scanned=examined.scanned.digests,
        records_scanned=result.rows,
        characters_scanned=result.characters,
        authenticity=examined.authenticity,
        limits=limits_of(result),
    )


def _category(category: Category, findings: int, rules: Engine) -> CategoryResult:
    return CategoryResult(
        letter=category.letter,
        title=category.title,
        recognizers=rules.recognizers(category.letter),
        findings=findings,
        status="found" if findings else ("none_found" if category.in_text else "not_text_checkable"),
        note=category.note,
    )
