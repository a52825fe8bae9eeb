"""Compares what was approved and merged with what ran, and mends the difference. Safe to repeat at any time.

It starts and resumes only through train.yml and report.yml, where everything is decided again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clinft import pipeline
from clinft.artifacts.model import TERMINAL
from clinft.artifacts.run_state import OVER, ProjectState, RunState
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline import serving
from clinft.pipeline.context import Context
from clinft.pipeline.github import merging, promoting, provider_files, remote, state
from clinft.pipeline.github.accepting import has_bundle, has_evidence
from clinft.pipeline.github.locks import going_on
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.starting import CHECKS, follow, freed
from clinft.pipeline.ledger import reserved
from clinft.pipeline.plan import plan_of
from clinft.pipeline.transitions import ENDS
from clinft.ports.publishing import OpenPull

# Said only where it can be nothing but a name.
JOB_ID = re.compile(r"[A-Za-z0-9._:/-]{1,200}")
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
    here = state.update(main.store, project, lambda found: freed(main, found))
    for run in here.runs:
        yield from _run(main, project, here, run, opened)
    here = main.store.read(project).state
    if project in main.projects:
        if here.holder is None:
            yield from _lost(main, project, here)
        for what in promoting.promote(main, project, opened):
            yield Found(project, what)
        at_work = {run.run_id: run.live for run in here.runs}
        for what in serving.idle(main.open_project(Path("projects") / project), at_work):
            yield Found(project, what)


def _run(
    main: OnMain, project: str, here: ProjectState, run: RunState, opened: tuple[OpenPull, ...]
) -> Iterator[Found]:
    try:
        merged = merging.is_merged(main, project, run)
    except DigestMismatch as error:
        yield Found(project, str(error), failed=True)
        return
    if merged:
        state.update(main.store, project, lambda found: state.forget(found, run.run_id))
        main.publisher.delete_branch(merging.branch_of(run))
        yield Found(project, f"{run.run_id}: its results are merged.")
    elif run.status in OVER:
        yield from _over(main, project, run, opened)
    elif here.holder is None and run.purpose == "train" and run.run_id in main.records(project):
        # Its state was deleted and it began anew, while its results waited for a person.
        yield from _ends(main, project, run, "it has ended before", "its results are merged already")
    elif here.holder is not None and here.holder.run_id == run.run_id:
        claim = here.holder
        yield Found(project, f"{run.run_id}: workflow run {claim.workflow_run} is at work on it.")
    else:
        yield from _live(main, project, run)


def _over(main: OnMain, project: str, run: RunState, opened: tuple[OpenPull, ...]) -> Iterator[Found]:
    if run.status in ENDS and not _job_is_over(run):
        yield from _left_behind(main, project, run)
    sealed = run.sealed
    if sealed is None:
        return  # it ended before anything was made; its number is not given again
    if run.results is None and not has_evidence(main, run, sealed):
        yield Found(
            project,
            f"{run.run_id}: sealed, never published, and GitHub does not keep its evidence any more. Raise "
            "`revision` in project.yaml by one in a pull request for a fresh run.",
            failed=True,
        )
    elif run.results is None:
        if main.policy.commit_back.mode == "push" and not _ours_to_publish(main, run):
            return
        _dispatch_report(main, project, run)
        yield Found(project, f"{run.run_id}: sealed and not published; report was started for it.")
    elif any((pull.number, pull.head_ref) == (run.results, merging.branch_of(run)) for pull in opened):
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
    try:
        job = remote.stop(main, project, run)
    except ClinftError as error:
        known = next((entry.job for entry in reversed(run.history) if entry.job is not None), None)
        named = "a job" if known is None or not JOB_ID.fullmatch(known.id) else f"its job {known.id}"
        what = f"{run.run_id}: {run.status}, and {named} at {run.provider} may still run. {error}"
        yield Found(project, what, failed=True)
        return
    if job is not None:
        yield Found(
            project, f"{run.run_id}: {run.status}, and its job at {job.provider} is {job.status} now."
        )


def _live(main: OnMain, project: str, run: RunState) -> Iterator[Found]:
    """Nobody holds the lock for it."""
    if project not in main.projects or not main.same_plan_files(project, run.main_sha):
        yield from _orphaned(main, project, run)
        return
    last = run.history[-1]
    worked = None if last.workflow_run is None else main.runs.run(last.workflow_run)
    if worked is not None and worked.conclusion == "cancelled" and last.status != "paused":
        yield from _cancelled(main, project, run)
        return
    job = last.job
    if run.status == "running" and job is not None and job.status not in TERMINAL:
        now = remote.poll(main, project, run, job)
        if now.status not in TERMINAL:
            yield Found(project, f"{run.run_id}: {now.status} at {now.provider}.")
            return
        yield _go_on(main, project, run, f"{now.status} at {now.provider}; train was started to fetch it.")
    elif _has_bundle(main, run):
        _dispatch_report(main, project, run)
        yield Found(project, f"{run.run_id}: its bundle was never reported; report was started for it.")
    else:
        yield _go_on(main, project, run, f"{run.status} and nobody works on it; train was started again.")


def _go_on(main: OnMain, project: str, run: RunState, what: str) -> Found:
    """Through train, which decides again; where it would say no, a person has to act first."""
    if run.purpose == "train" and (refused := _refused(main, project, run)) is not None:
        return Found(
            project, f"{run.run_id} cannot go on: {refused} See the gate's reasons in train's summary."
        )
    main.runs.dispatch(TRAIN, main.actions.default_branch, going_on(project, run))
    return Found(project, f"{run.run_id}: {what}")


def _refused(main: OnMain, project: str, run: RunState) -> str | None:
    """What the gate says now; None: it allows the project's plan."""
    try:
        context, plan_digest = _planned(main, project)
        follow(context, run)
        return _against(main, context, plan_digest)
    except SpecError as error:
        return error.what


def _planned(main: OnMain, project: str) -> tuple[Context, str]:
    """The project at work, and its plan's digest."""
    context = main.open_project(Path("projects") / project)
    list(pipeline.run(context, ("prepare",)))
    return context, plan_of(context).digest


def _against(main: OnMain, context: Context, plan_digest: str) -> str | None:
    try:
        projects, now = context.repository / "projects", main.clock.now()
        context.reserved_usd = reserved(main.store, projects, plan_digest, now, main.say)
        list(pipeline.run(context, CHECKS))
    except (PolicyViolation, SpecError) as error:
        return error.what
    return None


def _cancelled(main: OnMain, project: str, run: RunState) -> Iterator[Found]:
    """A person stopped the workflow run, and its last job with it: nothing begins again by itself."""
    yield from _ends(main, project, run, "it was cancelled", "its workflow run was cancelled")


def _orphaned(main: OnMain, project: str, run: RunState) -> Iterator[Found]:
    """What still runs for it costs money for nothing."""
    yield from _ends(main, project, run, state.ANOTHER_PLAN, "its plan is not on the branch any more")


def _ends(main: OnMain, project: str, run: RunState, message: str, why: str) -> Iterator[Found]:
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
            message=message,
        )

    ended = state.update(main.store, project, change).run(run.run_id)
    if ended is not None and not ended.live:
        yield Found(project, f"{run.run_id}: {why}; the attempt is over.")
        yield from _left_behind(main, project, ended)


def _lost(main: OnMain, project: str, here: ProjectState) -> Iterator[Found]:
    """Merged and never ran: a push whose workflow was dropped, or an approval that came late."""
    if not main.was_proposed(project):
        return
    try:
        context, plan_digest = _planned(main, project)
    except SpecError as error:
        yield Found(project, f"its plan cannot be made: {error.what}")
        return
    known = [record.plan_digest for record in main.records(project).values()]
    if plan_digest in (*known, *(run.plan_digest for run in here.runs)):
        return
    if _against(main, context, plan_digest) is not None:
        yield Found(project, "its plan has no run, and the gate does not allow one yet; see train's summary.")
        return
    main.runs.dispatch(TRAIN, main.actions.default_branch, {"project": project})
    yield Found(project, "its plan was approved, merged and never ran; train was started for it.")


def _job_is_over(run: RunState) -> bool:
    job = run.history[-1].job
    return job is not None and job.status in TERMINAL


def _ours_to_publish(main: OnMain, run: RunState) -> bool:
    """With pushes there is no pull request that shows whether publishing came to its end."""
    entry = next((entry for entry in run.history if entry.record is not None), None)
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
