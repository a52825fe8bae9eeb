"""`clinft regress`: a project's stage, or two files of answers; a danger to patients is told loudly."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO, EXIT_SPEC, PolicyViolation, SpecError

if TYPE_CHECKING:
    from clinft.stages.regress.files import FilesVerdict

Project = Annotated[Path | None, typer.Argument(metavar="[PROJECT]", help="A project's folder.")]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", help="JSONL of the model in use: id, target, prediction."),
]
Candidate = Annotated[
    Path | None, typer.Option("--candidate", help="JSONL of the new model, on the same items.")
]
Metrics = Annotated[
    list[str] | None,
    typer.Option("--metric", help="What must not get worse, once for each; absent: accuracy, or score."),
]
Margin = Annotated[
    float | None, typer.Option("--margin", help="The loss that still counts as no worse; absent: 0.02.")
]
Critical = Annotated[
    Path | None,
    typer.Option(
        "--critical",
        metavar="FILE",
        help="Labels whose misses count apart, and ids of items never to be newly missed; one a line.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
DEFAULT_MARGIN = 0.02


def register(
    app: typer.Typer, about: str, stage: Callable[[Path, bool], None], named: Callable[[bool], None]
) -> None:
    """`named` is not called: no workflow of clinft compares by event."""

    @app.command("regress", help=about)
    @guarded
    def regress(
        project: Project = None,
        baseline: Baseline = None,
        candidate: Candidate = None,
        metric: Metrics = None,
        margin: Margin = None,
        critical: Critical = None,
        json: Json = False,
    ) -> None:
        files = baseline is not None and candidate is not None
        of_files = [baseline, candidate, metric, margin, critical]
        if files is (project is not None) or (
            project is not None and any(one is not None for one in of_files)
        ):
            raise SpecError(
                "Name a project's folder, or --baseline and --candidate; one of the two.",
                "A project's own margins and critical labels are in project.yaml.",
                "E.g. clinft regress projects/icd10-chapter, or clinft regress --baseline a.jsonl "
                "--candidate b.jsonl --margin 0.02",
            )
        if project is not None:
            stage(project, json)
            return
        assert baseline is not None
        assert candidate is not None
        _files(show.Screen(json=json), baseline, candidate, metric or [], margin, critical)


def _files(
    screen: show.Screen,
    baseline: Path,
    candidate: Path,
    metrics: list[str],
    margin: float | None,
    critical: Path | None,
) -> None:
    """Needs no repository. Exit 0: PASS or WARN; 1: FAIL or CRITICAL; 2: not comparable."""
    from clinft.pipeline import regressing_files
    from clinft.pipeline.summary import of_regressed

    found = regressing_files.regress(
        baseline, candidate, metrics, DEFAULT_MARGIN if margin is None else margin, critical
    )
    if screen.json:
        typer.echo(found.model_dump_json())
    else:
        screen.markdown(of_regressed(found))
    _exit(found)


def _exit(found: "FilesVerdict") -> None:
    if found.verdict == "INCOMPARABLE":
        raise typer.Exit(EXIT_SPEC)
    if not found.is_good:
        raise typer.Exit(EXIT_NO)


def warn_of_danger(payload: Any) -> None:
    """After the last stage of a call: a CRITICAL verdict must not scroll by. Exit 1."""
    if not getattr(payload, "is_critical", False):
        return
    keep = payload.keep or payload.baseline_run_id
    known = keep is not None and keep != payload.candidate_run_id
    raise PolicyViolation(
        f"CRITICAL: {payload.candidate_run_id} is a danger to patients and must not be used.",
        f"Rollback: keep {keep} in use, or go back to it." if known else "No version to keep is known.",
        "The reasons stand above and in report.md; nothing deploys this run.",
    )
