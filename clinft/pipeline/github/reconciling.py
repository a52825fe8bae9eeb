"""Compares what was approved and merged with what ran, and mends the difference. Safe to repeat at any time.

It starts and resumes only through train.yml and report.yml, where everything is decided again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clinft import pipeline
from clinft.artifacts.model import TERMINAL
from clinft.artifacts.run_state import OVER, ProjectState, RunState, StatusEntry
from clinft.errors import ClinftError, PolicyViolation, SpecError
from clinft.pipeline.github import merging, promoting, provider_files, remote, state
from clinft.pipeline.github.accepting import has_bundle
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.starting import CHECKS, reap
from clinft.pipeline.ledger import reserved
from clinft.pipeline.plan import plan_of
from clinft.pipeline.transitions import ENDS
from clinft.ports.publishing import OpenPull

TRAIN, REPORT = "train.yml", "report.yml"


@dataclass(frozen=True)
class Found:
    """One difference, and what was done. `failed`: a person must look."""

    project: str
    what: str
    failed: bool = False


def reconcile(main: OnMain) -> Iterator[Found]:
    """A project that cannot be looked at stops no other."""
    opened = main.publisher.pulls()
    for project in sorted({*main.projects, *main.store.projects()}):
        try:
            yield from _project(main, project, opened)
        except ClinftError as error:
            yield Found(project, str(error), failed=True)
    for told in provider_files.dispose(main, opened):
        yield Found(*told)
    for project, what in merging.tracking_view(main, opened):
        yield Found(project, what)


def _project(main: OnMain, project: str, opened: tuple[OpenPull, ...]) -> Iterator[Found]:
    here = state.update(main.store, project, lambda found: reap(main, found))
    for run in here.runs:
        yield from _run(main, project, here, run, opened)
    here = main.store.read(project).state
    if project in main.projects:
        if here.holder is None:
            yield from _lost(main, project, here)
        for what in promoting.promote(main, project, opened):
            yield Found(project, what)


def _run(
    main: OnMain, project: str, here: ProjectState, run: RunState, opened: tuple[OpenPull, ...]
) -> Iterator[Found]:
    if merging.is_merged(main, project, run):
        state.update(main.store, project, lambda found: state.forget(found, run.run_id))
        main.publisher.delete_branch(merging.branch_of(run))
        yield Found(project, f"{run.run_id}: its results are merged.")
    elif run.status in OVER:
        yield from _over(main, project, run, opened)
    elif here.holder is not None and here.holder.run_id == run.run_id:
        claim = here.holder
        yield Found(project, f"{run.run_id}: workflow run {claim.workflow_run} is at work on it.")
    else:
        yield from _live(main, project, run)


def _over(main: OnMain, project: str, run: RunState, opened: tuple[OpenPull, ...]) -> Iterator[Found]:
    if run.status in ENDS and not _job_is_over(run):
        yield from _left_behind(main, project, run)
    if _sealed(run) is None:
        return  # it ended before anything was made; its number is not given again
    if run.results is None:
        if main.policy.commit_back.mode == "push" and not _ours_to_publish(main, run):
            return
        _dispatch_report(main, project, run)
        yield Found(project, f"{run.run_id}: sealed and not published; report was started for it.")
    elif any(pull.number == run.results for pull in opened):
        rebuilt = merging.bring_up_to_date(main, project, run, opened)
        also = " Its branch was rebuilt on the newest commit." if rebuilt else ""
        yield Found(project, f"{run.run_id}: results pull request {run.results} waits for a person.{also}")
    else:
        yield Found(
            project,
            f"{run.run_id}: results pull request {run.results} was closed without a merge. Open it again, "
            "or raise `revision` in project.yaml by one in a pull request for a fresh run.",
        )


def _left_behind(main: OnMain, project: str, run: RunState) -> Iterator[Found]:
    """Its job goes on at the provider: another plan was merged, or nobody could ask when it ended."""
    job = remote.stop(main, project, run)
    if job is not None:
        yield Found(
            project, f"{run.run_id}: {run.status}, and its job at {job.provider} is {job.status} now."
        )


def _live(main: OnMain, project: str, run: RunState) -> Iterator[Found]:
    """Nobody holds the lock for it."""
    if project not in main.projects or not main.same_plan_files(project, run.main_sha):
        yield from _orphaned(main, project, run)
        return
    job = run.history[-1].job
    if run.status == "running" and job is not None and job.status not in TERMINAL:
        now = remote.poll(main, project, run, job)
        if now.status not in TERMINAL:
            yield Found(project, f"{run.run_id}: {now.status} at {now.provider}.")
            return
        main.runs.dispatch(TRAIN, main.actions.default_branch, {"project": project})
        yield Found(project, f"{run.run_id}: {now.status} at {now.provider}; train was started to fetch it.")
    elif _has_bundle(main, run):
        _dispatch_report(main, project, run)
        yield Found(project, f"{run.run_id}: its bundle was never reported; report was started for it.")
    else:
        main.runs.dispatch(TRAIN, main.actions.default_branch, {"project": project})
        yield Found(project, f"{run.run_id}: {run.status} and nobody works on it; train was started again.")


def _orphaned(main: OnMain, project: str, run: RunState) -> Iterator[Found]:
    """Its plan is not on the branch any more: what still runs for it costs money for nothing."""

    def change(found: ProjectState) -> ProjectState | None:
        known = found.run(run.run_id)
        if known is None or not known.live or found.holder is not None:
            return None  # somebody works on it by now
        return state.note(
            found,
            run.run_id,
            "cancelled",
            now=main.clock.now(),
            workflow_run=main.actions.run_id,
            message=state.ANOTHER_PLAN,
        )

    ended = state.update(main.store, project, change).run(run.run_id)
    if ended is not None and not ended.live:
        yield Found(project, f"{run.run_id}: its plan is not on the branch any more; it was cancelled.")
        yield from _left_behind(main, project, ended)


def _lost(main: OnMain, project: str, here: ProjectState) -> Iterator[Found]:
    """Merged and never ran: a push whose workflow was dropped, or an approval that came late."""
    if not main.was_proposed(project):
        return
    try:
        context = main.open_project(Path("projects") / project)
        list(pipeline.run(context, ("prepare",)))
    except SpecError as error:
        yield Found(project, f"its plan cannot be made: {error.what}")
        return
    plan_digest = plan_of(context).digest
    known = [record.plan_digest for record in main.records(project).values()]
    if plan_digest in (*known, *(run.plan_digest for run in here.runs)):
        return
    context.reserved_usd = reserved(main.store, context.repository / "projects", plan_digest)
    try:
        list(pipeline.run(context, CHECKS))
    except PolicyViolation:
        yield Found(project, "its plan has no run, and the gate does not allow one yet; see train's summary.")
        return
    main.runs.dispatch(TRAIN, main.actions.default_branch, {"project": project})
    yield Found(project, "its plan was approved, merged and never ran; train was started for it.")


def _sealed(run: RunState) -> StatusEntry | None:
    return next((entry for entry in run.history if entry.record is not None), None)


def _job_is_over(run: RunState) -> bool:
    job = run.history[-1].job
    return job is not None and job.status in TERMINAL


def _ours_to_publish(main: OnMain, run: RunState) -> bool:
    """With pushes there is no pull request that shows whether publishing came to its end."""
    entry = _sealed(run)
    return entry is not None and entry.workflow_run is not None and main.is_over(entry.workflow_run)


def _has_bundle(main: OnMain, run: RunState) -> bool:
    """The last workflow run that took it left a bundle that no report has noted."""
    last = run.history[-1]
    if last.workflow_run is None or last.status == "paused":
        return False
    return has_bundle(main, last.workflow_run, run.run_id)


def _dispatch_report(main: OnMain, project: str, run: RunState) -> None:
    inputs = {"project": project, "run": run.run_id}
    main.runs.dispatch(REPORT, main.actions.default_branch, inputs)
