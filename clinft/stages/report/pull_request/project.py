"""One project: what changes, the table of its checks, and problems in its files."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from clinft.artifacts.advice import Advice
from clinft.artifacts.audit import SEVERITIES, AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import DeploymentDecision, GateDecision
from clinft.artifacts.planning import Interval
from clinft.artifacts.prompt_assessment import label
from clinft.artifacts.pull_request import Assessment, ProjectReport, PullRequestReport
from clinft.stages.report import audit_words, costs, handling_tables, numbers, words
from clinft.stages.report.advice import with_machines
from clinft.stages.report.markdown import code, document, table
from clinft.stages.report.numbers import count
from clinft.stages.report.pull_request.reasons import TRAINED, gate_decision, order
from clinft.stages.report.pull_request.room import UNKNOWN, Room, Section, money, signed

UNDECIDED = ("evidence", "removed")
CHECKED = ("new", "plan changed", "plan unchanged", "invalid")
WHAT = {
    "new": "The project is new.",
    "plan changed": "The training plan differs from that of the base branch.",
    "plan unchanged": "The training plan is that of the base branch: nothing is trained again.",
    "deployment": (
        "Only the deployed run changes: nothing is trained. "
        "Deployment needs the roles **privacy** and **clinical**."
    ),
    "evidence": "Only evidence of finished runs changes: nothing is trained.",
    "removed": "The merge removes the project from the repository. Nothing is trained.",
    "invalid": "The project cannot be read as it is, so no plan could be made.",
}
ADVICE = {
    "PROMPT_SUFFICIENT": "**PROMPT_SUFFICIENT**: **recommend not training**",
    "FINE_TUNE": "**FINE_TUNE**",
    "HYBRID": "**HYBRID**: a better prompt first",
    "INCONCLUSIVE": "**INCONCLUSIVE**",
}


def shown(report: PullRequestReport, room: Room) -> list[ProjectReport]:
    """Refused ones first, so that these are the last to be left out."""
    return sorted(report.projects, key=order)[: room.projects]


def sections(report: PullRequestReport, room: Room) -> Iterable[Section]:
    projects = shown(report, room)
    for project in projects:
        yield Section(
            document(
                (
                    f"### Project {room.code(project.name)}: {project.what}",
                    room.text(project.summary) if project.summary.strip() else "",
                    WHAT[project.what],
                    *_use(project, room),
                    table(("Check", "Result"), _rows(project, report.checked_at, room)),
                    *_problems(project, room),
                )
            )
        )
    left = len(report.projects) - len(projects)
    if left > 0:
        yield Section(f"and {count(left, 'more project')} in {room.elsewhere}\n")


def _rows(project: ProjectReport, checked_at: str, room: Room) -> Iterable[tuple[str, str]]:
    every = project.what in CHECKED
    if project.what == "deployment":
        yield "deployment", _deployment(project, room)
    if every or project.prepared is not None:
        yield "prep", _prepared(project.prepared)
    if every or project.assessment is not None:
        absent = UNKNOWN if project.what == "invalid" else "none in the repository"
        found = project.assessment
        yield "assessment", absent if found is None else _assessment(found, checked_at, room)
    if project.evaluation:
        yield "evaluation", room.inline([room.text(line) for line in project.evaluation], "; ")
    if every or project.audit is not None:
        yield "hipaa-audit", _audit(project.audit, gate_decision(project), room)
    decision = gate_decision(project)
    if decision is not None and decision.handling is not None:
        yield "handling", handling_tables.counts(decision.handling)
    if every or project.estimate is not None:
        yield "cost", _cost(project)
        if project.estimate is not None and project.estimate.parts:
            yield (
                "hosting and use",
                room.inline([room.text(said) for said in costs.afterwards(project.estimate)], "; "),
            )
        if project.estimate is not None and project.estimate.advice is not None:
            yield "settings", _recipe(project.estimate.advice, room)
        yield "budget", _budget(project)
        yield "month", _month(project)
    yield "gate", _gate(project)


def _use(project: ProjectReport, room: Room) -> Iterable[str]:
    """What no rule can judge: the use, and the texts that people wrote."""
    if project.intended_use.strip():
        yield f"**Intended use**: {room.text(project.intended_use)}"
    if project.out_of_scope:
        yield f"**Not for**: {room.inline([room.text(line) for line in project.out_of_scope], '; ')}"
    if project.written:
        yield (
            "**Written by people, for people to read**: in these texts a name or a place blocks only where a "
            "title or a label gives it away."
        )
        yield room.listing([room.text(line) for line in project.written])
    if project.evidence:
        yield "**What the run says**:"
        yield room.listing([room.text(line) for line in project.evidence])


def _deployment(project: ProjectReport, room: Room) -> str:
    if project.deployed_run is not None:
        return f"`deployment.yaml` would name {room.code(project.deployed_run)}"
    if isinstance(project.decision, DeploymentDecision) and project.decision.run_id is None:
        return "no run would be deployed any more"
    return UNKNOWN


def _prepared(prepared: PreparedDataset | None) -> str:
    if prepared is None:
        return UNKNOWN
    records = sum(split.records for split in prepared.splits.values())
    shared = prepared.shared_scenarios or prepared.shared_styles
    text = (
        f"{count(records, 'synthetic record')} in {count(len(prepared.splits), 'split')}; "
        f"training and test share {count(prepared.shared_scenarios, 'scenario')} and "
        f"{count(prepared.shared_styles, prepared.wording)}"
    )
    return f"**{text}**, both must be 0" if shared else text


def _assessment(assessment: Assessment, checked_at: str, room: Room) -> str:
    payload = assessment.payload
    advice = ADVICE[payload.verdict]
    if not assessment.current:
        advice = (
            f"**stale**: made for another prompt, data or base model, so measure again with `clinft assess`. "
            f"It said {advice}"
        )
    elif payload.verdict == "PROMPT_SUFFICIENT":
        advice += "; an approval of the role **ml** must state a reason"
    target = "no target set" if payload.target is None else f"target {numbers.number(payload.target)}"
    best = payload.best
    measured = (
        "no strategy was measured"
        if best is None
        else f"best prompt {room.code(label(best))}: {best.metric} {interval(best.score, room)}"
    )
    name = room.text(words.metric(payload.target_metric))
    return f"{advice}; {age(assessment, checked_at)}; {measured}; {target} ({name})"


def interval(measured: Interval, room: Room) -> str:
    return f"{numbers.interval_n(measured)}, {method(measured, room)}"


def method(measured: Interval, room: Room) -> str:
    return f"{numbers.percent(measured.confidence)} {room.text(measured.method)}"


def age(assessment: Assessment, checked_at: str) -> str:
    made, checked = _time(assessment.created_at), _time(checked_at)
    if made is None or checked is None:
        return "age unknown"
    days = (checked - made).days
    return "dated after this check" if days < 0 else f"{count(days, 'day')} old"


def severities(by_severity: dict[str, int], room: Room) -> str:
    """Counts by severity, the known ones in their order; a name that is not known is shown too."""
    names = [*SEVERITIES, *sorted(set(by_severity) - set(SEVERITIES))]
    counted = [
        f"{by_severity[name]:,} {name if name in SEVERITIES else room.code(name)}"
        for name in names
        if by_severity.get(name)
    ]
    return room.inline(counted) if counted else "none, which is no clearance"


def _audit(audit: AuditReport | None, decision: GateDecision | None, room: Room) -> str:
    if audit is None:
        return UNKNOWN
    waived = len(decision.waived) if decision is not None else 0
    of_these = f" ({waived:,} HIGH waived)" if waived else ""
    return (
        f"**{audit.verdict}**; findings: {severities(audit.by_severity, room)}{of_these}; searched "
        f"{count(audit.records_scanned, 'row')}, {count(audit.characters_scanned, 'character')}, "
        f"{count(len(audit.files_scanned), 'file')}; {audit_words.sensitivity_of(audit)}; "
        f"{audit_words.signs(audit.authenticity)}"
    )


def _cost(project: ProjectReport) -> str:
    estimate, previous = project.estimate, project.previous
    if previous is None:
        before = "nothing to compare with" if project.what == "new" else UNKNOWN
    else:
        before = f"{money(previous.cost_usd)}, at most {money(previous.cost_usd_upper)}"
    if estimate is None:
        return UNKNOWN if previous is None else f"{UNKNOWN}; base branch: {before}"
    now = f"{money(estimate.cost_usd)}, at most {money(estimate.cost_usd_upper)}; base branch: {before}"
    if previous is None:
        return now
    return (
        f"{now}; difference: {signed(estimate.cost_usd - previous.cost_usd)}, of the upper bounds: "
        f"{signed(estimate.cost_usd_upper - previous.cost_usd_upper)}"
    )


def _recipe(advice: Advice, room: Room) -> str:
    if not advice.departures:
        return "departs from none of the recommended settings"
    named = [
        f"{room.code(row.parameter)} {with_machines(room.clip(row.spec))} "
        f"(recommended: {with_machines(room.clip(row.recommended))})"
        for row in advice.departures
    ]
    return f"departs from the recommended settings in {count(len(named), 'place')}: {room.inline(named)}"


def _budget(project: ProjectReport) -> str:
    budget, estimate = project.budget_usd, project.estimate
    if budget is None:
        return UNKNOWN
    text = f"{money(budget)} for one run"
    if estimate is None:
        return f"{text}; the cost is unknown"
    over = estimate.cost_usd_upper - budget
    return f"{text}; **the upper bound is {money(over)} above it**" if over > 0 else f"{text}; kept"


def _month(project: ProjectReport) -> str:
    spent, budget, estimate = project.spent_this_month_usd, project.month_budget_usd, project.estimate
    if spent is None and budget is None:
        return UNKNOWN
    text = f"spent {_known(spent)} of {_known(budget)}"
    if spent is None or estimate is None or project.what not in TRAINED:
        return text
    then: Decimal = spent + estimate.cost_usd_upper
    text = f"{text}; with this run at most {money(then)}"
    return f"**{text}: above the budget**" if budget is not None and then > budget else text


def _known(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else money(amount)


def _gate(project: ProjectReport) -> str:
    decision = project.decision
    if decision is None:
        return "nothing to decide for this project alone" if project.what in UNDECIDED else UNKNOWN
    refused = sum(reason.blocks and not reason.pending for reason in decision.reasons)
    waiting = sum(reason.blocks and reason.pending for reason in decision.reasons)
    if refused:
        verdict = f"**refused**: {count(refused, 'reason')}"
    elif waiting:
        verdict = f"waiting for {count(waiting, 'decision')} of people"
    else:
        verdict = "allowed" if decision.allowed else f"**refused**, the reason is {UNKNOWN}"
    plan = f"; plan {numbers.short(decision.plan_digest)}" if isinstance(decision, GateDecision) else ""
    return f"{verdict}{plan}"


def _problems(project: ProjectReport, room: Room) -> Iterable[str]:
    if not project.problems:
        return
    yield f"{count(len(project.problems), 'problem')} in its files:"
    yield room.listing(
        [
            f"{code(f'{room.clip(problem.path)}:{problem.line}:{problem.column}')} "
            + " ".join(
                room.text(text)
                for text in (problem.message, problem.cause, problem.next_step)
                if text.strip()
            )
            for problem in project.problems
        ]
    )


def _time(written: str) -> datetime | None:
    try:
        made = datetime.fromisoformat(written)
    except ValueError:
        return None
    return made if made.tzinfo is not None else made.replace(tzinfo=UTC)
