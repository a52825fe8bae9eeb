"""From a finished run to `facts.json`: the one place where documents get numbers and sentences from."""

import uuid
from collections.abc import Sequence

from clinft.artifacts.fact_sheet import AuditFacts, FactSheet
from clinft.stages.report import audit_words
from clinft.stages.report.cards import questions
from clinft.stages.report.cards.facts import data, figures, measured, model, statements, verdict
from clinft.stages.report.facts import RunFacts


def gather(facts: RunFacts, documents: Sequence[str] = ()) -> FactSheet:
    """`documents`: names of the files that are rendered from it. The same run gives the same sheet."""
    spec = facts.spec
    evaluation = measured.evaluation(facts)
    gathered = data.data(facts)
    trained = model.model(facts)
    judged = verdict.verdict(facts)
    return FactSheet(
        project=spec.name,
        run_id=facts.run_id,
        run_folder=facts.run_folder,
        serial_number=str(uuid.uuid5(uuid.NAMESPACE_OID, _identity(facts))),
        clinft_version=facts.versions.get("clinft", ""),
        dates=dict(sorted(facts.created.items())),
        commits=dict(sorted(facts.commits.items())),
        digests=dict(sorted(facts.digests.items())),
        owners=spec.owners,
        out_of_scope=spec.out_of_scope,
        labels=spec.task.labels,
        statements=statements.statements(facts, trained, gathered, evaluation, judged),
        model=trained,
        data=gathered,
        evaluation=evaluation,
        verdict=judged,
        audit=_audit(facts),
        standards=questions.standards(),
        documents=tuple(sorted(documents)),
    )


def _identity(facts: RunFacts) -> str:
    """Another run, or other evidence of this one, is another bill of materials."""
    return "\n".join((facts.run_id, *(facts.digests[stage] for stage in sorted(facts.digests))))


def _audit(facts: RunFacts) -> AuditFacts:
    audit = facts.audit
    digest = facts.digests["audit"]
    return AuditFacts(
        verdict=audit.verdict,
        rows=figures.counted(audit.records_scanned, digest),
        findings={
            severity: figures.counted(count, digest, n=audit.records_scanned)
            for severity, count in sorted(audit.by_severity.items())
        },
        sensitivity=audit_words.sentence(audit_words.sensitivity_of(audit)),
        limits=audit.limits,
    )
