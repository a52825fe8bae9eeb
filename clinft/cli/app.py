"""The verbs. Each stage of the pipeline's table is one; the others stand below."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

import clinft
from clinft.cli import (
    assessing,
    auditing,
    estimating,
    evaluating,
    explaining,
    preparing,
    regressing,
    show,
)
from clinft.cli.beside import MODULES
from clinft.cli.boundary import guarded
from clinft.cli.ranks import shared
from clinft.errors import EXIT_NO, EXIT_SPEC, SpecError
from clinft.pipeline import NAMES, STAGES, Row

app = typer.Typer(
    name="clinft",
    help="Fine-tune language models on clinical tasks with synthetic data only, by pull request.",
    no_args_is_help=True,
    add_completion=False,
    # Plain: boxes take half the time of a help.
    rich_markup_mode=None,
    # A box with source lines and local values could show data.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

# Stages beside whose report the literature brief is mentioned.
ADVISED = ("prepare", "estimate")
STAGE_NAMES = ", ".join(NAMES)
Project = Annotated[Path, typer.Argument(help="The project's folder, e.g. projects/icd10-chapter.")]
Yes = Annotated[bool, typer.Option("--yes", help="Approve the plan on this machine; recorded as such.")]
Projects = Annotated[
    Path | None, typer.Argument(metavar="[PROJECT]", help="The project's folder; absent with --changed.")
]
Changed = Annotated[
    bool, typer.Option("--changed", help="In checks.yml: every project that the pull request changes.")
]
Started = Annotated[
    bool, typer.Option("--started", help="In run.yml and report.yml: the run that `clinft start` has taken.")
]
Local = Annotated[
    bool,
    typer.Option("--local", help="Decide as on a laptop. Refused on GitHub: only reviews approve."),
]
Json = Annotated[bool, typer.Option("--json", help="Print artifacts as JSON lines, nothing else.")]


def main() -> None:
    for verb in app.registered_commands:
        # A sentence, which would be cut at the end of the line.
        verb.short_help = verb.help
    app(prog_name="clinft")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"clinft {clinft.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Fine-tune language models on clinical tasks with synthetic data only, by pull request."""


@app.command("run", help="Run the whole loop on one project; finished stages are skipped.")
@guarded
def run(
    project: Project,
    yes: Yes = False,
    from_: Annotated[
        str, typer.Option("--from", metavar="STAGE", help=f"Start at this stage: {STAGE_NAMES}.")
    ] = NAMES[0],
    until: Annotated[str, typer.Option("--until", metavar="STAGE", help="Stop after this one.")] = NAMES[-1],
    json: Json = False,
) -> None:
    first, last = _index(from_), _index(until)
    if first > last:
        raise SpecError(
            f"--from {NAMES[first]} comes after --until {NAMES[last]}.",
            f"The order is {', '.join(NAMES)}.",
            "Swap them.",
        )
    _run_stages(project, NAMES[first : last + 1], yes, json)


def _index(name: str) -> int:
    if name not in NAMES:
        raise SpecError("There is no such stage.", f"The stages are {', '.join(NAMES)}.", "Name one of them.")
    return NAMES.index(name)


def _add_stage(row: Row) -> None:
    """A stage that a pull request's checks run too takes `--changed` instead of a project."""

    @guarded
    def verb(project: Project, json: Json = False) -> None:
        _run_stages(project, (row.name,), False, json)

    @guarded
    def gate(
        project: Projects = None,
        changed: Changed = False,
        local: Local = False,
        yes: Yes = False,
        json: Json = False,
    ) -> None:
        if _wants_changed(row.name, project, changed):
            _changed(row.name, json)
        else:
            _run_stages(_one(project), (row.name,), yes, json, local)

    @guarded
    def started(project: Projects = None, started: Started = False, json: Json = False) -> None:
        if _wants(started, "--started", row.name, project):
            _started(row.name, json)
        else:
            _run_stages(_one(project), (row.name,), False, json)

    special: dict[str, Callable[..., None]] = {
        "gate": gate,
        "report": started,
    }
    chosen = special.get(row.name, verb)
    app.command(row.name, help=row.help)(chosen)


def _wants_changed(verb: str, project: Path | None, changed: bool) -> bool:
    return _wants(changed, "--changed", verb, project)


def _wants(flag: bool, name: str, verb: str, project: Path | None) -> bool:
    if (project is None) is not flag:
        raise SpecError(
            f"Name a project's folder, or pass {name}; one of them.",
            f"{name} is for clinft's workflows, where GitHub says what it is about.",
            f"On a laptop: clinft {verb} projects/<name>.",
        )
    return flag


@shared(lambda name, json: name == "train")
def _started(name: str, json: bool) -> None:
    from clinft.cli import merged

    screen = show.Screen(json=json)
    merged.train(screen) if name == "train" else merged.report(screen)


def _one(project: Path | None) -> Path:
    assert project is not None, "_wants_changed has seen to it"
    return project


def _changed(name: str, json: bool) -> None:
    from clinft.cli import changed

    screen = show.Screen(json=json)
    if name == "gate":
        changed.gate(screen)
    else:
        changed.check(name, screen)


WITH_FILES: dict[str, Callable[..., None]] = {
    "prepare": preparing.register,
    "assess": assessing.register,
    "audit": auditing.register,
    "estimate": estimating.register,
    "train": explaining.register,
    "evaluate": evaluating.register,
    "regress": regressing.register,
}


def _add_with_files(row: Row) -> None:
    WITH_FILES[row.name](
        app,
        row.help,
        lambda project, json, yes=False, again=False: _run_stages(
            project, (row.name,), yes, json, again=again
        ),
        lambda json: _as_a_workflow(row.name, json),
    )


def _as_a_workflow(name: str, json: bool) -> None:
    """Instead of a project: what the event says that the workflow is about."""
    if name == "assess":
        assessing.assess(show.Screen(json=json))
    elif name == "train":
        _started(name, json)
    else:
        _changed(name, json)


for _row in STAGES:
    _add_with_files(_row) if _row.name in WITH_FILES else _add_stage(_row)
for _module in MODULES:
    _module.register(app)


@shared(lambda project, names, *rest, **more: "train" in names)
def _run_stages(
    project: Path, names: Sequence[str], yes: bool, json: bool, local: bool = False, again: bool = False
) -> None:
    from clinft import pipeline
    from clinft.cli.opening import open_context

    screen = show.Screen(json=json)
    context = replace(
        open_context(project, yes, screen, local=local), again=frozenset(names if again else ())
    )
    payloads = []
    for outcome in pipeline.run(context, names):
        screen.outcome(outcome)
        payloads += [outcome.artifact.payload] if outcome.artifact is not None else []
        if outcome.stage in ADVISED:
            from clinft.pipeline.brief_note import of_brief

            screen.markdown(of_brief(context, outcome.stage))
    if len(names) > 1:
        screen.end(context)
    for payload in payloads:
        regressing.warn_of_danger(payload)


@app.command(
    help="Check specs, prompts and policies, and specs against the policy; prints FILE:LINE:COL: message."
)
@guarded
def validate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="project.yaml, prompt.md, clinft.yml or project folders.")
    ] = None,
    changed: Changed = False,
) -> None:
    from clinft.pipeline.problems import problems_of
    from clinft.pipeline.unpermitted import awaited, unpermitted
    from clinft.wiring import SystemClock

    if _wants_changed("validate", files[0] if files else None, changed):
        _changed("validate", json=False)
        return
    assert files, "_wants_changed has seen to it"
    today = SystemClock().now().date()
    problems = sorted({*problems_of(*files), *unpermitted(files, Path.cwd(), today)})
    for problem in problems:
        show.problem(problem)
    if problems:
        raise typer.Exit(EXIT_SPEC)
    waits = list(awaited(files, Path.cwd(), today))
    for one in waits:
        show.awaited(one)
    tail = f"; {len(waits)} waiting for the owners of .github/clinft.yml" if waits else ""
    typer.echo(f"{len(files)} checked, no problems{tail}", err=True)


@app.command(help="Look at the repository's settings on GitHub: who sees to what, what is wrong, what to do.")
@guarded
def doctor(
    fix: Annotated[
        bool, typer.Option("--fix", help="Create missing labels and environments, where the token may.")
    ] = False,
    json: Json = False,
) -> None:
    from clinft.cli import doctor as doctors

    doctors.doctor(show.Screen(json=json), fix)


@app.command(
    help="Take the deployed run back by hand: writes deployment.yaml, and the text for its pull request."
)
@guarded
def rollback(
    project: Project,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="RUN", help="The run to deploy instead; absent: the last one."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the pull request.")] = "",
) -> None:
    from clinft.cli import rollback as verb

    verb.rollback(show.Screen(json=False), project, to, reason)


@app.command(help="Real patient data may lie in a project: quarantine, purge list, HIPAA clock, record.")
@guarded
def incident(
    project: Project,
    discovered: Annotated[
        str | None,
        typer.Option("--discovered", metavar="DATE", help="When somebody first knew; absent: today."),
    ] = None,
) -> None:
    from clinft.cli import incident as verb

    verb.open_incident(show.Screen(json=False), project, discovered)


@app.command(help="On the machine that trains: delete weights and checkpoints past the policy's date.")
@guarded
def dispose() -> None:
    from clinft.cli import dispose as verb

    verb.dispose(show.Screen(json=False))


@app.command(help="Replay a run's chain of digests: same, different, or not regenerable here.")
@guarded
def verify(
    run_folder: Annotated[
        Path, typer.Argument(metavar="RUN", help="projects/<name>/runs/<run_id>, or projects/tracking.")
    ],
    json: Json = False,
) -> None:
    from clinft.cli.opening import verify_run

    links = verify_run(run_folder)
    show.verification(links, json=json)
    if any(link.status == "different" for link in links):
        raise typer.Exit(EXIT_NO)
