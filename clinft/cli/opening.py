"""Opening a project or a run for a verb: load what people wrote, wire the real adapters."""

from dataclasses import replace
from pathlib import Path

from clinft import wiring
from clinft.artifacts.canonical import digest_file
from clinft.cli.show import Screen, console
from clinft.errors import ServiceError, SpecError
from clinft.pipeline import tracking
from clinft.pipeline.context import Context
from clinft.pipeline.verify import Link, verify
from clinft.run_folder import ProjectPaths
from clinft.spec.load import load_policy, load_project
from clinft.stages.gate import GateInputs
from clinft.stages.gate.approvals import LOCAL_WORD
from clinft.stages.gate.paths import TRACKING
from clinft.stages.gate.pull_request import unreadable


def open_context(project: Path, yes: bool, screen: Screen, local: bool = False) -> Context:
    loaded = load_project(project)
    repository = wiring.find_repository(loaded.path)
    policy = repository / wiring.POLICY
    surroundings = wiring.surroundings()
    if local and surroundings.in_actions:
        raise SpecError(
            "--local is refused on GitHub Actions.",
            "A word given in a workflow is nobody's: there only reviews approve.",
            "Leave --local out; the reviews of the pull request count.",
        )

    def agrees(told: str) -> bool:
        screen.say(told)
        return yes

    context = Context(
        mode="train" if surroundings.in_actions else "local",
        repository=repository,
        paths=ProjectPaths(loaded.path),
        loaded=loaded,
        policy=load_policy(policy),
        policy_sha256=digest_file(policy),
        services=wiring.services(repository, screen.console, surroundings.cache),
        ask_approval=wiring.approval_asker(yes, screen.console),
        agrees_to_others=agrees,
        say=screen.say,
    )
    return _reviewed(context, screen, yes) if surroundings.in_actions else context


def _reviewed(context: Context, screen: Screen, yes: bool) -> Context:
    """On GitHub, main's history and the pull request's reviews decide, asked when the gate needs them."""

    def ask(context: Context, inputs: GateInputs) -> GateInputs:
        from clinft.cli.changed import on_main

        try:
            judged = on_main(context, inputs, screen, wiring.actions())
        except (ServiceError, SpecError) as error:
            # No answer is a no, with its reason in the decision.
            judged = replace(inputs, review_reasons=(unreadable(error.what.rstrip(".")),), approvals=())
        if yes:
            judged = replace(judged, review_reasons=(*judged.review_reasons, LOCAL_WORD))
        return judged

    context.reviewed = ask
    return context


def verify_run(run: Path) -> list[Link]:
    """Of a run, what the tables say of it included; of projects/tracking/, each table."""
    if run.resolve().name == TRACKING:
        return tracking.table_links(run.resolve().parent)
    links = verify(run, wiring.services(run.parent, console(), wiring.surroundings().cache).progress)
    told = tracking.run_link(run)
    return links if told is None else [*links, told]
