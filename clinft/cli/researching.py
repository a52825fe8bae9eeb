"""`clinft research`: a brief of the literature for a project, or of one query."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clinft.artifacts.envelope import Artifact
    from clinft.artifacts.research import ResearchBrief
    from clinft.pipeline.context import Context
    from clinft.spec.research_policy import ResearchPolicy

CACHE = "research-cache"
Project = Annotated[
    Path | None, typer.Argument(metavar="[PROJECT]", help="The project's folder; absent with --query alone.")
]
Query = Annotated[str | None, typer.Option("--query", metavar="TEXT", help='Words, and "phrases in quotes".')]
Source = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="Ask this service only; may be repeated.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, max=100, help="Records taken from one answer, at most.")
]
Named = Annotated[bool, typer.Option("--named", help="In research.yml: the project that it was started for.")]
Publish = Annotated[
    bool,
    typer.Option("--publish", help="In research.yml: bring the brief of the job before, by a pull request."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the brief as one line of JSON, nothing else.")]


def register(app: typer.Typer) -> None:
    @app.command("research", help="Ask services of literature, and write a brief whose ids they returned.")
    @guarded
    def research(
        project: Project = None,
        query: Query = None,
        source: Source = None,
        limit: Limit = None,
        json: Json = False,
        named: Named = False,
        publish: Publish = False,
    ) -> None:
        screen = show.Screen(json=json)
        chosen = tuple(source or ())
        if query is not None and not any(map(str.isalnum, query)):
            raise SpecError(
                "--query holds no word.",
                "Services are asked for words, and without one they would be asked for everything.",
                'Pass words, and "phrases in quotes"; or leave --query away to ask for a project alone.',
            )
        if named and project is not None:
            raise _misused("A folder and --named were given together.")
        if publish and (not named or query or chosen or limit):
            raise _misused("--publish goes with --named alone.")
        if publish:
            _publish(screen)
        elif named:
            _of_named(screen, query, chosen, limit)
        elif project is not None:
            _shown(screen, _of_project(_opened(project, screen), query, chosen, limit))
        elif query is not None:
            _of_query(screen, query, chosen, limit)
        else:
            raise _misused("There is nothing to ask for.")


def _misused(what: str) -> SpecError:
    return SpecError(
        what,
        "--named and --publish are for research.yml, where GitHub says which project is meant.",
        "Pass one of them: a project's folder, --named, or --query TEXT without a project.",
    )


def _opened(project: Path, screen: show.Screen) -> Context:
    from clinft.cli.opening import open_context

    return open_context(project, False, screen)


def _of_project(
    context: Context, query: str | None, chosen: Sequence[str], limit: int | None
) -> Artifact[ResearchBrief]:
    from clinft.pipeline import researching
    from clinft.wiring import literature

    policy = context.policy.research
    names = researching.allowed(_known(chosen) or context.loaded.spec.research.sources, policy)
    today = context.services.clock.now().date()
    sources = literature.sources(names, policy, context.paths.data / CACHE, today)
    return researching.of_project(context, sources, (query,) if query else (), limit)


def _shown(screen: show.Screen, artifact: Artifact[ResearchBrief]) -> None:
    from clinft.stages.report.research import brief_markdown

    if screen.json:
        typer.echo(artifact.model_dump_json())
        return
    screen.markdown(brief_markdown(artifact.payload))
    screen.say(
        f"projects/{artifact.project}/research/: brief.json and brief.md are written; read, then commit them"
    )


def _of_query(screen: show.Screen, query: str, chosen: Sequence[str], limit: int | None) -> None:
    from clinft import wiring
    from clinft.pipeline import researching
    from clinft.spec.research import ResearchSpec
    from clinft.stages.report.research import brief_markdown
    from clinft.wiring import literature

    policy, today = _policy(), wiring.SystemClock().now().date()
    names = researching.allowed(_known(chosen), policy)
    sources = literature.sources(names, policy, wiring.surroundings().cache / CACHE, today)
    brief = researching.of_query(query, sources, limit or ResearchSpec().limit, today, screen.say)
    if screen.json:
        typer.echo(brief.model_dump_json())
    else:
        screen.markdown(brief_markdown(brief))


def _policy() -> ResearchPolicy:
    """Of the repository that this is; elsewhere what holds where a policy says nothing."""
    from clinft import wiring
    from clinft.spec.load import load_policy
    from clinft.spec.research_policy import ResearchPolicy

    try:
        root = wiring.find_repository(Path.cwd())
    except SpecError:
        return ResearchPolicy()
    return load_policy(root / wiring.POLICY).research


def _known(chosen: Sequence[str]) -> tuple[str, ...]:
    from typing import get_args

    from clinft.spec.research_policy import Source as Names

    names = get_args(Names)
    if any(name not in names for name in chosen):
        raise SpecError(
            "--source names no service that clinft knows.",
            "It is misspelt, or a newer clinft knows it.",
            f"Name one of: {', '.join(names)}.",
        )
    return tuple(dict.fromkeys(chosen))


def _of_named(screen: show.Screen, query: str | None, chosen: Sequence[str], limit: int | None) -> None:
    """Asks without a token; the next job checks what this one leaves."""
    from clinft import run_folder, wiring

    run = wiring.actions()
    context = _opened(Path("projects") / wiring.named(), screen)
    artifact = _of_project(context, query, chosen, limit)
    run_folder.save(run.results, artifact)
    wiring.output("researched", "true")
    _shown(screen, artifact)


def _publish(screen: show.Screen) -> None:
    from clinft import wiring
    from clinft.cli.merged import open_main
    from clinft.pipeline.github import research_pull

    for line in research_pull.bring(open_main(screen), wiring.named()):
        screen.markdown(line)
