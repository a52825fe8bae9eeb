"""`clinft logs`: how a run went, and a bundle that may be sent to somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded

Run = Annotated[str, typer.Argument(metavar="RUN", help="projects/<name>/runs/<run_id>, or the id alone.")]
Bundle = Annotated[
    Path | None,
    typer.Option("--bundle", metavar="FILE.zip", help="Write what may be sent on: no text of anybody."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the log as one line of JSON, whole.")]


def register(app: typer.Typer) -> None:
    @app.command("logs", help="Show how a run went: status, stages with their times, what a provider told.")
    @guarded
    def logs(run: Run, bundle: Bundle = None, json: Json = False) -> None:
        from clinft.pipeline.found_run import found_run
        from clinft.pipeline.run_logs.gather import log_of

        screen = show.Screen(json=json)
        folder = found_run(run, Path.cwd())
        log = log_of(folder)
        if bundle is not None:
            from clinft.pipeline.run_logs.bundle import write_bundle

            write_bundle(folder, log, bundle)
        if json:
            typer.echo(log.model_dump_json())
        else:
            from clinft.pipeline.run_logs.words import log_markdown

            screen.markdown(log_markdown(log))
        if bundle is not None:
            screen.say(f"wrote {bundle}: look into it before you send it on")
