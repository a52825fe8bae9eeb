"""Verbs that clinft's own workflows call: each is one `run:` line of a file in .github/workflows/."""

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError


def register(app: typer.Typer) -> None:
    _publish(app)

    @app.command(help="In checks.yml: list what a pull request changes, and what that means.")
    @guarded
    def detect() -> None:
        from clinft.cli import changed

        changed.detect(show.Screen(json=False))

    @app.command(help="In notify.yml and reconcile.yml: send what is due to the sinks that projects name.")
    @guarded
    def notify() -> None:
        from clinft.cli import sinks

        sinks.notify(show.Screen(json=False))

    @app.command(help="In train.yml: decide again on the protected branch what may start, and take its lock.")
    @guarded
    def start() -> None:
        from clinft.cli import merged

        merged.start(show.Screen(json=False))

    @app.command(help="In run.yml: start report.yml for the run that was worked on, however that ended.")
    @guarded
    def handover() -> None:
        from clinft.cli import merged

        merged.handover(show.Screen(json=False))

    @app.command(help="In reconcile.yml: compare what was approved with what ran, and mend the difference.")
    @guarded
    def reconcile() -> None:
        from clinft.cli import merged

        merged.reconcile(show.Screen(json=False))


def _publish(app: typer.Typer) -> None:
    @app.command(
        help="Write a pull request's comment and statuses (checks.yml), a run's results (report.yml) or an "
        "assessment (assess.yml); with --run send a merged run to the sinks that its project names."
    )
    @guarded
    def publish(
        results: Annotated[
            bool, typer.Option("--results", help="In report.yml: what `clinft report --started` has sealed.")
        ] = False,
        assessment: Annotated[
            bool, typer.Option("--assessment", help="In assess.yml: what `clinft assess --named` has left.")
        ] = False,
        run: Annotated[
            Path | None, typer.Option("--run", help="On a laptop: projects/<name>/runs/<run_id>, as merged.")
        ] = None,
        only: Annotated[
            str | None, typer.Option("--only", help="With --run: slack, sheets, docs or langsmith.")
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="With --run: print what would be sent; nothing is reached.")
        ] = False,
        json: Annotated[
            bool,
            typer.Option("--json", help="With --run: JSON lines; of a dry run exactly what would be sent."),
        ] = False,
    ) -> None:
        lonely = run is None and (dry_run or json or only is not None)
        _refuse_mixed(results + assessment + (run is not None), lonely)
        screen = show.Screen(json=json)
        if run is not None:
            from clinft.cli import sinks

            sinks.publish_run(screen, run, only, dry_run)
            return
        from clinft.cli import assessing, changed, merged

        if results:
            merged.publish(screen)
        elif assessment:
            assessing.publish(screen)
        else:
            changed.publish(screen)


def _refuse_mixed(given: int, lonely: bool) -> None:
    """`given`: how many of three that exclude each other. `lonely`: something without what it goes with."""
    if given > 1:
        raise SpecError(
            "Two of --results, --assessment and --run were given together.",
            "Each of the first two belongs to one workflow, --run to a laptop.",
            "Pass one of them.",
        )
    if lonely:
        raise SpecError(
            "--only, --dry-run and --json go with --run.",
            "They are about a run that is sent to sinks.",
            "Add --run projects/<name>/runs/<run_id>.",
        )
