"""Audit: the files that would be trained on or sent → AuditReport. CRITICAL or HIGH blocks."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from clinft.artifacts.audit import (
    SEVERITIES,
    AuditReport,
    Authenticity,
    CategoryResult,
    Finding,
    Provenance,
)
from clinft.ports.progress import Progress, ProgressTask
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import tables
from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.safe_harbor import CATEGORIES, Category
from clinft.stages.audit.scan import is_clean, scan_texts
from clinft.stages.audit.severity import BLOCKING, RANK, weights
from clinft.stages.audit.units import TextUnit, json_units, line_unit

STAGE_VERSION = 1
SHOWN_FINDINGS = 1000
# Describes the project: dates, places and addresses in it are not a patient's.
SETTINGS = frozenset(("project.yaml",))
LIMITS = (
    "Rules find names and places only where a title, label, relation, list or form gives them away; "
    "the trained detector for the others is not part of this version.",
    "No sensitivity was measured on real clinical notes, because none could be used; finding nothing is "
    "not proof that nothing is there.",
    "Text is searched value by value and line by line: an identifier split over several values, spelled "
    "out in words or disguised by look-alike letters can be missed.",
    "Photographs and biometric identifiers can be seen in text only as embedded data or file names.",
    "Whether the remaining information could identify a person, 45 CFR 164.514(b)(2)(ii), is for a "
    "person to say.",
)


@dataclass
class _Tally:
    """What grows while files stream by; its size does not depend on theirs."""

    digests: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    characters: int = 0
    by_severity: Counter[str] = field(default_factory=Counter)
    by_letter: Counter[str] = field(default_factory=Counter)


def rules_digest() -> str:
    """sha256 over the audit's sources and tables and Presidio's version: other rules, other digest."""
    package = Path(__file__).parent
    folding = package.parents[1] / "spec" / "folding.py"
    sources = sorted(
        [*package.rglob("*.py"), *tables.folder().glob("*.yaml"), folding], key=lambda path: path.as_posix()
    )
    digest = hashlib.sha256(metadata.version("presidio-analyzer").encode())
    for path in sources:
        digest.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def audit(
    project: str,
    files: Mapping[str, Path],
    provenance: Provenance,
    policy: AuditPolicy,
    progress: Progress,
) -> AuditReport:
    """`files`: name relative to the project folder → path. `.jsonl` is read row by row, the rest by line.

    An identifier that stands in records and in formatted files counts in each. `records_scanned`
    counts the rows of all `.jsonl` files.
    """
    tally = _Tally()
    total = sum(path.stat().st_size for path in files.values())
    with progress.task(f"audit {project}, bytes", total) as task:
        shown = heapq.nsmallest(SHOWN_FINDINGS, _findings(files, tally, task), key=_order)
    return AuditReport(
        verdict="FAIL" if any(tally.by_severity[severity] for severity in BLOCKING) else "PASS",
        by_severity={severity: tally.by_severity[severity] for severity in SEVERITIES},
        categories=tuple(_category(category, tally.by_letter[category.letter]) for category in CATEGORIES),
        findings=tuple(shown),
        files_scanned=tally.digests,
        records_scanned=tally.rows,
        characters_scanned=tally.characters,
        authenticity=Authenticity(provenance=provenance),
        policy=policy,
        limits=LIMITS,
    )


def _findings(files: Mapping[str, Path], tally: _Tally, task: ProgressTask) -> Iterator[Finding]:
    for finding in scan_texts(_units(files, tally, task)):
        tally.by_severity[finding.severity] += 1
        tally.by_letter[finding.safe_harbor] += 1
        yield finding


def _units(files: Mapping[str, Path], tally: _Tally, task: ProgressTask) -> Iterator[TextUnit]:
    for name in sorted(files):
        # The digest is taken of the very bytes that are scanned.
        digest = hashlib.sha256()
        with files[name].open("rb") as stream:
            for row, raw in enumerate(stream, start=1):
                digest.update(raw)
                line = raw.decode("utf-8", errors="replace").rstrip("\r\n")
                if name.endswith(".jsonl"):
                    tally.rows += 1
                    units = json_units(name, row, line, is_clean)
                else:
                    units = iter((line_unit(name, row, line, name in SETTINGS),))
                for unit in units:
                    tally.characters += len(unit.text)
                    yield unit
                task.advance(len(raw))
        tally.digests[name] = digest.hexdigest()


def _order(finding: Finding) -> tuple[int, str, int, int, str, str]:
    return (
        RANK[finding.severity],
        finding.file,
        finding.row,
        finding.start,
        finding.field,
        finding.entity_type,
    )


def _category(category: Category, findings: int) -> CategoryResult:
    return CategoryResult(
        letter=category.letter,
        title=category.title,
        recognizers=tuple(
            family
            for family, rules in TABLE.items()
            if any(weights()[rule.entity_type].letter == category.letter for rule in rules)
        ),
        findings=findings,
        status="found" if findings else ("none_found" if category.in_text else "not_text_checkable"),
        note=category.note,
    )
