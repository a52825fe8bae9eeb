"""`clinft freeze`: records that cannot be generated again, into synthetic/, audited beforehand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.agreeing import agreement
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.artifacts.audit import FileAudit
    from clinft.pipeline.freezing.desk import Desk, Frozen

KEEP, DROP = "keep", "drop"


def register(app: typer.Typer) -> None:
    @app.command(
        help="Write a project's synthetic/: texts of a model from generated facts, or imported files."
    )
    @guarded
    def freeze(
        project: Annotated[Path, typer.Argument(help="The project's folder, e.g. projects/icd10-chapter.")],
        endpoint: Annotated[
            str | None,
            typer.Option("--endpoint", metavar="NAME", help="The policy's entry where the model answers."),
        ] = None,
        model: Annotated[
            str | None,
            typer.Option("--model", metavar="MODEL", help="The model that writes each text anew."),
        ] = None,
        refused: Annotated[
            str,
            typer.Option(
                "--refused",
                metavar="keep|drop",
                help="Where no text keeps the facts: the generated one, or none.",
            ),
        ] = KEEP,
        imported: Annotated[
            list[Path] | None,
            typer.Option("--import", metavar="FILE", help="Synthetic records: .jsonl, .csv or .parquet."),
        ] = None,
        statement: Annotated[
            Path | None,
            typer.Option("--statement", metavar="FILE", help="Two people's word about each imported file."),
        ] = None,
        yes: Annotated[bool, typer.Option("--yes", help="Agree to what the texts cost.")] = False,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")] = False,
    ) -> None:
        files = tuple(imported or ())
        _refuse_both(files, endpoint, model, refused, statement)
        screen = show.Screen(json=json)
        frozen = (
            _import(screen, project, files, statement)
            if files
            else _write(screen, project, str(endpoint), str(model), refused, yes)
        )
        if json:
            typer.echo(frozen.model_dump_json())
        else:
            screen.markdown(_told(frozen))


def _refuse_both(
    files: tuple[Path, ...], endpoint: str | None, model: str | None, refused: str, statement: Path | None
) -> None:
    asked = endpoint is not None or model is not None
    whole = endpoint is not None and model is not None
    if (
        refused not in (KEEP, DROP)
        or bool(files) == asked
        or (asked and not whole)
        or (statement and not files)
    ):
        raise SpecError(
            "Name a model with --endpoint and --model, or files with --import and --statement.",
            "Texts come from one of them; --refused says keep or drop.",
            "e.g. clinft freeze projects/notes --endpoint openai --model gpt-4.1-mini-2025-04-14",
        )


def _write(
    screen: show.Screen, project: Path, endpoint: str, model: str, refused: str, yes: bool
) -> "Frozen":
    from clinft.pipeline.freezing import written
    from clinft.pipeline.freezing.desk import Call

    call = Call(endpoint, model, "drop" if refused == DROP else "keep")
    return written.freeze(call, _desk(screen, project, yes))


def _import(screen: show.Screen, project: Path, files: tuple[Path, ...], statement: Path | None) -> "Frozen":
    from clinft.pipeline.freezing import imported

    return imported.freeze(imported.Import(files, statement), _desk(screen, project, yes=False))


def _desk(screen: show.Screen, project: Path, yes: bool) -> "Desk":
    from clinft import wiring
    from clinft.pipeline.audit_summary import of_files
    from clinft.pipeline.freezing.desk import Desk
    from clinft.pipeline.prepared import own_pack
    from clinft.run_folder import ProjectPaths
    from clinft.spec.load import load_policy, load_project

    loaded = load_project(project)
    repository = wiring.find_repository(loaded.path)

    def show_audit(report: "FileAudit") -> None:
        screen.markdown(of_files(report))

    return Desk(
        paths=ProjectPaths(loaded.path),
        loaded=loaded,
        policy=load_policy(repository / wiring.POLICY),
        services=wiring.services(repository, screen.console, wiring.surroundings().cache),
        say=screen.say,
        show_audit=show_audit,
        agrees=agreement(screen, yes, "the model"),
        team=own_pack(loaded.path),
    )


def _told(frozen: "Frozen") -> str:
    from clinft.stages.report.markdown import bullets, code, code_block, document, escape, numbered

    folder = f"projects/{frozen.project}"
    records = ", ".join(f"{split} {n:,}" for split, n in frozen.records.items())
    spec = f"data:\n  origin: frozen\n  records: {frozen.total}"
    steps = [
        f"In {code(f'{folder}/project.yaml')} write what stands below; the other keys of `data` stay.",
        f"Read some records of each split in {code(f'{folder}/synthetic/')}, and commit the folder.",
    ]
    return document(
        (
            f"**{code(f'{folder}/synthetic/')} is written**: {records}.",
            bullets([*_counts(frozen), *map(escape, frozen.warnings)]),
            "What people do now:",
            numbered(steps),
            code_block(spec, "yaml"),
        )
    )


def _counts(frozen: "Frozen") -> list[str]:
    from clinft.stages.report.markdown import escape

    counted = frozen.counted
    if counted is None:
        return ["Imported; the statements of two people lie beside the files, for each split."]
    cost = "not known" if frozen.cost_usd is None else f"{frozen.cost_usd} USD"
    reasons = ", ".join(f"{escape(kind)} {n:,}" for kind, n in counted.refused.items()) or "none"
    return [
        f"Texts of the model that keep the facts: {counted.written:,} of {frozen.asked:,} records asked for; "
        f"{counted.asked_again:,} of them were asked for again.",
        f"Generated text kept: {counted.generated:,}; dropped: {counted.dropped:,}; never asked, because "
        f"they cannot be checked: {counted.unchecked:,}.",
        f"Refused, by reason (a record may have several): {reasons}.",
        f"This call cost {cost}, by the tokens that the provider counted.",
    ]
