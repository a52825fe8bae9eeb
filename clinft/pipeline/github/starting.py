"""What a push to the protected branch, or a dispatch, starts: decided again, under the project's lock.

Nothing that the pull request's checks said is believed. What is refused starts nothing and names its way out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from clinft import pipeline, run_folder
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.run_state import ProjectState, Purpose, RunState
from clinft.errors import ClinftError, PolicyViolation, SpecError
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import deployed_run
from clinft.pipeline.github import state
from clinft.pipeline.github.journal import LAST_LIVE
from clinft.pipeline.github.locks import LEASE, is_awaited
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.remote import stop
from clinft.pipeline.ledger import reserved
from clinft.pipeline.plan import plan_of
from clinft.ports.state import NoState
from clinft.ports.training import TrainingProvider
from clinft.spec.policy import Policy
from clinft.stages.gate.paths import changed_path

CHECKS = ("audit", "estimate", "gate")  # prepare comes first, alone: it tells the plan
HOSTED_RUNNER = ("ubuntu-latest",)
NO_COMMIT = "0" * 40
How = Literal["started", "resumed", "busy", "done", "refused", "invalid"]


@dataclass(frozen=True)
class Ordered:
    """One run for the jobs after this one. `runs_on`: labels, from the policy alone.

    `hosted`: a provider trains, and a job of its own asks it, with its keys.
    """

    project: str
    run_id: str
    purpose: Purpose
    runs_on: tuple[str, ...]
    packages: str
    hosted: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "run": self.run_id,
            "purpose": self.purpose,
            "runs_on": list(self.runs_on),
            "packages": self.packages,
            "hosted": "true" if self.hosted else "false",
        }


@dataclass(frozen=True)
class Answer:
    """What became of one project. `decision`: of the gate, where it was asked."""

    project: str
    how: How
    text: str
    ordered: Ordered | None = None
    decision: GateDecision | None = None
    error: ClinftError | None = None
    context: Context | None = None

    @property
    def ok(self) -> bool:
        return self.how not in ("refused", "invalid")


def start(main: OnMain, inputs: Mapping[str, str]) -> Iterator[Answer]:
    """One answer for each project that this push or dispatch is about; a no for one stops no other."""
    for project in wanted(main, inputs):
        try:
            over = _is_over(main, project, inputs.get("run") or "")
            if over is not None:
                yield over
            elif inputs.get("evaluate") == "true":
                yield _evaluate_again(main, project)
            else:
                yield _train(main, project)
        except (SpecError, PolicyViolation, NoState) as error:
            yield Answer(project, "invalid", error.what, error=error)


def wanted(main: OnMain, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """A push: projects whose plan's files it changed. A dispatch: the one that is named, or all."""
    if main.actions.event_name == "push":
        before = str(main.actions.event.get("before") or NO_COMMIT)
        if before == NO_COMMIT:
            return ()  # the template's first commit: nobody has merged anything
        if main.history.resolve(before) is None:
            return main.projects  # a forced push: all are looked at
        changed = map(changed_path, main.history.differences(before, main.actions.sha))
        names = {path.project for path in changed if path.kind == "plan"}
        return tuple(name for name in main.projects if name in names)
    named = inputs.get("project") or ""
    if not named:
        return tuple(project for project in main.projects if main.was_proposed(project))
    if named not in main.projects:
        raise SpecError(
            "The project that was named does not exist on the protected branch.",
            "The dispatch names another project, or something that is no project's name.",
            f"Name one of: {', '.join(main.projects) or 'none exists yet'}.",
        )
    return (named,)


def _train(main: OnMain, project: str) -> Answer:
    context = main.open_project(Path("projects") / project)
    plan_digest = _plan(context)
    taking = _taking(main, context, "train", plan_digest, None)
    # Asked before the audit, which may take long: most pushes find that there is nothing to do.
    first = taking(freed(main, main.store.read(project).state))
    if not isinstance(first, state.Taken):
        return _unstarted(project, first)
    follow(context, first.state.run(first.run_id))
    projects, now = context.repository / "projects", main.clock.now()
    context.reserved_usd = reserved(main.store, projects, plan_digest, now, main.say)
    try:
        list(pipeline.run(context, CHECKS))
    except PolicyViolation as error:
        return Answer(project, "refused", error.what, decision=_decision(context), error=error)
    except ClinftError as error:
        return Answer(project, "invalid", error.what, error=error)
    decision = _decision(context)
    assert decision is not None, "the gate allowed it"
    return _take(main, context, _taking(main, context, "train", plan_digest, decision), decision)


def follow(context: Context, run: RunState | None) -> None:
    """What is decided is about this attempt, whose job may be paid already."""
    if run is not None:
        context.attempt, context.known_job = run.run_id, run.job


def _is_over(main: OnMain, project: str, run_id: str) -> Answer | None:
    """A start by clinft itself names the run that it is to go on with; it never begins another attempt."""
    if not run_id:
        return None
    run = main.store.read(project).state.run(run_id)
    if run is not None and run.live and main.same_plan_files(project, run.main_sha):
        return None
    return Answer(project, "done", "The run that was to go on is over by now; nothing is started.")


def _evaluate_again(main: OnMain, project: str) -> Answer:
    context = main.open_project(Path("projects") / project)
    deployed = deployed_run(context.paths.root)
    record = main.records(project).get(deployed or "")
    if deployed is None or record is None or record.status != "succeeded":
        raise SpecError(
            f"{project} has no deployed run that could be evaluated again.",
            "deployment.yaml is missing, or names a run whose record is not on the protected branch.",
            "Deploy a run first; the results of a new run are evaluated anyway.",
        )
    if record.plan_digest != _plan(context):
        raise SpecError(
            f"{deployed} was trained from another plan than the project holds now.",
            "Its test split cannot be made again from the present spec.",
            "Evaluate it by the run that the present plan gives: regression compares both.",
        )
    return _take(main, context, _taking(main, context, "evaluate", record.plan_digest, None, deployed), None)


def _plan(context: Context) -> str:
    list(pipeline.run(context, ("prepare",)))
    return plan_of(context).digest


Taking = Callable[[ProjectState], "state.Taken | state.Busy | state.Done"]


def _taking(
    main: OnMain,
    context: Context,
    purpose: Purpose,
    plan_digest: str,
    decision: GateDecision | None,
    run_id: str | None = None,
) -> Taking:
    training = context.loaded.spec.training

    def taking(here: ProjectState) -> state.Taken | state.Busy | state.Done:
        return state.take(
            here,
            claim_by=main.claimant,
            purpose=purpose,
            plan_digest=plan_digest,
            # Asked after the state was read: what left the state must be on the branch by then.
            on_main=main.now().statuses(context.name),
            provider=training.provider,
            runner=training.runner,
            main_sha=main.actions.sha,
            pull_request=None if decision is None else decision.source.pull_request,
            now=main.clock.now(),
            lease=LEASE,
            run_id=run_id,
            waiting=[pull.number for pull in main.publisher.pulls()] if purpose == "evaluate" else None,
        )

    return taking


def _take(main: OnMain, context: Context, taking: Taking, decision: GateDecision | None) -> Answer:
    """Under compare-and-swap: whoever is second reads again and finds the lock taken."""
    said: list[state.Taken | state.Busy | state.Done] = []

    def change(here: ProjectState) -> ProjectState | None:
        said.append(taking(freed(main, here)))
        answer = said[-1]
        if not isinstance(answer, state.Taken):
            return None
        return _goes_on(main, answer) if answer.resumed else _priced(context, answer)

    state.update(main.store, context.name, change)
    taken = said[-1]
    if not isinstance(taken, state.Taken):
        return _unstarted(context.name, taken, evaluates=decision is None)
    for ended in filter(None, map(taken.state.run, taken.ended)):
        main.softly(f"the job of {ended.run_id}", partial(stop, main, context.name, ended))
    purpose: Purpose = "train" if decision is not None else "evaluate"
    ordered = Ordered(
        context.name,
        taken.run_id,
        purpose,
        runs_on(main.policy, context),
        packages(context),
        _provider(context).hosted,
    )
    how: How = "resumed" if taken.resumed else "started"
    told = "goes on where it was cut off" if taken.resumed else "starts"
    where = ", ".join(ordered.runs_on)
    return Answer(
        context.name,
        how,
        f"{taken.run_id} {told} on {where}.",
        ordered,
        decision,
        context=context,
    )


def _goes_on(main: OnMain, taken: "state.Taken") -> ProjectState:
    """With an entry of this workflow run, so that whoever looks for its bundle knows where."""
    run = taken.state.run(taken.run_id)
    assert run is not None, "it was resumed"
    last = run.history[-1]
    return state.note(
        taken.state,
        taken.run_id,
        "running" if last.status == "paused" else last.status,
        now=main.clock.now(),
        workflow_run=main.actions.run_id,
        job=last.job,
    )


def _priced(context: Context, taken: "state.Taken") -> ProjectState:
    """With what it may cost, so that a run of another project that starts now counts it."""
    found = run_folder.load(context.paths.work, "estimate", CostEstimate)
    upper = None if found is None else found.payload.cost_usd_upper
    runs = tuple(
        run.model_copy(update={"cost_usd_upper": upper}) if run.run_id == taken.run_id else run
        for run in taken.state.runs
    )
    return taken.state.model_copy(update={"runs": runs})


def freed(main: OnMain, here: ProjectState) -> ProjectState:
    """A lock is free when its workflow run is over, however long its lease still runs, unless report.yml is
    on its way. A run that was cut off too often has ended."""
    claim = here.holder
    if claim is not None and not is_awaited(claim, main.clock.now()) and main.is_over(claim.workflow_run):
        here = state.release(here, claim.workflow_run) or here
    for run in here.runs:
        at_work = here.holder is not None and here.holder.run_id == run.run_id
        if run.live and run.status != "trained" and not at_work and run.history[-1].number >= LAST_LIVE:
            here = state.note(
                here,
                run.run_id,
                "failed",
                now=main.clock.now(),
                workflow_run=main.actions.run_id,
                message="it was cut off too often",
            )
    return here


def runs_on(policy: Policy, context: Context) -> tuple[str, ...]:
    """Labels of the machine, from the policy alone; a hosted provider needs none of ours."""
    runner = policy.runners.get(context.loaded.spec.training.runner)
    labels = () if _provider(context).hosted or runner is None else runner.labels
    return labels or HOSTED_RUNNER


def packages(context: Context) -> str:
    """Which packages the machine needs: torch only where weights are opened on it."""
    return {"peft": "train", "mcp": "mcp"}.get(context.loaded.spec.training.provider, "light")


def _provider(context: Context) -> TrainingProvider:
    return context.services.providers(context.loaded.spec.training.provider)


def _unstarted(project: str, why: "state.Busy | state.Done", evaluates: bool = False) -> Answer:
    if isinstance(why, state.Done):
        return Answer(project, "done", f"{why.run_id} has trained this plan already; nothing is paid twice.")
    until = f"until {why.claim.lease_until} at the latest"
    return Answer(
        project,
        "busy",
        f"{why.claim.run_id} holds the lock, {until} (workflow run {why.claim.workflow_run}). "
        + ("Ask again when it is free." if evaluates else "reconcile starts what is left when it is free."),
    )


def _decision(context: Context) -> GateDecision | None:
    found = run_folder.load(context.paths.work, "gate", GateDecision)
    return None if found is None else found.payload
