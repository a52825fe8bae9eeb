"""The regression verdict: against what, by which margin, the safety tier and what a PASS does not say."""

from collections.abc import Iterable

from clinft.artifacts.fact_sheet import FactSheet, VerdictFacts
from clinft.stages.report import numbers, words
from clinft.stages.report.cards.facts import figures
from clinft.stages.report.cards.said import said, status
from clinft.stages.report.markdown import bullets, code, escape, table

SHOWN_ITEMS = 10


def verdict(sheet: FactSheet) -> Iterable[str]:
    found = sheet.verdict
    yield "## Safety and regression"
    yield (
        f"**{escape(found.status)}**, recommendation **{escape(found.recommendation)}**: "
        f"{escape(found.reason)}"
    )
    lines = [
        "Baseline: "
        + (
            numbers.missing("nothing is deployed to compare with")
            if found.baseline_run_id is None
            else code(found.baseline_run_id)
        ),
        "Version to keep in use: "
        + (numbers.missing("the verdict names none") if found.keep is None else code(found.keep)),
    ]
    if found.protocol_sha256 is not None:
        lines.append(
            f"Margins, critical answers and bounds, set before: sha256 {numbers.short(found.protocol_sha256)}"
        )
    yield bullets(lines)
    yield from _safety(sheet)
    yield from _changes(found)
    yield from _subgroups(found)
    if found.critical_flips:
        yield (
            "Critical cases that the baseline had right and this model has wrong: "
            + ", ".join(map(code, found.critical_flips[:SHOWN_ITEMS]))
            + (" and others, in regress.json" if len(found.critical_flips) > SHOWN_ITEMS else "")
            + "."
        )
    if found.caveats:
        yield "What to keep in mind beside this verdict:"
        yield bullets(map(escape, found.caveats))


def _safety(sheet: FactSheet) -> Iterable[str]:
    rows = sheet.verdict.safety
    if not rows:
        yield f"Safety tier: {said(sheet.statements['safety'])}."
        return
    yield table(
        ("Safety rule", "Status", "Measured", "Detail"),
        (
            (
                escape(row.rule.replace("_", " ")),
                status(row.status),
                "missing: see detail" if row.figure.basis == "missing" else figures.with_n(row.figure),
                escape(row.detail),
            )
            for row in rows
        ),
    )


def _changes(found: VerdictFacts) -> Iterable[str]:
    if not found.changes:
        return
    yield table(
        ("Against", "Metric", "Difference", "Margin", "Status", "Detail"),
        (
            (
                escape(row.reference),
                escape(words.metric(row.metric)),
                figures.with_n(row.difference),
                row.margin,
                status(row.status),
                escape(row.detail),
            )
            for row in found.changes
        ),
    )


def _subgroups(found: VerdictFacts) -> Iterable[str]:
    if not found.subgroups:
        return
    yield "By subgroup, exploratory:"
    yield table(
        ("Subgroup", "Value", "Metric", "Difference", "p", "p, adjusted"),
        (
            (
                escape(row.slice.replace("_", " ")),
                code(row.value),
                escape(words.metric(row.metric)),
                figures.with_n(row.figure),
                row.p_value,
                row.p_adjusted,
            )
            for row in found.subgroups
        ),
    )
