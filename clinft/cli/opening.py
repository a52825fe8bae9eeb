"""Opening a project or a run for a verb: load what people wrote, wire the real adapters."""

from pathlib import Path

from clinft import wiring
from clinft.artifacts.canonical import digest_file
from clinft.cli.show import Screen, console
from clinft.pipeline.context import Context
from clinft.pipeline.verify import Link, verify
from clinft.run_folder import ProjectPaths
from clinft.spec.load import load_policy, load_project


def open_context(project: Path, yes: bool, screen: Screen) -> Context:
    loaded = load_project(project)
    repository = wiring.find_repository(loaded.path)
    policy = repository / wiring.POLICY
    surroundings = wiring.surroundings()
    return Context(
        # A word given in a workflow is nobody's: there only reviews approve.
        mode="github" if surroundings.in_actions else "local",
        repository=repository,
        paths=ProjectPaths(loaded.path),
        loaded=loaded,
        policy=load_policy(policy),
        policy_sha256=digest_file(policy),
        services=wiring.services(repository, screen.console, surroundings.cache),
        ask_approval=wiring.approval_asker(yes, screen.console),
        say=screen.say,
    )


def verify_run(run: Path) -> list[Link]:
    return verify(run, wiring.services(run.parent, console(), wiring.surroundings().cache).progress)
