"""Verbs that write files of the repository: a new project, the schemas, the tables of all runs."""

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO


def register(app: typer.Typer) -> None:
    for add in (_new, _schema, _track):
        add(app)


def _new(app: typer.Typer) -> None:
    @app.command(help="Write a new project that validates as it is.")
    @guarded
    def new(
        name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")],
        domain: Annotated[
            str, typer.Option(help="Clinical domain, one of clinft's packs.")
        ] = "general-medicine",
        task: Annotated[
            str, typer.Option(help="Kind of task, classification, extraction, coding, ner ...")
        ] = "classification",
    ) -> None:
        from clinft import wiring
        from clinft.spec.scaffold import new_project

        for path in new_project(wiring.find_repository(Path.cwd()), name, domain, task):
            typer.echo(f"wrote {path}")
        typer.echo(
            f"Next: edit both files, `clinft validate projects/{name}`, commit them and open a pull request."
        )


def _schema(app: typer.Typer) -> None:
    @app.command(help="Write the JSON Schemas that editors use.")
    @guarded
    def schema(
        check: Annotated[bool, typer.Option("--check", help="Only say whether they are current.")] = False,
        folder: Annotated[Path, typer.Option(help="Where they lie.")] = Path("schemas"),
    ) -> None:
        from clinft.pipeline.schemas import ALL
        from clinft.spec.schema import stale_schemas, write_schemas

        if not check:
            for path in write_schemas(folder, ALL):
                typer.echo(f"wrote {path}")
            return
        stale = stale_schemas(folder, ALL)
        for name in stale:
            typer.echo(f"{folder / name} differs from the models: run `clinft schema`", err=True)
        if stale:
            raise typer.Exit(EXIT_NO)


def _track(app: typer.Typer) -> None:
    @app.command(help="Bring the tables of projects/tracking/ up to date with the runs that lie here.")
    @guarded
    def track() -> None:
        from clinft import wiring
        from clinft.pipeline.tracking import write

        changed = write(wiring.find_repository(Path.cwd()) / "projects")
        for path in changed:
            typer.echo(f"wrote {path}")
        if not changed:
            typer.echo("The tables are up to date.")
