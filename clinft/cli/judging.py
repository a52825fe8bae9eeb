"""`clinft judge`: a model that the policy names looks at the tuned model's answers: advice, no metric."""

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded


def register(app: typer.Typer) -> None:
    @app.command(
        "judge",
        help="Ask evaluation.judge about claims of the tuned model's answers; advice, never a verdict.",
    )
    @guarded
    def judge(
        project: Annotated[Path, typer.Argument(help="The project's folder, e.g. projects/icd10-chapter.")],
        all_answers: Annotated[
            bool, typer.Option("--all", help="Right answers too; absent: those scored wrong.")
        ] = False,
        limit: Annotated[
            int, typer.Option("--limit", min=1, max=5000, help="Answers at most, always the same ones.")
        ] = 50,
        repeats: Annotated[
            int, typer.Option("--repeats", min=3, max=20, help="Votes in each of the two orders.")
        ] = 3,
        labels: Annotated[
            Path | None,
            typer.Option("--labels", metavar="FILE", help="People's verdicts on the same claims, .jsonl."),
        ] = None,
        to_label: Annotated[
            bool, typer.Option("--to-label", help="Only write the claims for people to label; asks nobody.")
        ] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Agree to what the judge costs.")] = False,
        json: Annotated[
            bool, typer.Option("--json", help="Print the artifact as JSON, nothing else.")
        ] = False,
    ) -> None:
        from clinft.cli.opening import open_context
        from clinft.pipeline import judging
        from clinft.pipeline.judge_summary import of_judge

        screen = show.Screen(json=json)
        context = open_context(project, False, screen)

        def agrees(told: str) -> bool:
            screen.say(told)
            return yes

        context.agrees = agrees
        call = judging.Call("all" if all_answers else "errors", limit, repeats, labels)
        if to_label:
            path, count = judging.write_to_label(context, call)
            screen.say(f"{count:,} claims are in {path}; fill in `verdict`, then pass it as --labels.")
            return
        artifact = judging.judge(context, call)
        if json:
            typer.echo(artifact.model_dump_json())
        else:
            screen.markdown(of_judge(artifact.payload))
