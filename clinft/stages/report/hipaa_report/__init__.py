"""`HIPAA_REPORT.md`: what a privacy officer reads, decides on and signs; rendered from the run's evidence."""

from clinft.stages.report.facts import RunFacts
from clinft.stages.report.hipaa_report import decisions, findings, handling, method, risk, scope, sign_off
from clinft.stages.report.markdown import document, escape


def render(facts: RunFacts) -> str:
    return document(
        (
            f"# Identifier audit: {escape(facts.spec.name)}",
            *scope.statement(facts),
            *scope.scope(facts),
            *method.method(facts.audit),
            *method.sensitivity(facts.audit),
            *findings.matrix(facts.audit),
            *findings.findings(facts),
            *scope.authenticity(facts.audit),
            *handling.safeguards(facts.decision.handling),
            *handling.egress(facts.decision.handling),
            *risk.residual(facts),
            *decisions.decisions(facts),
            *sign_off.sign_off(facts),
            *sign_off.limits(facts),
        )
    )
