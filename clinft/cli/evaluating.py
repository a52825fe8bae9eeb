"""`clinft evaluate`: a project's stage, or a file of answers that somebody else got."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

Project = Annotated[Path | None, typer.Argument(metavar="[PROJECT]", help="A project's folder.")]
Predictions = Annotated[
    Path | None,
    typer.Option("--predictions", metavar="FILE", help="JSONL of answers: id, target, prediction."),
]
Task = Annotated[
    str | None, typer.Option("--task", metavar="KIND", help="With --predictions: as task.kind of a spec.")
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--labels", metavar="LABEL", help="Every label, once for each; absent: those that occur."),
]
Critical = Annotated[
    Path | None,
    typer.Option(
        "--critical", metavar="FILE", help="Labels or item ids whose misses count apart; one a line."
    ),
]
Confidence = Annotated[
    float | None, typer.Option("--confidence", help="Level of every interval; absent: 0.95.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Agree to what asking the models of evaluation.also may cost.")
]
Again = Annotated[
    bool,
    typer.Option("--again", help="Measure anew, though it was measured: one more look at the split."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
DEFAULT_CONFIDENCE = 0.95


def register(app: typer.Typer, about: str, stage: Callable[..., None], named: Callable[[bool], None]) -> None:
    """`stage`: of a project, whether to print JSON, and `yes`, a person's word on the cost.

    `named` is not called: in clinft's workflows evaluation is a part of training.
    """

    @app.command("evaluate", help=about)
    @guarded
    def evaluate(
        project: Project = None,
        predictions: Predictions = None,
        task: Task = None,
        labels: Labels = None,
        critical: Critical = None,
        confidence: Confidence = None,
        yes: Yes = False,
        again: Again = False,
        json: Json = False,
    ) -> None:
        of_a_file = (predictions, task, labels, critical, confidence)
        if project is not None and all(one is None for one in of_a_file):
            stage(project, json, yes=yes, again=again)
            return
        if project is not None or again or predictions is None or task is None:
            raise SpecError(
                "Name a project's folder, or --predictions and --task; one of the two.",
                "A project's kind, labels and critical labels are in project.yaml; --again is of a project.",
                "E.g. clinft evaluate projects/icd10-chapter, or clinft evaluate --predictions answers.jsonl "
                "--task classification",
            )
        level = DEFAULT_CONFIDENCE if confidence is None else confidence
        _file(show.Screen(json=json), predictions, task, labels or [], critical, level)


def _file(
    screen: show.Screen,
    path: Path,
    kind: str,
    labels: list[str],
    critical: Path | None,
    confidence: float,
) -> None:
    """Needs no repository and asks no model."""
    from clinft.pipeline import predictions
    from clinft.pipeline.predictions_summary import of_file

    found = predictions.evaluate(path, kind, labels, critical, confidence)
    if screen.json:
        typer.echo(found.model_dump_json())
    else:
        screen.markdown(of_file(found))
