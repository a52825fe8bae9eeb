"""After the work: accept the bundle, compare with the deployed model, write the report, seal the record.

What is sealed here is kept as an artifact whose name holds the record's digest, and only then published.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from clinft import run_folder
from clinft.artifacts.bundle import MANIFEST, BundleStatus, Disposed, evidence_artifact
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import Job
from clinft.artifacts.results import RegressionVerdict, RunRecord
from clinft.artifacts.run_state import Claim, Commit, ProjectState, Purpose, RunState
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, ServiceError, SpecError
from clinft.pipeline import attempts
from clinft.pipeline.context import BEFORE_TRAINING, Context
from clinft.pipeline.deployment import FILE as DEPLOYMENT
from clinft.pipeline.driver import Outcome, run_stage
from clinft.pipeline.github import acceptance, remote, state
from clinft.pipeline.github.accepting import Accepted, accept, fetch_evidence
from clinft.pipeline.github.approved_by import check_approvals
from clinft.pipeline.github.locks import LEASE, claimed, mine
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.regressing import regress_stage
from clinft.pipeline.reporting import report_stage
from clinft.pipeline.standing import earlier, standing_at
from clinft.spec.base import Sha256, Slug, Strict
from clinft.spec.evaluation import RunId
from clinft.spec.policy import Policy
from clinft.spec.statement import FILE as STATEMENTS
from clinft.stages.gate.paths import POLICY, plan_paths

EVIDENCE, RETURNED, ACCEPTED = "evidence", "returned.json", "accepted"
# What the machine left was refused so often before its attempt counts as failed.
MOST_REFUSED, REFUSED = 3, "what its machine left was not accepted; see the log of report"
LOST = "its machine was lost or the job was cut off before it could leave anything"
CANCELLED = "it was cancelled"
RecordStatus = Literal["succeeded", "failed", "cancelled"]
Status = Literal["running", "paused", "trained", "failed", "cancelled", "lost"]


class Returned(Strict):
    """What publishing needs to know, beside the folder `evidence`. `record`: None where nothing is sealed."""

    project: Slug
    run_id: RunId
    purpose: Purpose
    status: Status
    message: str = ""
    main_sha: Commit
    job: Job | None = None
    record: Sha256 | None = Field(default=None, description="Digest of the sealed record.json.")
    disposed: tuple[Disposed, ...] = Field(default=(), description="Of earlier runs, as their machine says.")
    critical: str = Field(default="", description="What a CRITICAL verdict says; else empty.")

    @property
    def artifact(self) -> str:
        return "" if self.record is None else evidence_artifact(self.run_id, self.record, self.purpose)


@dataclass(frozen=True)
class Report:
    """`worked`: result of the job that worked, as GitHub tells it; empty where that ran elsewhere."""

    main: OnMain
    project: str
    run_id: str
    worked: str
    open_at: Callable[[Path], Context]
    policy_of: Callable[[str], Policy]


def report(job: Report, show: Callable[[Outcome], None]) -> Returned:
    """Leaves `evidence/` and `returned.json` in the results folder."""
    main, results = job.main, job.main.actions.results
    run = _ours(job)
    folder = results / EVIDENCE
    shutil.rmtree(folder, ignore_errors=True)
    sealed = run.sealed
    if sealed is not None:
        # Sealed before, and publishing was cut short: the same bytes, not another comparison.
        returned = _with_warning(_sealed_before(job, run, sealed, folder), folder)
    else:
        try:
            accepted = accept(main, run, job.project, results / ACCEPTED)
            returned = _lost(job, run) if accepted is None else _returned(job, run, accepted, folder, show)
        except (PolicyViolation, DigestMismatch) as refused:
            _refused(job, refused)
            raise
        if returned.status == "cancelled":
            returned = returned.model_copy(update={"job": _stopped(job, run) or returned.job})
    run_folder.write_atomically(results / RETURNED, run_folder.to_bytes(returned))
    return returned


def _refused(job: Report, refused: ClinftError) -> None:
    """The work is done again, a few times: what is not accepted is not looked at for ever."""

    def change(here: ProjectState) -> ProjectState | None:
        run = here.run(job.run_id)
        if run is None or not run.live or not mine(here, job.main.claimant, job.run_id):
            return None
        same = sum(entry.message == REFUSED for entry in run.history) + 1
        noted = state.note(
            here,
            job.run_id,
            "failed" if same >= MOST_REFUSED and not run.may_be_paid else "paused",
            now=job.main.clock.now(),
            workflow_run=job.main.actions.run_id,
            message=REFUSED,
        )
        return state.release(noted, job.main.claimant[0]) or noted

    state.update(job.main.store, job.project, change)
    job.main.say(f"{job.run_id}: {refused.what} It is noted, and the lock is free.")


def read_returned(results: Path) -> Returned:
    """What the step before this one left, in the same job."""
    try:
        return Returned.model_validate_json((results / RETURNED).read_bytes())
    except (OSError, ValidationError):
        raise SpecError(
            "There is nothing to bring: no run was reported in this job.",
            "`clinft publish --results` follows `clinft report --started`.",
            "Compare report.yml with the template.",
        ) from None


def _ours(job: Report) -> RunState:
    """The run as its project's state has it. A dispatch takes the lock first; forged inputs find no run."""
    main = job.main
    said: list[RunState | None] = []

    def change(here: ProjectState) -> ProjectState | None:
        said.append(here.run(job.run_id))
        claim = here.holder
        if said[-1] is None:
            return None
        ours = claim is None or mine(here, main.claimant, job.run_id)
        if claim is not None and not ours and not _handed_over(job, claim):
            raise PolicyViolation(
                f"{claim.run_id} holds the lock of {job.project} (workflow run {claim.workflow_run}).",
                "It was taken over after a lease ran out, or another job publishes right now.",
                "Nothing is lost: reconcile publishes what is left when the lock is free.",
            )
        return claimed(here, main.claimant, job.run_id, main.clock.now(), LEASE)

    state.update(main.store, job.project, change)
    if said[-1] is None:
        raise PolicyViolation(
            f"No run {job.run_id} of {job.project} is under way.",
            "Its results are merged already, or the inputs of a dispatch name another run.",
            "Look at projects/tracking/runs.csv and at the project's tracking issue.",
        )
    return said[-1]


def _handed_over(job: Report, claim: Claim) -> bool:
    """The job that worked is over: hand-over says so, or its whole workflow run is."""
    if claim.run_id == job.run_id and claim.handed_over_at is not None:
        return True
    return job.main.is_over(claim.workflow_run)


def _returned(
    job: Report, run: RunState, accepted: Accepted, folder: Path, show: Callable[[Outcome], None]
) -> Returned:
    manifest = accepted.manifest
    status: BundleStatus = manifest.status
    message = manifest.message
    if job.worked == "cancelled" and status in ("running", "paused"):
        # A person stopped it: it is not started again by itself.
        status, message = "cancelled", CANCELLED
    with tempfile.TemporaryDirectory(prefix="clinft-report-") as place:
        # Also where nothing is sealed: what the bundle says reaches the journal and the issue.
        context, here = _laid_out(job, run, accepted, Path(place))
        record = _judged(job, run, context, here, status, folder, show)
    returned = Returned(
        project=job.project,
        run_id=run.run_id,
        purpose=run.purpose,
        status=status,
        message=message,
        main_sha=manifest.main_sha,
        job=manifest.job,
        record=None if record is None else record.digest,
        disposed=manifest.disposed,
    )
    return _with_warning(returned, folder)


def _with_warning(returned: Returned, folder: Path) -> Returned:
    """Of what was sealed; its verdict is read again where publishing was cut short."""
    found = run_folder.load(folder, "regress", RegressionVerdict)
    if found is None or not found.payload.is_critical:
        return returned
    return returned.model_copy(update={"critical": found.payload.reason})


def _lost(job: Report, run: RunState) -> Returned:
    cancelled = job.worked == "cancelled"
    return Returned(
        project=job.project,
        run_id=run.run_id,
        purpose=run.purpose,
        status="cancelled" if cancelled else "lost",
        message=CANCELLED if cancelled else LOST,
        main_sha=run.main_sha,
    )


def _stopped(job: Report, run: RunState) -> Job | None:
    """Nobody wants what its provider still does for it; that nobody can say so there keeps no report back."""
    try:
        return remote.stop(job.main, job.project, run)
    except ClinftError as error:
        job.main.say(f"the job at {run.provider} may still run: {error.what} reconcile stops it.")
        return None


def _sealed_before(job: Report, run: RunState, digest: str, folder: Path) -> Returned:
    if fetch_evidence(job.main, run, digest, folder) is None:
        raise ServiceError(
            f"The sealed evidence of {run.run_id} is not kept by GitHub any more.",
            "Artifacts are deleted after 90 days.",
            "Raise `revision` in project.yaml by one in a pull request, and train anew.",
        )
    entry = next(entry for entry in run.history if entry.record == digest)
    ended: dict[str, Status] = {"succeeded": "trained", "failed": "failed", "cancelled": "cancelled"}
    return Returned(
        project=job.project,
        run_id=run.run_id,
        purpose=run.purpose,
        status=ended[entry.status],
        message=entry.message,
        main_sha=run.main_sha,
        job=entry.job,
        record=digest,
    )


def _judged(
    job: Report,
    run: RunState,
    context: Context,
    here: Path,
    status: BundleStatus,
    folder: Path,
    show: Callable[[Outcome], None],
) -> RunRecord | None:
    """What a failed or cancelled attempt left is evidence too: what it cost, and why it ended."""
    if status == "trained":
        show(run_stage(regress_stage(), context))
        show(run_stage(report_stage(), context))
        return _seal(job.project, here, run, "succeeded", folder)
    if status in ("failed", "cancelled") and any(here.glob("*.json")):
        ended: RecordStatus = "cancelled" if status == "cancelled" else "failed"
        return _seal(job.project, here, run, ended, folder)
    return None


def _laid_out(job: Report, run: RunState, accepted: Accepted, root: Path) -> tuple[Context, Path]:
    """The project as it was trained, the deployed model as it is now, and the bundle as the run's folder."""
    main, project = job.main, job.project
    for path in (*POLICY, *plan_paths(project)):
        main.history.export(accepted.manifest.main_sha, path, root)
    for path in (f"projects/{project}/runs", f"projects/{project}/{DEPLOYMENT}"):
        main.history.export(main.tip, path, root)
    context = job.open_at(root / "projects" / project)
    committed = context.paths.run(run.run_id)
    written = {name: (context.paths.root / source).read_bytes() for name, source in attempts.WRITTEN.items()}
    if run.purpose == "evaluate":
        written |= {name: (committed / name).read_bytes() for name in ("prepare.json", "train.json")}
    # What people declared there stands in gate.json and audit.json.
    declared = (*POLICY, f"projects/{project}/synthetic/{STATEMENTS}")
    written |= {path: (root / path).read_bytes() for path in declared if (root / path).is_file()}
    acceptance.check_evidence(accepted.folder, accepted.manifest, written)
    decided = run_folder.load(accepted.folder, "gate", GateDecision)
    if decided is not None:
        check_approvals(decided.payload, project, run.pull_request, main.reader, main.history, job.policy_of)
    again = run.purpose == "evaluate"
    here = context.paths.data / "again" / run.run_id if again else context.paths.run(run.run_id)
    shutil.copytree(accepted.folder, here, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MANIFEST))
    for stage in BEFORE_TRAINING:
        if again and not (here / f"{stage}.json").exists() and (committed / f"{stage}.json").exists():
            shutil.copyfile(committed / f"{stage}.json", here / f"{stage}.json")
        if (here / f"{stage}.json").exists():
            run_folder.write_atomically(
                context.paths.work / f"{stage}.json", (here / f"{stage}.json").read_bytes()
            )
    context.run = here
    # What people deployed is what it is measured against, however often it is looked at again.
    context.baseline = committed if again else None
    standing = standing_at(root, project)
    if again and standing.deployed == run.run_id:
        context.earlier = earlier(main.history, main.tip, standing, main.clock.now().date())
    context.pending = _pending(main, project, run)
    return context, here


def _pending(main: OnMain, project: str, run: RunState) -> tuple[str, ...]:
    """Other runs that were trained and whose results nobody has merged or closed."""
    others = main.store.read(project).state.runs
    on_main = main.records(project)
    waiting = [
        one
        for one in others
        if one.run_id != run.run_id and one.status in ("trained", "succeeded") and one.run_id not in on_main
    ]
    opened = {pull.number for pull in main.publisher.pulls()} if waiting else set()
    return tuple(sorted(one.run_id for one in waiting if one.results is None or one.results in opened))


def _seal(project: str, here: Path, run: RunState, status: RecordStatus, folder: Path) -> RunRecord:
    """The record, written once, over everything that lies beside it."""
    number = int(run.run_id.rpartition("-a")[2])
    record = RunRecord.model_construct(
        run_id=run.run_id,
        project=project,
        plan_digest=run.plan_digest,
        attempt=number,
        status=status,
        stages=(),
        files={},
        digest="",
    )
    (here / run_folder.RECORD).unlink(missing_ok=True)
    sealed = attempts.with_evidence(record, here)
    run_folder.save_record(here, sealed)
    ignored = shutil.ignore_patterns("data", ".*", "again")
    shutil.copytree(here, folder, ignore=ignored)
    found = run_folder.load_record(folder)
    if found is None or found.digest != sealed.digest:
        raise DigestMismatch("The sealed record cannot be read back.", "The disk is full.", "Run again.")
    return found
