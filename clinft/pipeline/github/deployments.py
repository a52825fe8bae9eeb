"""A changed deployment.yaml: what stands behind the run it names, and who agreed."""

from collections.abc import Iterator

from clinft import run_folder
from clinft.artifacts.decision import DeploymentDecision, Reason
from clinft.artifacts.forge import PullRequest
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import RegressionVerdict
from clinft.errors import ClinftError, ServiceError, SpecError
from clinft.pipeline.deployment import FILE as DEPLOYMENT
from clinft.pipeline.deployment import deployed_run
from clinft.pipeline.github.checks import Change
from clinft.pipeline.github.engine import Agreed
from clinft.pipeline.github.evidence import Vouched, evidence_reasons
from clinft.pipeline.github.in_use import compared_with, deployments
from clinft.pipeline.github.run_evidence import said_by
from clinft.pipeline.github.scopes import deployment_scope
from clinft.pipeline.lifecycles import lifecycle_of
from clinft.pipeline.standing import may_be_deployed, standing_at, taken_back, weights_exist
from clinft.pipeline.verify import verify
from clinft.ports.forge import ForgeReader
from clinft.stages.gate import no
from clinft.stages.gate.approvals import missing
from clinft.stages.gate.deployment import DeploymentFacts, deployment_reasons, wanted_people
from clinft.stages.gate.pull_request import unreadable
from clinft.stages.gate.reviews import Counted, count


def judge_deployment(
    change: Change,
    project: str,
    pull: PullRequest | None,
    reader: ForgeReader | None,
    vouched: Vouched | None = None,
) -> tuple[DeploymentDecision, tuple[str, ...]]:
    """The decision, and what the run's evidence says to whoever must agree."""
    facts = _facts(change, project)
    required = wanted_people(change.policy, project)
    counted = Counted((), ())
    if pull is not None:
        scope = deployment_scope(change.history, project, pull, change.changes.merge_sha)
        roles = {role: change.policy.role_of(role, project) for role in required}
        counted = count(pull, scope, roles, required)
    reasons = (
        *deployment_reasons(facts),
        *_evidence(change, project, facts, reader, vouched),
        *counted.reasons,
        *missing(counted.approvals, required),
    )
    decision = DeploymentDecision(
        run_id=facts.run_id,
        allowed=not any(reason.blocks for reason in reasons),
        reasons=reasons,
        approvals=counted.approvals,
        required_roles=tuple(required),
    )
    if facts.run_id is None or not facts.on_base or facts.broken:
        return decision, ()
    return decision, tuple(said_by(change.folder(project) / "runs" / facts.run_id))


def brought_runs(change: Change, project: str) -> dict[str, tuple[str, ...]]:
    """Runs whose evidence the pull request brings or changes, and the links of each that do not hold."""
    place = f"projects/{project}/runs/"
    paths = [path.path for path in change.changes.of("evidence") if path.path.startswith(place)]
    found = {}
    for run_id in sorted({path.removeprefix(place).split("/")[0] for path in paths}):
        try:
            links = verify(change.folder(project) / "runs" / run_id, change.services.progress)
            found[run_id] = tuple(link.name for link in links if link.status == "different")
        except ClinftError as error:
            found[run_id] = (error.what.rstrip("."),)
    return found


def uncompared(change: Change, project: str) -> Iterator[Reason]:
    """Where a model is in use, evidence of a new one comes with a comparison."""
    if not change.history.entries(change.changes.base_sha, f"projects/{project}/{DEPLOYMENT}"):
        return
    place = f"projects/{project}/runs/"
    new = [path.path for path in change.changes.of("evidence") if path.status == "A"]
    for path in sorted(new):
        run_id, _, rest = path.removeprefix(place).partition("/")
        if not path.startswith(place) or rest != run_folder.RECORD:
            continue
        try:
            run = change.folder(project) / "runs" / run_id
            record = run_folder.load_record(run)
            lacks = run_folder.load(run, "regress", RegressionVerdict) is None
        except ClinftError:
            continue  # what does not hold together is refused by its links
        if record is not None and record.status == "succeeded" and lacks:
            yield no(
                74,
                f"{run_id} was not compared with the model that is deployed.",
                "Run `clinft regress` and `clinft report` on the project, and commit what they leave.",
            )


def _evidence(
    change: Change,
    project: str,
    facts: DeploymentFacts,
    reader: ForgeReader | None,
    vouched: Vouched | None,
) -> Iterator[Reason]:
    """Evidence that nobody agreed to deploys nothing."""
    if reader is None or facts.run_id is None or not facts.on_base:
        return
    try:
        base = change.changes.base_sha
        agreed = Agreed(change.history, reader, change.policy_of, base)
        yield from evidence_reasons(change.history, reader, agreed, project, facts.run_id, base, vouched)
    except ServiceError as error:
        yield unreadable(error.what.rstrip("."))


def _facts(change: Change, project: str) -> DeploymentFacts:
    folder = change.folder(project)
    try:
        run_id = deployed_run(folder)
    except SpecError:
        return DeploymentFacts(None, False, False, False, (), None, False)
    if run_id is None:
        return DeploymentFacts(None, True, False, False, (), None, False)
    place = f"projects/{project}/runs/{run_id}/"
    on_base = bool(change.history.entries(change.changes.base_sha, f"{place}{run_folder.RECORD}"))
    if not on_base or any(path.path.startswith(place) for path in change.changes.paths):
        return DeploymentFacts(run_id, True, False, False, (), None, False)
    run = folder / "runs" / run_id
    try:
        broken = tuple(
            link.name for link in verify(run, change.services.progress) if link.status == "different"
        )
        record = run_folder.load_record(run)
        verdict = run_folder.load(run, "regress", RegressionVerdict)
        estimate = run_folder.load(run, "estimate", CostEstimate)
    except ClinftError as error:
        return DeploymentFacts(run_id, True, True, False, (error.what.rstrip("."),), None, False)
    recommendation = verdict.payload.recommendation if verdict else None
    against = compared_with(verdict.payload) if verdict else None
    named = deployments(change.history, change.changes.base_sha, project)
    deployed = next(named, None)
    harms = verdict is not None and recommendation == "deploy" and not may_be_deployed(verdict.payload)
    if harms or taken_back(standing_at(change.tree, project), run):
        recommendation = "rollback"
    return DeploymentFacts(
        run_id=run_id,
        readable=True,
        on_base=True,
        succeeded=record is not None and record.status == "succeeded" and record.project == project,
        broken=broken,
        recommendation=recommendation,
        critical=verdict is not None and verdict.payload.is_critical,
        base_model_retired=estimate is not None and _retired(change, estimate.payload),
        weights_deleted=not broken and not weights_exist(run),
        compared_with=against,
        deployed=deployed,
        deployed_before=run_id == deployed or run_id in named,
    )


def _retired(change: Change, estimate: CostEstimate) -> bool:
    life = lifecycle_of(estimate.plan.provider, estimate.plan.base_model.ref)
    today = change.services.clock.now().date()
    return life is not None and life.serving_until is not None and life.serving_until < today
