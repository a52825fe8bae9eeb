"""Verbs on the protected branch: start what was merged, work on it, bring its results, mend the rest."""

import json
from pathlib import Path

import typer

from clinft import wiring
from clinft.artifacts.canonical import digest_file
from clinft.cli import show
from clinft.cli.changed import policy_at
from clinft.cli.dispose import before_work
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.errors import EXIT_NO, CheckpointWritten, PolicyViolation, ServiceError
from clinft.pipeline.context import Context
from clinft.pipeline.github import disposals, reconciling, reporting, returning, starting, telling, working
from clinft.pipeline.github.locks import handed_over
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.state import update
from clinft.pipeline.github.telling import links
from clinft.pipeline.ledger import reserved
from clinft.pipeline.sinks.facts import with_told
from clinft.pipeline.sinks.steps import before_training
from clinft.ports.actions import Actions
from clinft.run_folder import ProjectPaths
from clinft.spec.load import load_policy, load_project
from clinft.spec.policy import Policy
from clinft.stages.report.milestones import About
from clinft.stages.report.returned.refused import Decided, refusal

DECIDED = {
    "started": "allowed",
    "resumed": "allowed",
    "busy": "busy",
    "done": "nothing to do",
    "refused": "refused",
    "invalid": "refused",
}


def start(screen: Screen) -> None:
    main = open_main(screen)
    answers = []
    for answer in starting.start(main, wiring.dispatched()):
        answers.append(answer)
        screen.say(f"{answer.project}: {answer.how}. {answer.text}")
        if answer.error is not None:
            show.error(answer.error)
        if answer.ordered is not None and answer.decision is not None:
            _told(main, answer)
    ordered = [answer.ordered.as_json() for answer in answers if answer.ordered is not None]
    wiring.output("runs", json.dumps(ordered))
    screen.markdown(refusal([_decided(main, answer) for answer in answers], links(main)))
    if not all(answer.ok for answer in answers):
        raise typer.Exit(EXIT_NO)


def _told(main: OnMain, answer: starting.Answer) -> None:
    assert answer.ordered is not None
    assert answer.decision is not None
    context, ordered, decision = answer.context, answer.ordered, answer.decision
    assert context is not None, "it was opened to be decided on"
    resumed = answer.how == "resumed"
    main.softly(
        "the tracking issue", lambda: telling.of_start(main, context, ordered.run_id, decision, resumed)
    )
    # Sinks are told by another job, which has none of the files that this one has just made.
    about = About(context.name, decision.plan_digest, ordered.run_id)
    main.softly(
        "the journal",
        lambda: update(
            main.store,
            context.name,
            lambda here: with_told(here, ordered.run_id, before_training(about, context.paths.work)),
        ),
    )


def _decided(main: OnMain, answer: starting.Answer) -> Decided:
    holder = main.store.read(answer.project).state.holder if answer.how == "busy" else None
    return Decided(
        project=answer.project,
        outcome=DECIDED[answer.how],  # type: ignore[arg-type]  # the table's values
        run_id=None if answer.ordered is None else answer.ordered.run_id,
        decision=answer.decision,
        holder=holder,
    )


def ordered_work(screen: Screen) -> working.Work:
    """What `start` ordered from this job."""
    run = wiring.actions()
    show.mask(wiring.secrets.to_mask())
    project, run_id = wiring.ordered()
    context = open_context(Path("projects") / project, False, screen)
    policy = context.policy
    runner = policy.runners.get(context.loaded.spec.training.runner)
    working.segment(context, () if runner is None else runner.labels)
    store = wiring.state_store(Path(), run)
    state = store.read(project).state
    mine = state.run(run_id)
    plan_digest, now = "" if mine is None else mine.plan_digest, wiring.SystemClock().now()
    context.reserved_usd = reserved(store, Path("projects"), plan_digest, now, screen.say)
    return working.Work(
        actions=run,
        project=project,
        run_id=run_id,
        state=state,
        context=context,
        store=wiring.weights_store(run.repository),
        disposed=before_work(run, screen),
    )


def train(screen: Screen) -> None:
    """The working job: read-only towards GitHub; what it made goes into the bundle."""
    job = ordered_work(screen)
    worked = working.work(job, screen.outcome)
    wiring.output("artifact", worked.manifest.artifact)
    screen.say(f"bundle of {job.run_id}: {worked.manifest.status}, {len(worked.manifest.files)} files")
    if isinstance(worked.error, CheckpointWritten):
        screen.say(str(worked.error))
    elif worked.error is not None:
        raise worked.error


def _worked(run: Actions) -> str:
    """Result of the job that worked: of `train` and `hosted` one is skipped."""
    results = [result for result in run.needs.values() if result != "skipped"]
    return results[0] if results else ""


def handover(screen: Screen) -> None:
    run = wiring.actions()
    project, run_id = wiring.ordered()
    address = wiring.address(run)
    if address is None:
        raise ServiceError(
            "There is no token to start report.yml with.",
            "The job gives none in CLINFT_TOKEN.",
            "Give it github.token, with actions: write.",
        )
    store, claimant = wiring.state_store(Path(), run), (run.run_id, run.run_attempt)
    now = wiring.SystemClock().now()
    update(store, project, lambda here: handed_over(here, claimant, run_id, now))
    inputs = {"project": project, "run": run_id, "worked": _worked(run)}
    wiring.workflow_runs(address).dispatch("report.yml", run.default_branch, inputs)
    screen.say(f"report.yml started for {run_id} of {project}")


def report(screen: Screen) -> None:
    main = open_main(screen)
    project, run_id = wiring.ordered()

    def open_at(folder: Path) -> Context:
        return _open_at(folder, screen)

    def policy_of(commit: str) -> Policy:
        return policy_at(main.history, commit)[0]

    job = reporting.Report(main, project, run_id, wiring.worked(), open_at, policy_of)
    returned = reporting.report(job, screen.outcome)
    wiring.output("artifact", returned.artifact)
    screen.say(f"{run_id}: {returned.status}. {returned.message}")


def publish(screen: Screen) -> None:
    main = open_main(screen)
    returned = reporting.read_returned(main.actions.results)
    for line in returning.publish(main, returned):
        screen.say(line)
    bad = returned.status in ("failed", "cancelled", "lost")
    if returned.critical:
        show.error(_critical(returned))
        bad = True
    if returned.disposed:
        # What was just brought may lie on the branch already.
        for told in disposals.take_over(open_main(screen), returned.disposed):
            screen.say(f"{told.project}: {told.what}")
            bad = bad or told.failed
    if bad:
        raise typer.Exit(EXIT_NO)


def _critical(returned: reporting.Returned) -> PolicyViolation:
    """After everything was published: people must see the evidence, and nobody may overlook the job."""
    return PolicyViolation(
        f"CRITICAL: {returned.run_id} of {returned.project} is a danger to patients and must not be used.",
        returned.critical,
        "The results pull request names the version to keep. Nothing deploys this run.",
    )


def reconcile(screen: Screen) -> None:
    main = open_main(screen)
    # For the job after this one, which is not even begun where nobody is to be told.
    wiring.output("sinks", "true" if main.policy.sinks else "false")
    bad = False
    for found in reconciling.reconcile(main):
        screen.say(f"{found.project}: {found.what}")
        bad = bad or found.failed
    if bad:
        raise typer.Exit(EXIT_NO)


def open_main(screen: Screen) -> OnMain:
    run = wiring.actions()
    show.mask(wiring.secrets.to_mask())
    address = wiring.address(run)
    history = wiring.history(Path(), run)
    tip = history.fetch(f"refs/heads/{run.default_branch}")
    if address is None or tip is None:
        raise ServiceError(
            f"GitHub cannot be asked about {run.default_branch}.",
            "The job gives no token in CLINFT_TOKEN, or the branch cannot be fetched.",
            "Give the step github.token, and the job the permissions that the template's workflows have.",
        )
    policy, _ = policy_at(history, tip)
    pushes_to = run.default_branch if policy.commit_back.mode == "push" else None
    return OnMain(
        actions=run,
        history=history,
        tip=tip,
        policy=policy,
        store=wiring.state_store(Path(), run),
        runs=wiring.workflow_runs(address),
        reader=wiring.reader(address),
        publisher=wiring.publisher(address, policy.commit_back.author, pushes_to),
        clock=wiring.SystemClock(),
        open_project=lambda folder: open_context(folder, False, screen),
        say=screen.say,
    )


def _open_at(folder: Path, screen: Screen) -> Context:
    """A project that was laid out somewhere else, as it was trained. Nothing is trained there."""
    repository = folder.parent.parent
    policy = repository / wiring.POLICY
    return Context(
        mode="train",
        repository=repository,
        paths=ProjectPaths(folder),
        loaded=load_project(folder),
        policy=load_policy(policy, str(wiring.POLICY)),
        policy_sha256=digest_file(policy),
        services=wiring.services(repository, screen.console, wiring.surroundings().cache),
        ask_approval=lambda estimate, roles: None,
        say=screen.say,
    )
