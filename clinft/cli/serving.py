"""Models that are hosted by the hour: deployed by a person, and taken down by one."""

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded

Project = Annotated[Path, typer.Argument(help="The project's folder.")]


def register(app: typer.Typer) -> None:
    @app.command(help="On Azure: host the run that deployment.yaml names. It costs by the hour from then on.")
    @guarded
    def deploy(project: Project) -> None:
        from clinft.cli.opening import open_context
        from clinft.pipeline import serving

        context = open_context(project, False, show.Screen(json=False))
        found = serving.deploy(context)
        typer.echo(f"{found.name} hosts {found.model} ({found.state}).")

    @app.command(help="On Azure: take a hosted model down, so that it costs no more. The model is kept.")
    @guarded
    def undeploy(
        project: Project,
        name: Annotated[
            str | None, typer.Option(help="Of the deployment; absent: the project's own one.")
        ] = None,
    ) -> None:
        from clinft.cli.opening import open_context
        from clinft.pipeline import serving

        context = open_context(project, False, show.Screen(json=False))
        hosting, _ = serving.need_host(context)
        wanted = name or serving.name_of(context.name)
        hosting.undeploy(wanted)
        typer.echo(f"{wanted} is taken down; its model is kept.")
