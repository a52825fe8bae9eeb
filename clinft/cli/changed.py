"""Verbs on GitHub: what a pull request changes, its checks, its gate, its comment; and the gate on main."""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import typer

from clinft import wiring
from clinft.adapters.github.client import Address
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.decision import DeploymentDecision, Mode
from clinft.artifacts.pull_request import PullRequestReport
from clinft.cli.show import Screen
from clinft.errors import EXIT_NO, EXIT_SPEC, ServiceError, SpecError
from clinft.pipeline.context import Context
from clinft.pipeline.github import checks, judge
from clinft.pipeline.github.checks import Change, Checked
from clinft.pipeline.github.describe import shown_changes
from clinft.pipeline.github.event import change_of
from clinft.pipeline.github.merged import Main
from clinft.pipeline.github.plans import Plans
from clinft.pipeline.github.publish import publish_report
from clinft.pipeline.github.vouching import Vouching
from clinft.pipeline.summary import of_changes
from clinft.ports.actions import Actions
from clinft.ports.history import History
from clinft.run_folder import ProjectPaths, to_bytes, write_atomically
from clinft.spec.load import load_policy, load_project
from clinft.spec.policy import Policy
from clinft.stages.gate import GateInputs, no
from clinft.stages.report.pull_request.comment import summary
from clinft.stages.report.pull_request.reasons import verdict

REPORT = "report.json"
# Evidence that nobody sealed, and the end of a quarantine: nothing asks about them again on main.
ASKED_ONCE = frozenset({"CLINFT-G054", "CLINFT-G065"})
MAX_REPORT_BYTES = 20_000_000
Check = Callable[[Change], Iterable[Checked]]
CHECKS: dict[str, Check] = {
    "validate": checks.check_spec,
    "prepare": checks.check_prep,
    "audit": checks.check_audit,
    "estimate": checks.check_estimate,
}


def open_change(screen: Screen) -> Change:
    """The change that this run is about. The current folder is the tree of its merge; it is only data."""
    run = wiring.actions()
    tree = Path()
    history = wiring.history(tree, run)
    changes = change_of(run, history)
    policy, sha256 = policy_at(history, changes.base_sha)
    open_project = opener(policy, sha256, screen, changes.event)
    return Change(
        actions=run,
        changes=changes,
        history=history,
        tree=tree,
        policy=policy,
        policy_sha256=sha256,
        services=wiring.services(tree, screen.console, wiring.surroundings().cache),
        plans=Plans(history, open_project),
        open_project=open_project,
        policy_of=lambda commit: policy_at(history, commit)[0],
    )


def policy_at(history: History, commit: str) -> tuple[Policy, str]:
    """The policy as that commit has it, and its digest."""
    with tempfile.TemporaryDirectory(prefix="clinft-policy-") as folder:
        history.export(commit, wiring.POLICY.as_posix(), Path(folder))
        path = Path(folder) / wiring.POLICY
        if not path.is_file():
            raise SpecError(
                f"Commit {commit[:12]} has no {wiring.POLICY}.",
                "The policy says who may approve; it is read from the base branch, never from the change.",
                "Bring the template's .github/clinft.yml to the base branch first.",
            )
        return load_policy(path, str(wiring.POLICY)), digest_bytes(path.read_bytes())


def opener(policy: Policy, sha256: str, screen: Screen, mode: Mode) -> Callable[[Path], Context]:
    cache = wiring.surroundings().cache

    def open_project(folder: Path) -> Context:
        loaded = load_project(folder)
        repository = folder.parent.parent
        return Context(
            mode=mode,
            repository=repository,
            paths=ProjectPaths(folder),
            loaded=loaded,
            policy=policy,
            policy_sha256=sha256,
            services=wiring.services(repository, screen.console, cache),
            ask_approval=lambda estimate, roles: None,
            say=screen.say,
        )

    return open_project


def detect(screen: Screen) -> None:
    change = open_change(screen)
    screen.markdown(of_changes(shown_changes(change.changes)))


def check(name: str, screen: Screen) -> None:
    change = open_change(screen)
    try:
        worst = 0
        for checked in CHECKS[name](change):
            screen.checked(checked)
            if not checked.ok:
                worst = max(worst, EXIT_SPEC if checked.problems else EXIT_NO)
        if not change.projects:
            screen.markdown("No project's plan changes here, so there is nothing to check.")
    finally:
        change.plans.close()
    if worst:
        raise typer.Exit(worst)


def gate(screen: Screen) -> None:
    """The report of the whole pull request. Exit 0 also where only approvals for a training are to come."""
    change = open_change(screen)
    address = wiring.address(change.actions)
    try:
        base = change.changes.base_sha
        vouched = None if address is None else vouching(address, change.history, change.actions, base)
        report = judge.judge(change, None if address is None else wiring.reader(address), vouched)
    finally:
        change.plans.close()
    write_atomically(change.actions.results / REPORT, to_bytes(report))
    screen.markdown(summary(report))
    # Training is asked about again on main; a deployment and these are not: nobody may be missing then.
    deploys = any(isinstance(project.decision, DeploymentDecision) for project in report.projects)
    once = any(reason.blocks and reason.code in ASKED_ONCE for reason in report.reasons)
    insists, said = report.changes.event == "merge_group" or deploys or once, verdict(report)
    if said == "refused" or (insists and said != "ready"):
        raise typer.Exit(EXIT_NO)


def publish(screen: Screen) -> None:
    """Comment and statuses, from the gate's report. Nothing of the pull request's tree is read."""
    run = wiring.actions()
    path = run.results / REPORT
    report = _report(path)
    address = wiring.address(run)
    if address is None:
        raise ServiceError(
            "There is no token to comment with.",
            "The job gives none in CLINFT_TOKEN.",
            "Give it github.token, with pull-requests: write and statuses: write.",
        )
    # The folder of this job is a checkout of the base branch, so this is its policy.
    login = load_policy(wiring.POLICY).commit_back.author
    for line in publish_report(report, run, wiring.writer(address, login)):
        screen.say(line)


def on_main(context: Context, inputs: GateInputs, screen: Screen, run: Actions) -> GateInputs:
    """The gate's inputs at train time: who approved the pull request that brought this plan to main?"""
    address = wiring.address(run)
    history = wiring.history(context.repository, run)
    tip = history.fetch(f"refs/heads/{run.default_branch}")
    if address is None or tip is None:
        raise ServiceError(
            f"GitHub cannot be asked who approved the plan on {run.default_branch}.",
            "The job gives no token in CLINFT_TOKEN, or the branch cannot be fetched.",
            "Give the gate's step github.token, with contents and pull-requests: read.",
        )
    # Waivers, budgets, providers and runners are those of main now, whatever is checked out here.
    policy, sha256 = policy_at(history, tip)
    if sha256 != context.policy_sha256:
        old = no(
            45,
            f".github/clinft.yml here is not the one on {run.default_branch}: it changed since this commit.",
            "Start anew from the present branch; a re-run uses its old commit.",
        )
        return replace(inputs, review_reasons=(old,), approvals=())
    plans = Plans(history, opener(policy, sha256, screen, "train"))
    reader = wiring.reader(address)
    vouched = vouching(address, history, run, tip)
    main = Main(
        history, reader, run.default_branch, lambda commit: policy_at(history, commit)[0], plans, vouched
    )
    try:
        return main(context, inputs)
    finally:
        plans.close()


def vouching(address: Address, history: History, run: Actions, tip: str) -> Vouching:
    return Vouching(history, wiring.workflow_runs(address), run.repository, tip)


def _report(path: Path) -> PullRequestReport:
    from pydantic import ValidationError

    try:
        if path.stat().st_size > MAX_REPORT_BYTES:
            raise ValueError
        return PullRequestReport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError, ValueError):
        raise ServiceError(
            "The gate left no report that can be published.",
            "The gate's job failed before it could write one, or its artifact was changed.",
            "Open the gate's log; run the checks again.",
        ) from None
