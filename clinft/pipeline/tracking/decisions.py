"""decisions.csv: who decided what in which role, when, and why, as far as committed evidence tells.

A person's own words are the only text here that nobody at clinft wrote; where none are recorded, it is said.
"""

from collections.abc import Iterator
from pathlib import Path

from clinft.artifacts.decision import Approval, GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.run_state import LIVE, OVER
from clinft.pipeline.tracking.cells import Row
from clinft.pipeline.tracking.incidents import FOLDER, incidents
from clinft.pipeline.tracking.read import Evidence, TrackedRun
from clinft.spec.policy import PRIVACY

COLUMNS = ("decision", "person", "role", "at", "why", "about", "mode", "pull_request", "workflow_run")
NO_REASON = "no reason is recorded"
NOT_RECORDED = "not recorded"
BY_KIND = {
    "review": "approving review",
    "interactive": "answer at the terminal",
    "yes_flag": "the flag --yes on the command line",
}
AGAINST = "trained although a prompt is sufficient"


def rows(run: TrackedRun) -> Iterator[Row]:
    if run.is_over:
        yield from _gate(run.own)
        yield from _statements(run.own)
        yield from _declared(run.own)
    for entry in run.status:
        if entry.status not in LIVE | OVER:
            what = f"status-{entry.number:02d}"
            why = entry.message or NO_REASON
            yield (
                what,
                entry.status,
                NOT_RECORDED,
                None,
                entry.at,
                why,
                None,
                None,
                None,
                entry.workflow_run,
            )


def of_projects(projects: Path) -> Iterator[tuple[str, Row]]:
    """Decisions that belong to a project and to no run of it."""
    for project, noticed, since in incidents(projects):
        why = f"real patient data may lie in the project; noticed on {noticed}"
        yield project, (f"{FOLDER}-{since}-{noticed}", FOLDER, NOT_RECORDED, None, since, why, *(None,) * 4)


def _gate(evidence: Evidence) -> Iterator[Row]:
    gated = evidence.stages.get("gate")
    if gated is None:
        return
    decision: GateDecision = gated.payload
    place = (decision.mode, decision.source.pull_request, None)
    for given in decision.approvals:
        about = f"plan {given.plan_digest[:12]}; {BY_KIND[given.kind]}"
        what = f"approval/{given.role}/{given.person}"
        at = given.at or gated.created_at
        yield (what, "approval", given.person, given.role, at, _reason(given), about, *place)
    known = {waiver.finding: waiver for waiver in decision.waivers}
    for finding in decision.waived:
        waiver, about = known.get(finding), f"finding {finding}"
        said = (NOT_RECORDED, PRIVACY, gated.created_at, NO_REASON)
        if waiver is not None:
            said = (waiver.owner, PRIVACY, waiver.given, waiver.reason)
            about += f", until {waiver.expires}"
        yield (f"waiver/{finding}", "waiver", *said, about, *place)
    if not decision.allowed:
        blocking = [reason for reason in decision.reasons if reason.blocks]
        codes = " ".join(dict.fromkeys(reason.code for reason in blocking))
        why = " ".join(reason.message for reason in blocking) or NO_REASON
        yield ("refusal", "refusal", "clinft gate", None, gated.created_at, why, codes or None, *place)
    yield from _overridden(evidence, gated)


def _overridden(evidence: Evidence, gated: Artifact[GateDecision]) -> Iterator[Row]:
    """Training against the assessment's advice: the person of the role ml who said why, or the laptop's."""
    decision = gated.payload
    if evidence.assessed is None or evidence.assessed.verdict != "PROMPT_SUFFICIENT" or not decision.allowed:
        return
    for given in decision.approvals:
        if decision.mode == "local" or (given.role == "ml" and given.has_reason):
            yield (
                f"override/{given.role}/{given.person}",
                "override",
                given.person,
                given.role,
                given.at or gated.created_at,
                _reason(given),
                AGAINST,
                decision.mode,
                decision.source.pull_request,
                None,
            )


def _reason(given: Approval) -> str:
    """Reviews stay on GitHub with their words; evidence only tells that there are some."""
    if not given.has_reason:
        return NO_REASON
    return (
        "a reason was written"
        if given.review_id is None
        else f"the reason stands in review {given.review_id}"
    )


def _statements(evidence: Evidence) -> Iterator[Row]:
    """People's word for what no machine sees: that brought files are synthetic, that a safeguard is met."""
    audited, gated = evidence.stages.get("audit"), evidence.stages.get("gate")
    for given in audited.payload.authenticity.provenance.statements if audited else ():
        about = f"file {given.file_sha256[:12]}, brought by {given.author}, is synthetic"
        what = f"statement/{given.file_sha256}/{given.reviewer}"
        yield (what, "statement", given.reviewer, PRIVACY, given.date, given.how_made, about, *(None,) * 3)
    handling = gated.payload.handling if gated else None
    for row in handling.rows if handling else ():
        if row.state in ("declared", "not_applicable") and row.by:
            about = f"safeguard {row.name}: {row.state.replace('_', ' ')}"
            said = (row.by, None, row.date or None, row.statement or NO_REASON)
            yield (f"statement/{row.name}", "statement", *said, about, *(None,) * 3)


def _declared(evidence: Evidence) -> Iterator[Row]:
    """Values of training that a person told where nothing was measured."""
    trained = evidence.stages.get("train")
    if trained is not None and trained.payload.declared_by is not None:
        about = "values of training were declared, not measured"
        person = trained.payload.declared_by
        said = (person, None, trained.created_at, NO_REASON)
        yield ("override/declared", "override", *said, about, *(None,) * 3)
