"""Verbs that write files of the repository: a new project, the schemas, the tables of all runs."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO


class Action(StrEnum):
    REBUILD = "rebuild"
    CHECK = "check"


def register(app: typer.Typer) -> None:
    for add in (_new, _schema, _tracking):
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


def _tracking(app: typer.Typer) -> None:
    @app.command(
        "tracking", help="Tables of all runs in projects/tracking/: `rebuild` them, or `check` them."
    )
    @guarded
    def tracking(
        action: Annotated[Action, typer.Argument(metavar="rebuild|check", help="Write them, or only look.")],
        json: Annotated[
            bool,
            typer.Option("--json", help="Print JSON: of check a line for each table; of rebuild one object."),
        ] = False,
    ) -> None:
        from clinft import wiring

        projects = wiring.find_repository(Path.cwd()) / "projects"
        if action is Action.CHECK:
            _check(projects, json)
        else:
            _rebuild(projects, json)


def _rebuild(projects: Path, json: bool) -> None:
    from clinft.pipeline.tracking import unsupported, write

    gone = unsupported(projects)
    changed = write(projects)
    if json:
        _print_rebuilt(changed, gone, projects.parent)
        return
    if gone:
        text = f"Rows that nothing here says, and that are gone: {', '.join(gone)}. Pull first where another "
        typer.echo(f"{text}checkout has their runs; git has the rows.", err=True)
    for path in changed:
        typer.echo(f"wrote {path}")
    if not changed:
        typer.echo("The tables are up to date.")


def _print_rebuilt(changed: Sequence[Path], gone: Sequence[str], root: Path) -> None:
    """Also where nothing changed: whoever reads it asks for both lists."""
    from json import dumps

    told = {"written": [path.relative_to(root).as_posix() for path in changed], "rows_gone": [*gone]}
    typer.echo(dumps(told, ensure_ascii=False))


def _check(projects: Path, json: bool) -> None:
    from clinft.cli import show
    from clinft.pipeline.tracking import table_links

    links = table_links(projects)
    show.verification(links, json=json)
    if any(link.status == "different" for link in links):
        raise typer.Exit(EXIT_NO)
