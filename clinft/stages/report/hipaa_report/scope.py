"""What the report claims, about which bytes, and what speaks for the data being synthetic."""

from collections.abc import Iterable

from clinft.artifacts.audit import AuditReport
from clinft.stages.report import audit_tables, audit_words, numbers
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, escape, table
from clinft.stages.report.pull_request.room import Room

# All of it: a document that is signed leaves nothing out.
WHOLE = Room(rows=100_000, characters=100_000, projects=1, elsewhere="`audit.json`")


def statement(facts: RunFacts) -> Iterable[str]:
    audit = facts.audit
    yield f"**{audit.verdict}**: {audit_words.VERDICTS[audit.verdict]}."
    yield (
        f"{_found(audit)} in {audit.records_scanned:,} rows and {audit.characters_scanned:,} characters of "
        f"run {code(facts.run_id)}. {audit_words.sentence(audit_words.sensitivity_of(audit))}"
    )
    yield bullets(map(escape, audit.because))
    waived = len(facts.decision.waived)
    if waived:
        yield f"A person waived {numbers.count(waived, 'HIGH finding')}: see Decisions."
    yield (
        "Finding none is no proof that there are none. This report is evidence for a privacy officer's "
        "decision. It is not a legal determination and certifies nothing."
    )


def _found(audit: AuditReport) -> str:
    info = audit.by_severity.get("INFO", 0)
    weighty = sum(audit.by_severity.values()) - info
    aside = f", apart from {numbers.count(info, 'INFO finding')}" if info else ""
    if weighty == 0:
        return f"No PHI was found by the method described under Method{aside},"
    return (
        "The method described under Method reported "
        f"{numbers.count(weighty, 'possible identifier')}, listed under Findings{aside},"
    )


def scope(facts: RunFacts) -> Iterable[str]:
    audit, decision = facts.audit, facts.decision
    source = decision.source
    yield "## Scope"
    yield table(
        ("What", "Value"),
        (
            ("Project and run", f"{code(facts.spec.name)}, {code(facts.run_id)}"),
            ("Rows searched", f"{audit.records_scanned:,}; the formatted files repeat the records"),
            ("Characters searched", f"{audit.characters_scanned:,}"),
            ("Pull request", "none" if source.pull_request is None else f"number {source.pull_request}"),
            ("Commit reviewed", _commit(source.head_sha)),
            ("Commit trained", _commit(source.merge_sha)),
            ("Plan", code(decision.plan_digest)),
            ("Digest of `audit.json`", code(facts.digests.get("audit", "")) or "missing"),
            ("Digest of `gate.json`", code(facts.digests.get("gate", "")) or "missing"),
        ),
    )
    yield "These files were searched, byte for byte; training refuses any other. Nothing else was searched."
    files = audit.files_scanned
    yield table(("File", "sha256"), ((code(name), code(files[name])) for name in sorted(files)))


def _commit(sha: str | None) -> str:
    return "missing: the gate did not decide about a pull request" if sha is None else code(sha)


def authenticity(audit: AuditReport) -> Iterable[str]:
    yield "## Authenticity: what speaks for and against synthetic data"
    yield from audit_tables.authenticity(audit.authenticity, WHOLE)
    yield (
        "Records that a generator makes again from its seed, byte for byte, were not put there by hand. Of "
        "files that somebody brought, the statement of two people is all that is known."
    )
