"""`clinft benchmark`: public benchmarks from files on this machine, beside the project's own evaluation."""

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError


def register(app: typer.Typer) -> None:
    @app.command(help="Measure base and tuned model on public benchmarks; their files are yours to fetch.")
    @guarded
    def benchmark(
        project: Annotated[Path, typer.Argument(help="The project's folder, e.g. projects/icd10-chapter.")],
        data: Annotated[
            Path, typer.Option("--data", metavar="FOLDER", help="Where the files lie; nothing is downloaded.")
        ],
        benchmarks: Annotated[
            list[str] | None,
            typer.Option("--benchmark", metavar="NAME", help="Instead of evaluation.benchmarks; repeatable."),
        ] = None,
        systems: Annotated[
            list[str] | None,
            typer.Option("--system", metavar="base|tuned", help="Absent: both, where there is a tuned one."),
        ] = None,
        limit: Annotated[
            int | None,
            typer.Option("--limit", min=1, help="At most so many items of each, always the same ones."),
        ] = None,
        yes: Annotated[
            bool, typer.Option("--yes", help="Agree to what asking a hosted model costs.")
        ] = False,
        json: Annotated[
            bool, typer.Option("--json", help="Print the artifact as JSON, nothing else.")
        ] = False,
    ) -> None:
        from clinft.cli.opening import open_context
        from clinft.pipeline import benchmarks as public
        from clinft.pipeline.benchmark_models import SYSTEMS
        from clinft.pipeline.benchmark_summary import of_benchmarks

        chosen = tuple(systems or ())
        if wrong := [name for name in chosen if name not in SYSTEMS]:
            raise SpecError(
                f"--system {wrong[0]} is neither base nor tuned.",
                "Other models have no place in this verb.",
                "Leave it out to measure both.",
            )
        screen = show.Screen(json=json)
        context = open_context(project, False, screen)

        def agrees(told: str) -> bool:
            screen.say(told)
            return yes

        context.agrees = agrees
        call = public.Call(
            data,
            tuple(benchmarks or ()),
            tuple(name for name in SYSTEMS if name in chosen),
            limit,
        )
        artifact = public.benchmark(context, call)
        if json:
            typer.echo(artifact.model_dump_json())
        else:
            screen.markdown(of_benchmarks(artifact.payload))
