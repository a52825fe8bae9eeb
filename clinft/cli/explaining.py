"""`clinft train`: the stage, the run that run.yml ordered, or with `--explain` how to do it by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError


def register(
    app: typer.Typer, about: str, stage: Callable[[Path, bool], None], started: Callable[[bool], None]
) -> None:
    """`stage` trains a project, `started` what `clinft start` has taken; both take `--json`."""

    @app.command("train", help=about)
    @guarded
    def train(
        project: Annotated[
            Path | None,
            typer.Argument(metavar="[PROJECT]", help="The project's folder; absent with --started."),
        ] = None,
        started_: Annotated[
            bool, typer.Option("--started", help="In run.yml: the run that `clinft start` has taken.")
        ] = False,
        explain_: Annotated[
            bool,
            typer.Option("--explain", help="Train nothing: recommended settings, and the steps by hand."),
        ] = False,
        json: Annotated[bool, typer.Option("--json", help="Print artifacts as JSON lines.")] = False,
    ) -> None:
        if (project is None) is not started_:
            raise SpecError(
                "Name a project's folder, or pass --started; one of them.",
                "--started is for clinft's workflows, where GitHub says what it is about.",
                "On a laptop: clinft train projects/<name>.",
            )
        if explain_ and started_:
            raise SpecError(
                "--explain and --started were given together.",
                "One trains nothing, the other is for the machine that trains.",
                "Pass one of them.",
            )
        if project is None:
            started(json)
        elif explain_:
            explain(show.Screen(json=json), project)
        else:
            stage(project, json)


def explain(screen: show.Screen, project: Path) -> None:
    """Reads what lies here, asks nobody, changes nothing."""
    from clinft.cli.opening import open_context
    from clinft.pipeline import costs
    from clinft.pipeline.advising import advice_of, by_hand_of
    from clinft.pipeline.plan import identify
    from clinft.stages.report.advice import advice
    from clinft.stages.report.by_hand import by_hand

    context = open_context(project, False, screen)
    payload = advice_of(context, costs.counted_split(context, identify(context), "train"))
    if screen.json:
        typer.echo(payload.model_dump_json())
        return
    screen.markdown(f"{advice(payload)}\n{by_hand(by_hand_of(context))}")
