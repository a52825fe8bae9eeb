"""How the search works, and how sure it is of itself."""

from collections.abc import Iterable

from clinft.artifacts.audit import AuditReport
from clinft.stages.report import audit_tables, audit_words
from clinft.stages.report.audit_words import CITATION
from clinft.stages.report.hipaa_report.scope import WHOLE
from clinft.stages.report.markdown import bullets, code, table

READINGS = (
    "Each text is also read in other ways: digits, days and addresses in words, spaced and grouped digits, "
    "look-alike letters and scanning errors, table cells under their heads, values of one row beside each "
    "other, wrapped lines, Markdown and HTML, escapes, base64 and hex."
)
WEIGHT = (
    "A finding weighs CRITICAL, HIGH, MEDIUM, LOW or INFO, by the kind of identifier and by whether it "
    "points at one person alone or together with others. CRITICAL and HIGH block training; CRITICAL can "
    "never be waived. Values from ranges that are nobody's, names of providers, addresses of "
    "publications and what the detector for names and places only calls possible count as INFO."
)


def method(audit: AuditReport) -> Iterable[str]:
    names = sorted({name for category in audit.categories for name in category.recognizers})
    yield "## Method"
    yield (
        f"Every text and every key was searched for the 18 identifiers of {CITATION}, the Safe Harbor list, "
        "by clinft's rules: patterns, checksums where the identifier has one, and the words and keys around "
        "it. No person read the files for this report."
    )
    yield bullets(
        (
            # An earlier version, which measured nothing of itself, did not read these ways.
            *((READINGS,) if audit.sensitivity else ()),
            WEIGHT,
            "Recognizers: " + (", ".join(map(code, names)) or "missing: none was recorded") + ".",
            *_added(audit),
        )
    )
    if audit.policy.patterns:
        yield "Patterns that the policy adds:"
        yield table(
            ("Name", "Counts as", "Severity", "Pattern"),
            (
                (code(one.name), f"({one.identifier})", one.severity, code(one.pattern))
                for one in audit.policy.patterns
            ),
        )


def _added(audit: AuditReport) -> Iterable[str]:
    if audit.policy.presidio:
        yield f"Recognizers of Presidio that the policy adds: {', '.join(map(code, audit.policy.presidio))}."
    if not audit.policy.presidio and not audit.policy.patterns:
        yield "The policy adds no recognizers of its own."


def sensitivity(audit: AuditReport) -> Iterable[str]:
    yield "## Sensitivity: how many identifiers the search finds"
    if not audit.sensitivity:
        yield f"missing: {audit_words.NOT_MEASURED}; finding none says little."
        return
    yield (
        "Identifiers were planted, and this very search had to find them: found of planted, with the exact "
        f"95 % interval (Clopper and Pearson). The policy's floor is {audit.policy.sensitivity_floor:g}: a "
        "class that has to reach it does so with the lower bounds of all its measurements, or the audit is "
        "INVALID, whatever it found."
    )
    yield audit_tables.sensitivity(audit, WHOLE)
    yield bullets(_meanings(audit))


def _meanings(audit: AuditReport) -> Iterable[str]:
    yield (
        "**Planted in a copy of this data**: generated identifiers, set into copies of these very records in "
        "their own style. It measures how well the rules read data of this form. It says nothing of ways to "
        "write an identifier that nobody thought of. The copies were never written to a file."
    )
    challenge = audit.challenge_sha256
    which = "" if challenge is None else f", sha256 {code(challenge)}"
    yield (
        f"**Challenge set**: a frozen set of invented cases that ships with clinft{which}. It measures the "
        "rules on cases written apart from them, but for the classes whose note says otherwise. It is the "
        "same for all data, so it says nothing of this data's style."
    )
    yield (
        "**Found** means that a finding overlaps the planted identifier, whatever class it was reported "
        "under: any above INFO, or one that the detector calls possible. How many were found by a finding "
        "that blocks stands in the class's note."
    )
    yield (
        "**Neither holds a real clinical note.** How many identifiers the search finds in real notes is not "
        "measured, and the figures are no promise of it. How often it reports what is none is not measured "
        "here either."
    )
