"""`clinft rescue`: from a model fine-tuned at OpenAI, which is about to stop, to a project of your own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.agreeing import agreement
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.artifacts.audit import FileAudit
    from clinft.pipeline.rescue.desk import Call, Desk, Rescued

SMALL = "builtin:smollm2-135m"


def register(app: typer.Typer) -> None:
    @app.command(
        help="Record what a fine-tuned OpenAI model answers before it stops, and plan its successor."
    )
    @guarded
    def rescue(
        model: Annotated[str, typer.Argument(metavar="MODEL", help="The old model: ft:BASE:ORG:SUFFIX:ID.")],
        training: Annotated[
            Path, typer.Option("--training", metavar="FILE", help="The JSONL file that it was trained on.")
        ],
        project: Annotated[str, typer.Option("--project", metavar="NAME", help="The project to write.")],
        test: Annotated[
            Path | None,
            typer.Option(
                "--test", metavar="FILE", help="Examples it never saw; absent: a part of the training."
            ),
        ] = None,
        endpoint: Annotated[
            str | None,
            typer.Option(
                "--endpoint", metavar="NAME", help="Where it answers; absent: the policy's only one."
            ),
        ] = None,
        base_model: Annotated[
            str,
            typer.Option(
                "--base-model", metavar="MODEL", help="builtin:NAME, a folder, or ORG/MODEL@COMMIT."
            ),
        ] = SMALL,
        yes: Annotated[bool, typer.Option("--yes", help="Agree to what the answers cost.")] = False,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")] = False,
    ) -> None:
        from clinft import wiring
        from clinft.pipeline.rescue.desk import Call

        if not wiring.SLUG.fullmatch(project):
            raise SpecError(
                "--project is no name for a project.",
                "Names become folders, branches and labels, so their characters are limited.",
                "Use 2 to 60 lower-case letters, digits and hyphens, e.g. notes-rescued.",
            )
        screen = show.Screen(json=json)
        _rescue(screen, Call(model, training, test, project, endpoint, base_model), yes)


def _rescue(screen: show.Screen, call: "Call", yes: bool) -> None:
    from clinft.pipeline.rescue.steps import rescue

    rescued = rescue(call, _desk(screen, yes))
    if screen.json:
        typer.echo(rescued.model_dump_json())
    else:
        screen.markdown(_told(rescued))


def _desk(screen: show.Screen, yes: bool) -> "Desk":
    from clinft import wiring
    from clinft.pipeline.audit_summary import of_files
    from clinft.pipeline.rescue.desk import Desk
    from clinft.spec.load import load_policy
    from clinft.wiring.announced import look_up

    repository = wiring.find_repository(Path.cwd())
    cache = wiring.surroundings().cache
    services = wiring.services(repository, screen.console, cache)

    def show_audit(report: "FileAudit") -> None:
        screen.markdown(of_files(report))

    return Desk(
        repository=repository,
        policy=load_policy(repository / wiring.POLICY),
        services=services,
        look_up=look_up(repository, cache, services.progress),
        say=screen.say,
        show_audit=show_audit,
        agrees=agreement(screen, yes, "the old model"),
    )


def _told(rescued: "Rescued") -> str:
    from clinft.pipeline.rescue.writing import statements
    from clinft.stages.report import numbers
    from clinft.stages.report.markdown import bullets, code, code_block, document, escape, numbered

    folder = f"projects/{rescued.project}"
    total = rescued.records["test"]
    accuracy = "not measured" if rescued.accuracy is None else numbers.interval_n(rescued.accuracy)
    cost = "not known" if rescued.cost_usd is None else f"{rescued.cost_usd} USD"
    return document(
        (
            f"**{code(folder)} is written.** Its baseline is what {code(rescued.model)} answered to "
            f"{total:,} held-out records.",
            bullets(
                (
                    f"Its accuracy on them: {accuracy}"
                    + (", on records that it had seen in training." if rescued.seen_in_training else "."),
                    f"Answers that are no label: {rescued.not_a_label:,} of {total:,}.",
                    f"Asked in this call: {rescued.asked:,}; all answers together cost {cost}, by the tokens "
                    f"that {escape(rescued.host)} counted.",
                )
            ),
            "What people do now:",
            numbered(
                (
                    f"Read {code(f'{folder}/project.yaml')}, prompt and records; settle every line REVIEW.",
                    f"Two people fill {code(f'{folder}/synthetic/statements.yaml')}, as below.",
                    f"Try it here: {code(f'clinft run {folder}')}. Or open a pull request: once approved, it "
                    "is trained and compared with these answers.",
                    "Keep using the old model until the verdict says deploy, or its end.",
                )
            ),
            code_block("\n".join(statements(rescued)), "yaml"),
        )
    )
