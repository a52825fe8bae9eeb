"""`clinft dispose`: on the machine that trains, delete what is past the date that the policy names."""

from pathlib import Path

import typer

from clinft import wiring
from clinft.artifacts.bundle import Disposed
from clinft.cli.changed import policy_at
from clinft.cli.show import Screen
from clinft.errors import EXIT_NO, ClinftError, ServiceError
from clinft.pipeline.github.retention import Known, states_of
from clinft.pipeline.github.weights import Store, Swept, sweep
from clinft.ports.actions import Actions
from clinft.ports.history import History
from clinft.ports.state import StateStore


def dispose(screen: Screen) -> None:
    """Of this repository's runs, whoever calls it; what it deletes, the next job of this machine tells."""
    if wiring.surroundings().in_actions:
        swept = _in_a_job(wiring.actions())
    else:
        root = wiring.find_repository(Path.cwd())
        history, states = wiring.cloned(root)
        swept = _swept(wiring.weights_store(wiring.clones_repository(root)), history, states, "HEAD")
    for line in swept.said or ("nothing here is past its date",):
        screen.say(line)
    if swept.failed:
        raise typer.Exit(EXIT_NO)


def before_work(run: Actions, screen: Screen) -> tuple[Disposed, ...]:
    """What this machine deleted, and no record says so yet. Whatever goes wrong with it, training goes on."""
    try:
        swept = _in_a_job(run)
    except (ClinftError, OSError) as error:
        what = error.what if isinstance(error, ClinftError) else type(error).__name__
        screen.say(f"nothing that is past its date is deleted here: {what}")
        return ()
    for line in swept.said:
        screen.say(line)
    return swept.disposed


def _in_a_job(run: Actions) -> Swept:
    history, states = wiring.history(Path(), run), wiring.state_store(Path(), run)
    return _swept(wiring.weights_store(run.repository), history, states, f"refs/heads/{run.default_branch}")


def _swept(store: Path, history: History, states: StateStore, branch: str) -> Swept:
    if not Store(store).projects():
        return Swept()
    under_way = states_of(states)  # before the branch, see Known
    tip = history.fetch(branch)
    if tip is None:
        raise ServiceError(
            "The protected branch cannot be fetched, so nothing is deleted.",
            "The remote origin of this clone cannot be reached, or wants a password.",
            "See that `git fetch origin` works here, and call again.",
        )
    policy, _ = policy_at(history, tip)
    return sweep(store, Known(history, tip, under_way, policy.retention, wiring.SystemClock().now()))
