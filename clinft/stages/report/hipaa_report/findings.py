"""The 18 rows of Safe Harbor, and every finding with its place: type and length, never the text."""

from collections.abc import Iterable

from clinft.artifacts.audit import SEVERITIES, AuditReport, CategoryResult, Finding, Sensitivity
from clinft.stages.report import audit_words, numbers, run_evidence
from clinft.stages.report.audit_words import CITATION
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import code, escape, table
from clinft.statistics.rounding import low

SHOWN_FINDINGS = 200


def matrix(audit: AuditReport) -> Iterable[str]:
    infos, sure = audit_words.infos(audit), audit_words.by_letter(audit)
    yield "## The 18 identifiers"
    yield table(
        ("Citation", "Identifier", "Result", "Findings", "Sensitivity, lower bound", "Recognizers", "Note"),
        (_matrix_row(row, sure.get(row.letter), infos[row.letter]) for row in audit.categories),
        numeric={3},
    )
    yield (
        "45 CFR 164.514(b)(2)(ii), no actual knowledge that the rest could identify a person: **Needs human "
        "evidence**, in the sign-off below."
    )


def _matrix_row(category: CategoryResult, sure: Sensitivity | None, info: int) -> tuple[str, ...]:
    of_these = " (INFO)" if info == category.findings else f" ({info:,} INFO)"
    bound = None if sure is None else audit_words.lowest(sure)
    return (
        f"{CITATION}({escape(category.letter)})",
        escape(category.title),
        audit_words.result(category, sure, info),
        f"{category.findings:,}{of_these if info else ''}",
        "not measured" if bound is None else low(bound),
        ", ".join(code(name) for name in category.recognizers) or "none",
        escape(category.note),
    )


def findings(facts: RunFacts) -> Iterable[str]:
    audit = facts.audit
    yield "## Findings"
    yield run_evidence.severity_counts(audit.by_severity)
    total = sum(audit.by_severity.values())
    if total == 0:
        return
    yield (
        "Evidence is type and length only; the text itself is never copied out of the data. Rows count from "
        "1, offsets count characters of the field."
    )
    ordered = sorted(
        audit.findings,
        key=lambda found: (SEVERITIES.index(found.severity), found.file, found.row, found.field, found.start),
    )
    waived = frozenset(facts.decision.waived)
    yield table(
        (
            "Severity",
            "Evidence",
            "Cited",
            "File",
            "Row",
            "Field",
            "Offsets",
            "Recognizer",
            "Score",
            "Id",
            "Waived",
        ),
        (_finding(found, found.id in waived) for found in ordered[:SHOWN_FINDINGS]),
        numeric={4, 8},
    )
    left_out = total - min(len(ordered), SHOWN_FINDINGS)
    if left_out:
        yield f"{left_out:,} more are counted above; `audit.json` lists the first 1,000."
    yield from _remedies(audit)


def mask(found: Finding) -> str:
    """Built from type and length alone: nothing of the value can be in it."""
    return f"[{found.entity_type}, {numbers.count(found.end - found.start, 'character')}]"


def _finding(found: Finding, waived: bool) -> tuple[str, ...]:
    return (
        found.severity,
        code(mask(found)),
        f"({escape(found.safe_harbor)})",
        code(found.file),
        f"{found.row:,}",
        code(found.field),
        f"{found.start} to {found.end}",
        code(found.recognizer),
        f"{found.score:.2f}",
        code(found.id),
        "yes" if waived else "no",
    )


def _remedies(audit: AuditReport) -> Iterable[str]:
    if audit.remedies:
        yield "What to do about each type:"
        yield table(
            ("Type", "What to do"),
            ((code(name), escape(audit.remedies[name])) for name in sorted(audit.remedies)),
        )
