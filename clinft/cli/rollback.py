"""`clinft rollback`: a person takes the deployed run back, by one line that others still have to approve."""

import getpass
from pathlib import Path

import typer

from clinft import wiring
from clinft.cli.show import Screen, console
from clinft.errors import PolicyViolation, ServiceError, SpecError
from clinft.pipeline.deployment import FILE
from clinft.pipeline.standing import Standing, earlier, standing_at, why_not
from clinft.pipeline.verify import verify
from clinft.run_folder import write_atomically
from clinft.spec.load import load_project
from clinft.stages.report.returned import Links, RollbackFacts, rollback_body


def rollback(screen: Screen, project: Path, to: str | None, reason: str) -> None:
    """Writes deployment.yaml and prints the text for the pull request. Nothing leaves this machine."""
    folder = load_project(project, quarantined=True).path
    root = wiring.find_repository(folder)
    standing = standing_at(root, folder.name)
    if standing.deployed is None:
        raise SpecError(
            f"{folder.name} has no deployed run.",
            f"There is no {FILE} in the project, so there is nothing to take back.",
            "Deploy a run first.",
        )
    back = _wanted(standing, root, to)
    path = folder / FILE
    if back is None:
        path.unlink()
    else:
        write_atomically(path, f"run_id: {back}\n".encode())
    facts = RollbackFacts(
        project=folder.name, run_id=standing.deployed, to=back, person=getpass.getuser(), reason=reason
    )
    typer.echo(rollback_body(facts, Links("")))
    what = f"names {back} now" if back else "is removed: nothing is deployed any more"
    screen.say(
        f"{path} {what}. Commit this one file on a branch and open a pull request with the text above:"
    )
    screen.say("the roles privacy and clinical approve it. Whoever serves the model acts on that file.")


def _wanted(standing: Standing, root: Path, to: str | None) -> str | None:
    today = wiring.SystemClock().now().date()
    if to is None:
        history = wiring.local_history(root)
        tip = history.resolve("HEAD")
        try:
            if tip is None:
                raise ServiceError("no commit is checked out here.")
            return earlier(history, tip, standing, today)
        except ServiceError as error:
            raise SpecError(
                f"What was deployed before cannot be told: {error.what}",
                "The folder is no git repository, or its history was cut.",
                "Name the run with --to, or fetch the whole history: git fetch --unshallow.",
            ) from None
    if to == standing.deployed:
        raise SpecError(f"{to} is deployed already.", "--to names it.", "Name another run.")
    against = why_not(standing, to, today)
    if against is None:
        links = verify(standing.run(to), wiring.progress_of(console()))
        broken = [link.name for link in links if link.status == "different"]
        against = f"these links of its chain differ: {', '.join(broken)}" if broken else None
    if against is not None:
        raise PolicyViolation(
            f"{to} cannot be deployed instead: {against}.",
            "A rollback leads to a run that was allowed before and still is.",
            "Leave --to out: clinft looks for the last one that may be deployed.",
        )
    return to
