"""What people see: calm lines on a terminal, Markdown in a log, annotations in Actions."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import typer

from clinft.errors import ClinftError, Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from clinft.pipeline.context import Context
    from clinft.pipeline.driver import Outcome
    from clinft.pipeline.github.checks import Checked
    from clinft.pipeline.verify import Link
    from clinft.wiring import Surroundings

COMMAND = re.compile(r"^\s*:(?=:)|##(?=\[)", re.MULTILINE)
REFUSING = ("FAIL", "INVALID", "DECLINED")
ANNOTATIONS_PER_STEP = 10  # GitHub shows no more; the step summary holds the rest
MARKS = {"done": "[green]✓[/]", "skipped": "[dim]=[/]", "not_run": "[yellow]–[/]", "refused": "[red]✗[/]"}


@cache
def _surroundings() -> Surroundings:
    from clinft.wiring import surroundings

    return surroundings()


def debugging() -> bool:
    return _surroundings().debug


@cache
def console(to_stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(
        stderr=to_stderr, no_color=not _surroundings().colour, highlight=False, soft_wrap=True, emoji=False
    )


class Screen:
    """One call's output. With `json`, standard output carries artifacts and nothing else."""

    def __init__(self, json: bool) -> None:
        self.json = json
        self.console = console(to_stderr=json)

    def say(self, text: str) -> None:
        self.console.print(unobeyed(f"  {text}"), markup=False)

    def outcome(self, outcome: Outcome) -> None:
        if self.json and outcome.artifact is not None:
            typer.echo(outcome.artifact.model_dump_json())
        seconds = outcome.artifact.measured.get("seconds") if outcome.artifact else None
        tail = {
            "done": f"{seconds} s",
            "skipped": "nothing changed, kept as it is",
            "not_run": outcome.text,
        }[outcome.how]
        mark = MARKS["refused" if _said_no(outcome) else outcome.how]
        self.console.print(f"{mark} [bold]{outcome.stage}[/]  [dim]{_plain(tail)}[/]")
        if outcome.how == "done" or _said_no(outcome):
            self._markdown(outcome.text)
            _append_summary(f"### {outcome.stage}\n\n{outcome.text}\n\n")

    def markdown(self, text: str) -> None:
        """On the terminal or in the log, and whole in the job's summary."""
        self._markdown(text)
        _append_summary(f"{text}\n\n")

    def plain(self, text: str, markdown: str) -> None:
        """Finished lines for whoever reads them here; the job's summary gets the same as Markdown."""
        self.console.print(f"\n{unobeyed(text)}\n", markup=False)
        _append_summary(f"{markdown}\n\n")

    def checked(self, checked: Checked) -> None:
        """One project under one check of a pull request."""
        from clinft.stages.report.markdown import escape, sanitise

        mark = MARKS["done" if checked.ok else "refused"]
        self.console.print(f"{mark} [bold]{_plain(unobeyed(sanitise(checked.project)))}[/]")
        _append_summary(f"## {'passed' if checked.ok else 'failed'}: {escape(checked.project)}\n\n")
        for found in checked.problems:
            problem(found)
            _append_summary(f"- {escape(str(found))}\n")
        if checked.error is not None and not checked.problems:
            error(checked.error)
        for outcome in checked.outcomes:
            self.outcome(outcome)
        if checked.text:
            self.markdown(escape(checked.text))

    def end(self, context: Context) -> None:
        if context.run is not None and (context.run / "report.md").exists():
            self.console.print(f"\nReport: [bold]{_plain(str(context.run / 'report.md'))}[/]")
            self.console.print(f"Check it: clinft verify {_plain(str(context.run))}", style="dim")
            if context.mode == "local":
                kept = f"Keep it: clinft tracking rebuild, then commit {context.run} and projects/tracking"
                self.console.print(_plain(kept), style="dim")

    def _markdown(self, text: str) -> None:
        if self.console.is_terminal:
            from rich.markdown import Markdown
            from rich.padding import Padding

            # The console does not wrap, so that paths stay whole; prose and tables must.
            self.console.print(Padding(Markdown(text), (0, 0, 1, 2)), soft_wrap=False)
        else:
            self.console.print(f"\n{unobeyed(text)}\n", markup=False)


def _said_no(outcome: Outcome) -> bool:
    payload = outcome.artifact.payload if outcome.artifact else None
    return getattr(payload, "allowed", True) is False or getattr(payload, "verdict", "") in REFUSING


def problem(found: Problem) -> None:
    typer.echo(unobeyed(str(found)))
    if _surroundings().in_actions:
        typer.echo(annotation(found))


def awaited(found: Problem) -> None:
    """Nothing that the author of the file could mend."""
    typer.echo(unobeyed(str(replace(found, message=f"note: {found.message}"))))


def error(raised: ClinftError) -> None:
    """The three sentences; for a spec every problem with its place."""
    problems: Sequence[Problem] = raised.problems if isinstance(raised, SpecError) else ()
    for found in problems:
        typer.echo(unobeyed(str(found)), err=True)
    typer.secho(unobeyed(f"Error: {raised.what}"), fg=typer.colors.RED, err=True, color=None)
    for line in (raised.cause, raised.next_step):
        if line:
            typer.echo(unobeyed(f"  {line}"), err=True)
    if _surroundings().in_actions:
        shown = list(problems)[:ANNOTATIONS_PER_STEP] or [Problem("", 0, 0, str(raised))]
        for found in shown:
            typer.echo(annotation(found))
        from clinft.stages.report.markdown import escape

        said = (f"**{escape(raised.what)}**", escape(raised.cause), escape(raised.next_step))
        _append_summary(" ".join(said) + "\n\n" + "".join(f"- {escape(str(one))}\n" for one in problems))


def bug(kind: str, place: str) -> None:
    typer.secho(f"Error: a bug in clinft: {kind} at {place}.", fg=typer.colors.RED, err=True)
    typer.echo("  Nothing you wrote should cause this; finished stages are kept.", err=True)
    typer.echo("  Report the line above. CLINFT_DEBUG=1 shows the traceback, which may quote data.", err=True)


def mask(secrets: Sequence[str]) -> None:
    """GitHub hides them from now on in the job's log, wherever they turn up. Nothing on a laptop."""
    if _surroundings().in_actions:
        for secret in secrets:
            typer.echo(f"::add-mask::{secret}")


def note(text: str) -> None:
    typer.echo(f"\n{text}", err=True)


def verification(links: Sequence[Link], json: bool) -> None:
    import json as json_module

    if json:
        for link in links:
            typer.echo(json_module.dumps(link.as_dict(), ensure_ascii=False))
        return
    marks = {"same": "[green]same[/]          ", "different": "[red]different[/]     "}
    screen = console()
    for link in links:
        mark = marks.get(link.status, "[yellow]not regenerable[/]")
        screen.print(f"{mark} {_plain(link.name)}  [dim]{_plain(link.detail)}[/]")
        for dependent in link.dependents:
            screen.print(f"                 ↳ rests on it: {_plain(dependent)}")
    count = sum(link.status == "different" for link in links)
    screen.print("All links of the chain hold." if not count else f"{count} different.")


def annotation(found: Problem) -> str:
    """One line that GitHub turns into a note on the file; escaped as @actions/core does."""
    text = str(ClinftError(found.message, found.cause, found.next_step))
    properties = {"title": "clinft"}
    if found.path:
        properties |= {"file": found.path, "line": str(found.line or 1), "col": str(found.column or 1)}
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::error {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def unobeyed(text: str) -> str:
    """Text of others that the runner would take for its commands is broken up with a zero-width space.

    It obeys `::name` at the start of a line and `##[name` anywhere in one: actions/runner,
    src/Runner.Common/ActionCommand.cs.
    """
    return COMMAND.sub(lambda found: found.group() + "\u200b", text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _append_summary(markdown: str) -> None:
    path = _surroundings().step_summary
    if path is not None:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(markdown)


def forget_surroundings() -> None:
    """For a process that outlives a change of its environment."""
    _surroundings.cache_clear()
    console.cache_clear()
