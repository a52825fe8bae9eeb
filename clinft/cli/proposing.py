"""`clinft propose`: what to change in project.yaml after a run, with reasons, predicted gain and cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.pipeline.proposing import Proposed

Project = Annotated[Path, typer.Argument(help="The project's folder, e.g. projects/icd10-chapter.")]
Run = Annotated[
    str | None, typer.Option("--run", metavar="RUN", help="After this run; absent: the one compared last.")
]
Write = Annotated[
    bool, typer.Option("--write", help="Write the changes into project.yaml, and nothing else.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the proposal as one line of JSON, nothing else.")]


def register(app: typer.Typer) -> None:
    @app.command("propose", help="After a run: a few changes of project.yaml, with reasons, gain and cost.")
    @guarded
    def propose(project: Project, run: Run = None, write: Write = False, json: Json = False) -> None:
        from clinft.cli.opening import open_context
        from clinft.pipeline.proposing import newest_run, propose_after
        from clinft.run_folder import write_atomically
        from clinft.spec.load import SPEC_NAME
        from clinft.stages.report.proposal import in_the_terminal

        screen = show.Screen(json=json)
        context = open_context(project, False, screen)
        folder = newest_run(context.paths.runs) if run is None else context.paths.run(Path(run).name)
        if folder is None or not (folder / "evaluate.json").is_file():
            raise SpecError(
                f"{context.name} has no run that was evaluated{'' if run is None else f' called {run}'}.",
                "A proposal rests on the answers of a trained model.",
                f"Run `clinft run {context.loaded.path}` first, or name a run under runs/.",
            )
        proposed = propose_after(context, folder)
        if json:
            typer.echo(proposed.proposal.model_dump_json())
        else:
            screen.markdown(in_the_terminal(proposed.proposal))
            typer.echo(show.unobeyed(_difference(proposed)))
        if proposed.text is None:
            screen.say(f"No change can be written: {proposed.why_not}.")
        elif write:
            path = context.paths.root / SPEC_NAME
            write_atomically(path, proposed.text.encode())
            screen.say(f"{path} is written. Read it, then open a pull request with this one file.")
        else:
            screen.say("Nothing was written. --write changes project.yaml.")


def _difference(proposed: Proposed) -> str:
    import difflib

    if proposed.text is None:
        return ""
    lines = difflib.unified_diff(
        proposed.before.splitlines(keepends=True),
        proposed.text.splitlines(keepends=True),
        "project.yaml",
        "project.yaml",
        n=1,
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
