"""`clinft compare`: what differs between runs, for whoever looks for the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded

Runs = Annotated[
    list[str], typer.Argument(metavar="A B [C...]", help="Runs, by folder or id; the first is the reference.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the comparison as one line of JSON, whole.")]


def register(app: typer.Typer) -> None:
    @app.command("compare", help="Compare runs: spec, data, metrics, paired differences, items that flipped.")
    @guarded
    def compare(runs: Runs, json: Json = False) -> None:
        from clinft.pipeline.comparing.compare import compare as of_runs
        from clinft.pipeline.found_run import found_run

        screen = show.Screen(json=json)
        found = of_runs([found_run(named, Path.cwd()) for named in runs])
        if json:
            typer.echo(found.model_dump_json())
            return
        from clinft.pipeline.comparing.words import comparison_markdown

        screen.markdown(comparison_markdown(found))
