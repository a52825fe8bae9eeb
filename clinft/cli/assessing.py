"""`clinft assess`: a project's stage; answers that were got elsewhere; in assess.yml the named project."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.artifacts.prompt_assessment import PromptAssessment
    from clinft.pipeline.context import Context

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PROJECT | FILES]", help="A project's folder; with --predictions: files."),
]
Named = Annotated[bool, typer.Option("--named", help="In assess.yml: the project that it was started for.")]
Yes = Annotated[bool, typer.Option("--yes", help="Ask a hosted model, for at most what is shown first.")]
Adopt = Annotated[bool, typer.Option("--adopt", help="Write the recommended prompt into prompt/prompt.md.")]
Predictions = Annotated[
    bool,
    typer.Option("--predictions", help="JSONL files of answers, one a prompt: id, target, prediction."),
]
Target = Annotated[float | None, typer.Option("--target", help="With --predictions: the least, e.g. 0.8.")]
Critical = Annotated[
    list[str] | None,
    typer.Option("--critical", metavar="LABEL", help="A label whose misses count apart; once for each."),
]
CriticalTarget = Annotated[
    float | None, typer.Option("--critical-target", help="The least recall of these, to be certified.")
]
Confidence = Annotated[float, typer.Option("--confidence", help="Level of every interval.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]


def register(
    app: typer.Typer, about: str, stage: Callable[[Path, bool], None], named: Callable[[bool], None]
) -> None:
    """`stage` is not called: asking a hosted model needs a word that other stages do not."""

    @app.command("assess", help=about)
    @guarded
    def assess(
        paths: Paths = None,
        named_: Named = False,
        predictions: Predictions = False,
        target: Target = None,
        critical: Critical = None,
        critical_target: CriticalTarget = None,
        confidence: Confidence = 0.95,
        adopt: Adopt = False,
        yes: Yes = False,
        json: Json = False,
    ) -> None:
        given = paths or []
        of_files = target is not None or critical or critical_target is not None or confidence != 0.95
        if predictions:
            _refuse(named_ or adopt or yes, "--predictions takes neither --named, --adopt nor --yes.")
            _refuse(not given, "--predictions needs files, one for each prompt.")
            assess_files(show.Screen(json=json), given, target, critical or (), critical_target, confidence)
            return
        _refuse(
            bool(of_files), "--target, --critical, --critical-target and --confidence go with --predictions."
        )
        _refuse(len(given) > 1, "One project is assessed at a time; files need --predictions.")
        if bool(given) is named_:
            raise SpecError(
                "Name a project's folder, or pass --named; one of them.",
                "--named is for clinft's workflows, where GitHub says what it is about.",
                "On a laptop: clinft assess projects/<name>.",
            )
        if named_:
            _refuse(adopt or yes, "--named takes neither --adopt nor --yes.")
            named(json)
        else:
            assess_project(show.Screen(json=json), given[0], adopt, yes)


def _refuse(wrong: bool, what: str) -> None:
    if wrong:
        raise SpecError(
            what,
            "A project's own thresholds are in project.yaml; answers got elsewhere have none.",
            "E.g. clinft assess projects/icd10-chapter --adopt, or clinft assess --predictions zero.jsonl "
            "few.jsonl --target 0.8",
        )


def assess_project(screen: show.Screen, project: Path, adopt: bool, yes: bool) -> None:
    from clinft import pipeline
    from clinft.cli.opening import open_context

    context = open_context(project, False, screen)

    def agrees(told: str) -> bool:
        screen.say(told)
        return yes

    context.agrees = agrees
    for outcome in pipeline.run(context, ("assess",)):
        screen.outcome(outcome)
        if outcome.artifact is not None:
            _propose(screen, context, outcome.artifact.payload, adopt)


def _propose(screen: show.Screen, context: "Context", payload: "PromptAssessment", adopt: bool) -> None:
    from clinft.pipeline import adopting
    from clinft.stages.report.markdown import code_block

    proposed = adopting.propose(context, payload)
    if not proposed.difference:
        screen.say("prompt/prompt.md is what is recommended already.")
    elif adopt:
        for line in adopting.adopt(context, proposed):
            screen.say(line)
    else:
        screen.say(f"Recommended prompt: {proposed.path}")
        screen.markdown(code_block(proposed.difference, "diff"))
        screen.say("`clinft assess --adopt` writes it into prompt/prompt.md.")


def assess_files(
    screen: show.Screen,
    paths: Sequence[Path],
    target: float | None,
    critical: Sequence[str],
    critical_target: float | None,
    confidence: float,
) -> None:
    """Needs no repository and asks no model."""
    from clinft.pipeline.summary import of_given
    from clinft.stages.assess import files

    found = files.assess(paths, target, critical, critical_target, confidence)
    if screen.json:
        typer.echo(found.model_dump_json())
    else:
        screen.markdown(of_given(found))


def assess(screen: show.Screen) -> None:
    """In assess.yml. Needs no token: whatever opens weights can give none away."""
    from clinft import wiring
    from clinft.cli.opening import open_context
    from clinft.pipeline.github import assessing

    run, project = wiring.actions(), wiring.named()
    context = open_context(Path("projects") / project, False, screen)
    assessed = assessing.measure(context, run.results, screen.outcome)
    wiring.output("assessed", "true" if assessed else "false")
    screen.markdown(assessing.paid(context))


def publish(screen: show.Screen) -> None:
    from clinft import wiring
    from clinft.cli.merged import open_main
    from clinft.pipeline.github import assessing

    for line in assessing.bring(open_main(screen), wiring.named()):
        screen.markdown(line)
