"""`clinft inspect`: one item with its text, on a person's terminal and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO, PolicyViolation

Run = Annotated[str, typer.Argument(metavar="RUN", help="projects/<name>/runs/<run_id>, or the id alone.")]
Item = Annotated[str, typer.Argument(metavar="ITEM", help="As compare and the report list it: test-000012.")]
Force = Annotated[
    bool, typer.Option("--force", help="Though the output is no terminal. It holds a record's text.")
]


def register(app: typer.Typer) -> None:
    @app.command("inspect", help="Show one item of a run with its text and answers, on this terminal only.")
    @guarded
    def inspect(run: Run, item: Item, force: Force = False) -> None:
        from clinft import wiring
        from clinft.pipeline.found_run import found_run
        from clinft.pipeline.inspecting.page import page_of

        screen = show.console()
        _refuse_logs(wiring.surroundings().in_actions, screen.is_terminal, force)
        page = page_of(found_run(run, Path.cwd()), item)
        for line in page.lines:
            # Not through Screen.markdown, which keeps what it shows in a job's summary.
            screen.print(line, markup=False)
        if page.changed:
            raise typer.Exit(EXIT_NO)


def _refuse_logs(in_actions: bool, terminal: bool, force: bool) -> None:
    if in_actions:
        raise PolicyViolation(
            "inspect is refused on GitHub Actions.",
            "It shows the text of a record, and logs are kept and read by many.",
            "Call it on the machine that trains, or on a laptop: the text is made again from the spec.",
        )
    if not terminal and not force:
        raise PolicyViolation(
            "The output is no terminal.",
            "It would hold the text of a record, and a file or a log keeps it.",
            "Call it on a terminal; --force writes to a pipe all the same.",
        )
