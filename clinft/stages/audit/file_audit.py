"""`clinft audit FILE`: any files, without a project → FileAudit."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from clinft.artifacts.audit import FileAudit, FileFinding, Finding, Provenance
from clinft.ports.progress import Progress
from clinft.ports.workers import Workers
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import engine, naming
from clinft.stages.audit.batch import WHOLE, Scanned, Shard, bytes_of, scan
from clinft.stages.audit.digests import data_digest, rules_digest
from clinft.stages.audit.donors import donors_of
from clinft.stages.audit.elsewhere import pools
from clinft.stages.audit.examination import Examined, conclude
from clinft.stages.audit.limits import limits_of, named
from clinft.stages.audit.measure import measured
from clinft.stages.audit.pool import Pool, pool, worker_count
from clinft.stages.audit.reading.source import Source
from clinft.stages.audit.reading.walk import sources_of
from clinft.stages.audit.resume import Finished
from clinft.stages.audit.sensitivity import Donor
from clinft.stages.audit.shards import Part, merged, part_of, same

LISTED_FINDINGS = 100_000
# Nothing is known of where such a file comes from; its content alone speaks.
PROVENANCE = Provenance(origin="file")
LABEL = "audit"
UNREADABLE = "embedded/unreadable"


def audit_files(
    paths: Sequence[Path],
    policy: AuditPolicy,
    progress: Progress,
    *,
    workers: int | None = None,
    resume: Path | None = None,
    root: Path | None = None,
    elsewhere: Workers | None = None,
) -> FileAudit:
    """Each path is a file or a folder. `workers`: processes; None chooses. `resume`: a folder for finished
    work, so that an interrupted call goes on where it was. `root`: names in the report begin below it, and
    all that lies there is read. `elsewhere`: who scans, in place of processes of this machine.
    """
    sources = _sources(paths, policy, resume, root)
    finished = _finished(resume, policy)
    with pools(policy, workers, bytes_of(sources), elsewhere) as (scanning, measuring):
        scanned = _scan(sources, scanning, progress, finished)
        donors = donors_of(sources, scanned, scanning)
        audited = _conclude(donors, scanned, policy, measuring, progress)
    if finished:
        finished.forget()
    return audited


def audit_shard(
    paths: Sequence[Path],
    policy: AuditPolicy,
    progress: Progress,
    shard: Shard,
    *,
    workers: int | None = None,
    resume: Path | None = None,
) -> Part:
    """One of several calls that share the work: it hashes every byte and scans its own chunks."""
    sources = _sources(paths, policy, resume)
    finished = _finished(resume, policy)
    size = bytes_of(sources) // shard.of
    with pool(policy, worker_count(workers, size), size) as processes:
        scanned = _scan(sources, processes, progress, finished, shard)
    if finished:
        finished.forget()
    return part_of(scanned, None, policy, shard)


def merge_shards(
    parts: Sequence[Part],
    paths: Sequence[Path],
    policy: AuditPolicy,
    progress: Progress,
    *,
    workers: int | None = None,
) -> FileAudit:
    """All shards of an audit of `paths` → byte for byte what one call would have said.

    The files are still needed: canaries are planted into copies of their rows.
    """
    sources = _sources(paths, policy)
    files = {source.name: source.path for source in sources}
    scanned = same(merged(parts, None, policy, list(files), LISTED_FINDINGS), files)
    with pools(policy, workers, 0, None) as (reading, measuring):
        donors = donors_of(sources, scanned, reading)
        return _conclude(donors, scanned, policy, measuring, progress)


def _sources(
    paths: Sequence[Path], policy: AuditPolicy, resume: Path | None = None, root: Path | None = None
) -> tuple[Source, ...]:
    return sources_of(paths, gives_away(policy), root, resume)


def gives_away(policy: AuditPolicy) -> Callable[[str], bool]:
    return naming.gives_away(engine.of(policy))


def _finished(resume: Path | None, policy: AuditPolicy) -> Finished | None:
    return Finished(resume, policy, LISTED_FINDINGS) if resume else None


def _scan(
    sources: Sequence[Source],
    processes: Pool,
    progress: Progress,
    finished: Finished | None,
    shard: Shard = WHOLE,
) -> Scanned:
    with progress.task(f"{LABEL}, bytes", bytes_of(sources)) as task:
        return scan(sources, processes, LISTED_FINDINGS, task, finished, shard)


def _conclude(
    donors: Sequence[Donor], scanned: Scanned, policy: AuditPolicy, processes: Pool, progress: Progress
) -> FileAudit:
    sensitivity = measured(donors, scanned, processes, policy, progress, LABEL)
    return file_report(conclude(scanned, PROVENANCE, policy, sensitivity), policy)


def file_report(examined: Examined, policy: AuditPolicy) -> FileAudit:
    result, files = examined.result, examined.scanned.digests
    findings = tuple(map(_file_finding, result.first_findings()))
    total = sum(examined.by_severity.values())
    listed = (
        () if total == len(findings) else (f"The first {len(findings):,} of {total:,} findings are listed.",)
    )
    return FileAudit(
        verdict=examined.verdict,
        because=(*examined.because, *_unread(examined)),
        digest=data_digest(files),
        files=files,
        records=result.rows,
        characters=result.characters,
        by_severity=examined.by_severity,
        findings=findings,
        sensitivity=examined.sensitivity,
        sensitivity_floor=policy.sensitivity_floor,
        authenticity=examined.authenticity,
        rules=rules_digest(),
        limits=(*listed, *limits_of(result)),
    )


def _unread(examined: Examined) -> Iterator[str]:
    """Why the verdict says less, or another thing, than it seems to."""
    result = examined.result
    damaged = sorted({finding.file for finding in result.findings if finding.recognizer == UNREADABLE})
    if damaged:
        yield (
            f"Some bytes are neither UTF-8 nor Windows-1252 text, so no rule reads them: {named(damaged)}. "
            "Save the file as UTF-8 and call again."
        )
    empty = sorted(examined.scanned.digests.keys() - result.evidence.files.keys())
    if empty:
        yield f"Nothing was read in {named(empty)}: there are no rows, so the verdict says nothing about it."


def _file_finding(finding: Finding) -> FileFinding:
    return FileFinding(
        id=finding.id,
        file=finding.file,
        record=finding.row - 1,
        field=finding.field,
        start=finding.start,
        end=finding.end,
        identifier=finding.safe_harbor,
        entity_type=finding.entity_type,
        severity=finding.severity,
        score=finding.score,
        recognizer=finding.recognizer,
    )
