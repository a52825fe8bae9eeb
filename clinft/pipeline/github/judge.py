"""The gate of a pull request: every changed project's decision, and the whole's, in one report."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import Reason
from clinft.artifacts.forge import PullRequest
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.pull_request import Need, ProjectReport, PullRequestReport
from clinft.errors import ClinftError, ServiceError, SpecError
from clinft.pipeline.before_training import audit_stage
from clinft.pipeline.context import Context
from clinft.pipeline.driver import timestamp
from clinft.pipeline.github import checks, describe
from clinft.pipeline.github.checks import Change
from clinft.pipeline.github.deployments import brought_runs, judge_deployment, uncompared
from clinft.pipeline.github.disposals import BRANCH
from clinft.pipeline.github.evidence import Vouched, brought_reasons
from clinft.pipeline.github.quarantines import lifting_reasons
from clinft.pipeline.github.scopes import engine_scope, plan_scope
from clinft.pipeline.github.tables import tables
from clinft.ports.forge import ForgeReader
from clinft.spec.policy import ENGINE, Policy
from clinft.stages import gate
from clinft.stages.gate.engine import engine_required
from clinft.stages.gate.inputs import no, wanted_people
from clinft.stages.gate.pull_request import (
    engine_reasons,
    invalid_reasons,
    need_reasons,
    path_reasons,
    unreadable,
)
from clinft.stages.gate.reviews import Counted, count
from clinft.stages.report.stage import DOCUMENTS

BEFORE_GATE = {"prepare": PreparedDataset, "audit": AuditReport, "estimate": CostEstimate}
TRAIN_WORKFLOW = ".github/workflows/train.yml"
# Links of a run's status, as verify names them.
STATUS = re.compile(r"(again/[0-9]{2,6}/)?status(/.*)?", re.DOTALL)
# Codes by which a project itself says why a check failed.
SAYS_WHY = {
    "hipaa-audit": frozenset({"CLINFT-G001"}),
    "cost-estimate": frozenset(f"CLINFT-G{number:03d}" for number in (6, 7, 8, 18, 19)),
}


@dataclass(frozen=True)
class Asked:
    """What GitHub said of the pull request; without an answer the reason why there is none."""

    pull: PullRequest | None
    reasons: tuple[Reason, ...]


def judge(change: Change, reader: ForgeReader | None, vouched: Vouched | None = None) -> PullRequestReport:
    """`vouched`: whether a workflow run of ours sealed a run; None: nobody can be asked."""
    asked = _ask(change, reader)
    trains = bool(change.history.entries(change.changes.base_sha, TRAIN_WORKFLOW))
    projects = [_project(change, name, asked, trains) for name in change.projects]
    projects += [ProjectReport(name=name, what="removed") for name in change.removed]
    projects += _without_plan(change, asked, {project.name for project in projects}, reader, vouched)
    results = checks.found_results(change)
    wanted = _needs(change, projects)
    counted, told = _engine(change, asked), describe.shown_changes(change.changes)
    reasons = (
        *path_reasons(told),
        *_evidence(change, asked, vouched),
        *lifting_reasons(change, asked.pull),
        *tables(change),
        *invalid_reasons((p.name, len(p.problems)) for p in projects if p.what == "invalid"),
        *need_reasons(wanted, change.projects, results),
        *asked.reasons,
        *_engine_reasons(change, counted),
    )
    roles = _roles(change, projects, reasons)
    return PullRequestReport(
        changes=describe.first_paths(told),
        run_id=change.actions.run_id,
        run_attempt=change.actions.run_attempt,
        run_url=change.actions.run_url,
        checked_at=timestamp(change.services.clock.now()),
        engine_sha=change.changes.base_sha,
        policy_sha256=change.policy_sha256,
        needs=tuple(Need(name=name, result=result) for name, result in change.actions.needs.items()),
        reasons=reasons,
        approvals=counted.approvals if counted is not None else (),
        required_roles=roles,
        people={role: _people(change, role, projects) for role in roles},
        projects=tuple(sorted(projects, key=lambda project: project.name)),
        trains_on_merge=trains,
    )


def _ask(change: Change, reader: ForgeReader | None) -> Asked:
    number = change.changes.number
    if number is None:
        return Asked(None, (unreadable("the merge queue's entry names no pull request"),))
    if reader is None:
        return Asked(None, (unreadable("this job has no token"),))
    try:
        pull = reader.pull_request(number)
    except ServiceError as error:
        return Asked(None, (unreadable(error.what.rstrip(".")),))
    if change.changes.event == "pull_request" and pull.head_sha != change.changes.head_sha:
        return Asked(None, (unreadable("the branch was pushed again while this ran"),))
    branch = change.actions.default_branch
    if pull.base_ref != branch:
        other = no(
            46,
            f"The pull request goes to another branch than {branch}, whose policy and engine judge.",
            f"Set its base to {branch}; the checks run again.",
        )
        return Asked(pull, (other,))
    return Asked(pull, ())


def _project(change: Change, name: str, asked: Asked, trains: bool) -> ProjectReport:
    problems = checks.load_problems(change, name)
    try:
        context = change.open_project(change.folder(name))
        for stage, payload in BEFORE_GATE.items():
            artifact = checks.load_result(change, name, stage, payload)
            if artifact is not None:
                run_folder.save(context.paths.work, artifact)
        inputs = _inputs(change, context, name, asked)
    except ClinftError:
        # The check that met it has told it; here nothing can be judged.
        return describe.broken(name, problems or ())
    return describe.judged(change, context, gate.decide(inputs), trains)


def _inputs(change: Change, context: Context, name: str, asked: Asked) -> gate.GateInputs:
    from clinft.pipeline.gate_inputs import gather

    previous = checks.load_previous(change, name)
    stage = audit_stage()
    audited = context.need(stage.name, AuditReport)
    gathered = gather(context)
    plan = change.plans.digest(change.changes.merge_sha, name)
    reasons: list[Reason] = []
    if plan != gathered.plan_digest:
        reasons.append(no(5, "The checks worked on another plan than this commit holds.", "Run them again."))
    here = change.history.fetch(_head(change, asked))
    at_head = None if here is None else change.plans.digest(here, name)
    if at_head != plan:
        reasons.append(
            no(
                33,
                "The base branch has moved: merging would make another plan than the branch shows.",
                "Update the branch from its base, so that people see what will be trained.",
            )
        )
    policy = change.policy
    required = wanted_people(policy, name)
    counted = Counted((), ())
    if asked.pull is not None:
        scope = plan_scope(change.plans, name, asked.pull, gathered.plan_digest)
        counted = count(asked.pull, scope, {role: policy.role_of(role, name) for role in required}, required)
    return replace(
        gathered,
        mode=change.changes.event,
        # The records lie on another machine: what the audit read is known by the chain of its inputs.
        audit_is_current=audited.inputs == stage.inputs(context) and audited.stage_version == stage.version,
        spent_this_month_usd=gathered.spent_this_month_usd + _planned_before(change, name),
        previous_usd=None if previous is None else previous.cost_usd_upper,
        approvals=counted.approvals,
        required=required,
        review_reasons=(*reasons, *counted.reasons),
        authors=frozenset() if asked.pull is None else asked.pull.authors,
    )


def _planned_before(change: Change, name: str) -> Decimal:
    """What the pull request's projects before this one would add to the month: they all start together."""
    estimates = [
        checks.load_result(change, other, "estimate", CostEstimate)
        for other in change.projects
        if other < name
    ]
    return sum((found.payload.cost_usd_upper for found in estimates if found), Decimal(0))


def _head(change: Change, asked: Asked) -> str:
    return asked.pull.head_sha if asked.pull is not None else change.changes.head_sha


def _without_plan(
    change: Change, asked: Asked, done: set[str], reader: ForgeReader | None, vouched: Vouched | None
) -> list[ProjectReport]:
    """Projects that are deployed, or that only got evidence or documents; also beside a changed plan."""
    found = []
    for name in change.changes.projects("deployment"):
        found.append(describe.deployment(name, *judge_deployment(change, name, asked.pull, reader, vouched)))
    done = done | {report.name for report in found}
    for name in change.changes.projects("evidence", "quarantine", "document"):
        if name not in done:
            found.append(ProjectReport(name=name, what="evidence"))
    return found


def _needs(change: Change, projects: list[ProjectReport]) -> dict[str, str]:
    """Results of the jobs, without those whose failure a project's own reasons explain already."""
    needs = dict(change.actions.needs)
    codes = {r.code for p in projects if p.decision for r in p.decision.reasons if r.blocks}
    explained = {name for name, by in SAYS_WHY.items() if by & codes and needs.get(name) == "failure"}
    if any(project.problems for project in projects) and needs.get("spec") == "failure":
        # What waited for the failed job never began.
        explained |= {"spec", *(name for name, result in needs.items() if result == "skipped")}
    return {name: "explained" if name in explained else result for name, result in needs.items()}


def _engine(change: Change, asked: Asked) -> Counted | None:
    """Who agreed to a change of what judges; None where there is none."""
    if not change.changes.of("engine", "policy"):
        return None
    if asked.pull is None:
        return Counted((), ())
    roles, required = engine_required(change.policy, _policy_after(change))
    return count(asked.pull, engine_scope(change.history, asked.pull), roles, required)


def _engine_reasons(change: Change, counted: Counted | None) -> tuple[Reason, ...]:
    if counted is None:
        return ()
    roles, required = engine_required(change.policy, _policy_after(change))
    return tuple(engine_reasons(counted, roles, required))


def _policy_after(change: Change) -> Policy | None:
    """The policy that the merge would leave; None where it could not be read, and nobody may merge it."""
    try:
        return change.policy_of(change.changes.merge_sha)
    except SpecError:
        return None


def _evidence(change: Change, asked: Asked, vouched: Vouched | None) -> Iterator[Reason]:
    """Evidence of runs: its chain holds, and a workflow of ours sealed it or people have looked at it."""
    yield from _documents(change)
    for project in change.changes.projects("evidence"):
        brought = brought_runs(change, project)
        yield from uncompared(change, project)
        for run_id, broken in brought.items():
            status = sorted({*filter(STATUS.fullmatch, broken), *_changed_status(change, project, run_id)})
            if status:
                yield no(
                    60,
                    f"The status of {run_id} is broken, or was changed: {', '.join(status)}.",
                    "Restore its files from the base branch; entries are only ever added.",
                )
            if rest := [name for name in broken if name not in status]:
                yield no(
                    53,
                    f"The evidence of {run_id} does not hold together: {', '.join(rest)}.",
                    "Commit the run's folder as clinft wrote it; `clinft verify` on it says what differs.",
                )
            elif not status and asked.pull is not None:
                yield from _agreed_to(change, asked.pull, vouched, project, run_id)


def _agreed_to(
    change: Change, pull: PullRequest, vouched: Vouched | None, project: str, run_id: str
) -> Iterator[Reason]:
    merge = change.changes.merge_sha
    try:
        disposals = _may_dispose(change, pull, project, run_id)
        if vouched is not None and vouched(merge, project, run_id, disposals=disposals):
            return
    except ServiceError as error:
        yield unreadable(error.what.rstrip("."))
    yield from brought_reasons(change.history, pull, change.policy, project, run_id, merge)


def _may_dispose(change: Change, pull: PullRequest, project: str, run_id: str) -> bool:
    """Entries of a run's status that no record names are on the base branch already, or we add them.

    Who opened the pull request proves little, so its branch must be one that only we fill.
    """
    place = f"projects/{project}/runs/{run_id}/status/"
    if not any(path.path.startswith(place) for path in change.changes.of("evidence")):
        return True
    ours = (change.policy.commit_back.author.lower(), BRANCH, False)
    return (pull.author.lower(), pull.head_ref, pull.from_fork) == ours


def _documents(change: Change) -> Iterator[Reason]:
    """Beside the spec lie only documents that a run's folder holds too: its record covers them."""
    for path in change.changes.of("evidence"):
        name = path.path.rpartition("/")[2]
        if path.path != f"projects/{path.project}/{name}" or name not in DOCUMENTS:
            continue
        folder = change.folder(str(path.project))
        if path.link or not (folder / name).is_file():
            continue  # removed, or refused as a link
        said = (folder / name).read_bytes()
        if all(copy.read_bytes() != said for copy in folder.glob(f"runs/*/{name}") if copy.is_file()):
            yield no(
                53,
                f"{path.path} is the document of no run of {path.project}.",
                "Copy it from the run's folder as it is, or take the change out.",
            )


def _changed_status(change: Change, project: str, run_id: str) -> Iterator[str]:
    place = f"projects/{project}/runs/{run_id}/"
    for path in change.changes.of("evidence"):
        name = path.path.removeprefix(place)
        if path.path.startswith(place) and path.status != "A" and STATUS.fullmatch(name):
            yield name


def _roles(change: Change, projects: list[ProjectReport], reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """Everybody who has something to decide here, in a calm order."""
    roles: list[str] = []
    for project in projects:
        if project.decision is not None:
            roles += project.decision.required_roles
    roles += [r.role for r in reasons if r.role is not None and r.blocks and r.role not in roles]
    return tuple(dict.fromkeys(roles))


def _people(change: Change, role: str, projects: list[ProjectReport]) -> tuple[str, ...]:
    """Who may approve in a role, for any of these projects."""
    names = [project.name for project in projects if project.decision is not None]
    return tuple(
        dict.fromkeys(
            person
            for name in (names if role != ENGINE else [None])
            for person in change.policy.role_of(role, name).people
        )
    )
