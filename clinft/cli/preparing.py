"""`clinft prepare`: a project's stage; or records of a domain, without a project; or the list of domains."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.pipeline.preparing import Asked

NEEDED = ("--records", "--seed", "--out")
# As a help's text has them: reading the table takes longer than all else that a help needs.
KINDS = "classification, extraction, coding, ner, question_answering, summarization or dialogue_to_note"
IN_SPEC, HERE = "`data.styles`", "--style"


def register(
    app: typer.Typer, about: str, stage: Callable[[Path, bool], None], changed: Callable[[bool], None]
) -> None:
    """`stage` runs the project's stage, `changed` the check of a pull request; both take `--json`."""

    @app.command("prepare", help=about)
    @guarded
    def prepare(
        project: Annotated[
            Path | None, typer.Argument(metavar="[PROJECT]", help="The project's folder.")
        ] = None,
        changed_: Annotated[
            bool,
            typer.Option("--changed", help="In checks.yml: every project that the pull request changes."),
        ] = False,
        list_domains: Annotated[
            bool, typer.Option("--list-domains", help="Print the domains, one a line, and nothing else.")
        ] = False,
        domain: Annotated[
            str | None,
            typer.Option(
                "--domain", help=f"Make records of this domain, without a project; needs {', '.join(NEEDED)}."
            ),
        ] = None,
        task: Annotated[
            str, typer.Option("--task", metavar="KIND", help=f"With --domain: {KINDS}.")
        ] = "classification",
        records: Annotated[
            int | None,
            typer.Option("--records", metavar="N", help="Required with --domain: over all three files."),
        ] = None,
        seed: Annotated[
            int | None,
            typer.Option("--seed", help="Required with --domain: one seed gives the same records."),
        ] = None,
        out: Annotated[
            Path | None, typer.Option("--out", metavar="FOLDER", help="Required with --domain: a new folder.")
        ] = None,
        form: Annotated[
            str,
            typer.Option("--format", help="With --domain: records, openai, conversation, dpo or parquet."),
        ] = "records",
        style: Annotated[
            list[str] | None,
            typer.Option("--style", help="With --domain: a note style; once for each. Absent: all."),
        ] = None,
        processes: Annotated[
            int | None,
            typer.Option("--processes", min=1, help="With --domain; the bytes do not depend on it."),
        ] = None,
        engine: Annotated[
            str,
            typer.Option(
                "--engine", help="With --domain: local, or ray with --processes workers. Same bytes."
            ),
        ] = "local",
        json: Annotated[
            bool, typer.Option("--json", help="Print artifacts as JSON lines, nothing else.")
        ] = False,
    ) -> None:
        if (project is not None) + changed_ + list_domains + (domain is not None) != 1:
            raise SpecError(
                "Name a project's folder, or pass --domain, --list-domains or --changed; one of them.",
                "--changed is for clinft's workflows, where GitHub says what it is about.",
                "E.g. clinft prepare projects/icd10-chapter, or "
                "clinft prepare --domain cardiology --records 1000 --seed 1 --out notes.",
            )
        if engine != "local" and domain is None:
            raise SpecError(
                "--engine goes with --domain.",
                "A project's records are few enough for the machine that they are trained on.",
                "Leave --engine out; or make records of a domain, without a project.",
            )
        if list_domains:
            from clinft.spec.checks import domains

            for name in domains():
                typer.echo(name)
        elif domain is not None:
            from clinft.spec.scaffold import refuse_unknown

            refuse_unknown(domain, task)
            if records is None or seed is None or out is None:
                raise SpecError(
                    f"--domain needs {', '.join(NEEDED)}.",
                    "How many records, from which seed and where to is nothing that clinft guesses.",
                    f"E.g. clinft prepare --domain {domain} --records 1000 --seed 1 --out notes.",
                )
            from clinft.pipeline.preparing import Asked

            asked = Asked(domain, task, records, seed, tuple(style or ()), form, processes)
            prepare_files(show.Screen(json=json), asked, out, engine)
        elif project is not None:
            stage(project, json)
        else:
            changed(json)


def prepare_files(screen: show.Screen, asked: "Asked", out: Path, engine: str = "local") -> None:
    from clinft.pipeline import preparing, summary
    from clinft.wiring.engines import workers_of

    elsewhere = workers_of(engine, asked.processes)
    try:
        dataset, written = preparing.prepare_files(asked, out, elsewhere)
    except SpecError as error:
        if IN_SPEC not in error.what:
            raise
        # There is no spec here: people gave the option.
        said = (error.what.replace(IN_SPEC, HERE), error.cause, error.next_step.replace("`styles`", HERE))
        raise SpecError(*said) from None
    if screen.json:
        typer.echo(dataset.model_dump_json())
    screen.markdown(summary.of_files(dataset, [(str(one.path), one.records, one.sha256) for one in written]))
