"""What a merged result leads to: a pull request that deploys a run, takes one back, or proposes another try.

The first two are one line of deployment.yaml. All wait for people; one that they closed is not opened again.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunRecord
from clinft.pipeline.deployment import FILE
from clinft.pipeline.github import telling
from clinft.pipeline.github.in_use import compared_with
from clinft.pipeline.github.iterating import iterate
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.standing import (
    Standing,
    earlier,
    found_worse,
    is_retired,
    may_be_deployed,
    standing_at,
    taken_back,
    weights_exist,
)
from clinft.ports.publishing import OpenPull
from clinft.stages.report.returned import steps
from clinft.stages.report.returned.deployment import DeploymentFacts, deployment_body, deployment_title
from clinft.stages.report.returned.rollback import RollbackFacts, rollback_body, rollback_title

DEPLOY, ROLLBACK = "clinft/deploy/", "clinft/rollback/"


def promote(main: OnMain, project: str, opened: tuple[OpenPull, ...]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="clinft-standing-") as place:
        root = Path(place)
        main.history.export(main.tip, f"projects/{project}", root)
        standing = standing_at(root, project)
        deployed = standing.deployed
        failed = None if deployed is None else found_worse(standing, standing.run(deployed))
        if failed is not None:
            yield from _roll_back(main, standing, *failed, opened)
            return
        candidate = _candidate(main, standing)
        if candidate is not None:
            yield from _deploy(main, standing, candidate)
        else:
            yield from iterate(main, standing)


def _candidate(main: OnMain, standing: Standing) -> RunRecord | None:
    """The newest run that was compared with what is deployed now, and that may replace it."""
    found: list[tuple[str, RunRecord]] = []
    today = main.clock.now().date()
    for run_id, record in main.records(standing.project).items():
        run = standing.run(run_id)
        verdict = standing.load(run, "regress", RegressionVerdict)
        if record.status != "succeeded" or verdict is None or run_id == standing.deployed:
            continue
        if not may_be_deployed(verdict) or compared_with(verdict) != standing.deployed:
            continue
        if (
            taken_back(standing, run)
            or _weights_are_gone(main, standing, run)
            or is_retired(standing, run, today)
            or not weights_exist(run)
        ):
            continue
        report = run_folder.load(run, "regress", RegressionVerdict)
        found.append((report.created_at if report else "", record))
    return max(found, key=lambda pair: (pair[0], pair[1].run_id))[1] if found else None


def _weights_are_gone(main: OnMain, standing: Standing, run: Path) -> bool:
    """Trained on a machine of GitHub, which kept them no longer than the job took."""
    model = standing.load(run, "train", TrainedModel)
    estimate = standing.load(run, "estimate", CostEstimate)
    runner = None if estimate is None else main.policy.runners.get(estimate.plan.runner or "")
    return model is None or (bool(model.weights) and (runner is None or not runner.labels))


def _deploy(main: OnMain, standing: Standing, record: RunRecord) -> Iterator[str]:
    branch = f"{DEPLOY}{record.run_id}"
    if main.publisher.proposed(branch) is not None:
        return
    run, before = standing.run(record.run_id), standing.deployed
    facts = DeploymentFacts(
        project=standing.project,
        run_id=record.run_id,
        before=before,
        record_digest=record.digest,
        spec=telling.spec_of(main, standing.project),
        evaluation=standing.load(run, "evaluate", EvaluationReport),
        regression=standing.load(run, "regress", RegressionVerdict),
        audit=standing.load(run, "audit", AuditReport),
        decision=standing.load(run, "gate", GateDecision),
        baseline=None
        if before is None
        else standing.load(standing.run(before), "evaluate", EvaluationReport),
    )
    title = deployment_title(standing.project, record.run_id)
    body = deployment_body(facts, telling.links(main))
    number = _propose(main, standing, branch, record.run_id, title, body)
    main.softly(
        "the tracking issue",
        lambda: _tell(main, standing.project, steps.DeploymentOpened(record.run_id, number, before)),
    )
    yield f"{record.run_id} may be deployed: pull request {number} waits for privacy and clinical."


def _roll_back(
    main: OnMain, standing: Standing, again: Path, verdict: RegressionVerdict, opened: tuple[OpenPull, ...]
) -> Iterator[str]:
    deployed = standing.deployed
    assert deployed is not None, "only a deployed run is taken back"
    branch = f"{ROLLBACK}{deployed}"
    before = main.publisher.proposed(branch)
    if before is not None:
        if all(pull.number != before for pull in opened):
            yield (
                f"{deployed} is deployed and failed; pull request {before} from {branch}, which takes it "
                "back, is not open any more. People of privacy and clinical decide: reopen it, or open one "
                f"with what `clinft rollback {standing.project}` writes."
            )
        return
    back = earlier(main.history, main.tip, standing, main.clock.now().date())
    facts = RollbackFacts(
        project=standing.project,
        run_id=deployed,
        to=back,
        regression=verdict,
        evidence=deployed,
        evidence_digest=run_folder.read_digest(again / "regress.json"),
    )
    title, body = rollback_title(standing.project, deployed), rollback_body(facts, telling.links(main))
    number = _propose(main, standing, branch, back, title, body)
    main.softly(
        "the tracking issue",
        lambda: _tell(main, standing.project, steps.RollbackOpened(deployed, number, back)),
    )
    yield f"{deployed} is deployed and failed: pull request {number} takes it back."


def _propose(main: OnMain, standing: Standing, branch: str, run_id: str | None, title: str, body: str) -> int:
    path = f"projects/{standing.project}/{FILE}"
    additions = {} if run_id is None else {path: f"run_id: {run_id}\n".encode()}
    deletions = (path,) if run_id is None else ()
    main.publisher.commit(branch, main.tip, additions, deletions, title)
    return main.publisher.open_pull(branch, main.actions.default_branch, title, body)


def _tell(main: OnMain, project: str, step: steps.Step) -> None:
    telling.tell(main, telling.spec_of(main, project), step)
