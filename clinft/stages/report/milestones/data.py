"""The data plan is ready, and what the audit of it says."""

from collections.abc import Iterator

from clinft.artifacts.audit import SEVERITIES, AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.ports.sinks import Milestone, Threshold, Tone
from clinft.stages.report import audit_words
from clinft.stages.report.milestones.form import About, must, standing, worst
from clinft.stages.report.numbers import count

STATES = {"certified": "met", "below_floor": "not met", "not_certified": "not certifiable"}


def data_plan(about: About, prepared: PreparedDataset) -> Milestone:
    records = sum(split.records for split in prepared.splits.values())
    wording = f"wordings found both in train and in test ({prepared.wording}): "
    thresholds = (
        must(
            f"scenarios in more than one split: {prepared.shared_scenarios}; must be 0",
            prepared.shared_scenarios == 0,
        ),
        must(f"{wording}{prepared.shared_styles}; must be 0", prepared.shared_styles == 0)
        if prepared.styles_known
        else Threshold(f"{wording}nobody said how the records are written; must be 0", "missing"),
    )
    known = ((name, prepared.splits.get(name)) for name in ("train", "validation", "dev", "test"))
    splits = ", ".join(f"{name} {split.records:,}" for name, split in known if split is not None)
    return about.says(
        "data_plan",
        "data_plan",
        worst(thresholds),
        "data plan ready",
        (
            f"{count(records, 'synthetic record')}: {splits}",
            f"{count(prepared.duplicate_texts, 'record')} with a text that another one has too",
        ),
        thresholds,
    )


def audit(about: About, report: AuditReport, waived: int = 0) -> Milestone:
    """`waived`: HIGH findings with a waiver that counts."""
    thresholds = tuple(_audited(report, waived))
    passed = report.verdict == "PASS"
    # What it passed with: a threshold that is not met blocks nothing here, and people must know of it.
    warnings = sum(one.state != "met" for one in thresholds) if passed else 0
    tone: Tone = "bad" if not passed else "warning" if warnings else "good"
    verdict = f"{report.verdict} with {count(warnings, 'warning')}" if warnings else report.verdict
    found = ", ".join(f"{report.by_severity.get(severity, 0)} {severity}" for severity in SEVERITIES)
    return about.says(
        "audit",
        "audit",
        tone,
        f"HIPAA audit {verdict}: {audit_words.VERDICTS[report.verdict]}",
        (
            f"findings: {found}",
            f"searched for the 18 identifiers of {audit_words.CITATION}: "
            f"{count(report.records_scanned, 'row')} in {count(len(report.files_scanned), 'file')}",
            f"thresholds: {standing(thresholds)}",
            "Evidence for a privacy officer's decision, not the decision.",
        ),
        thresholds,
    )


def _audited(report: AuditReport, waived: int) -> Iterator[Threshold]:
    critical, high = (report.by_severity.get(severity, 0) for severity in ("CRITICAL", "HIGH"))
    yield must(f"CRITICAL findings: {critical}; none may stand", critical == 0)
    tail = f", {waived} of them waived by the role privacy" if waived else ""
    yield must(f"HIGH findings: {high}{tail}; none without a waiver", high <= waived)
    floor = f"at least {report.policy.sensitivity_floor:g}"
    if not report.sensitivity:
        yield Threshold(f"share of planted identifiers that is found: not measured; {floor}", "missing")
    for status, state in STATES.items():
        letters = [row.identifier for row in report.sensitivity if row.status == status]
        if letters:
            classes = ", ".join(audit_words.CLASSES[letter] for letter in letters)
            text = f"share of planted identifiers that is found, lower bound {floor}: {classes}"
            yield Threshold(text, state)  # type: ignore[arg-type]  # the table's values
