"""Verbs that clinft's own workflows call: each is one `run:` line of a file in .github/workflows/."""

from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError


def register(app: typer.Typer) -> None:
    @app.command(help="In checks.yml: list what a pull request changes, and what that means.")
    @guarded
    def detect() -> None:
        from clinft.cli import changed

        changed.detect(show.Screen(json=False))

    @app.command(
        help="Write a pull request's comment and statuses (checks.yml), a run's results (report.yml) or an "
        "assessment (assess.yml)."
    )
    @guarded
    def publish(
        results: Annotated[
            bool, typer.Option("--results", help="In report.yml: what `clinft report --started` has sealed.")
        ] = False,
        assessment: Annotated[
            bool, typer.Option("--assessment", help="In assess.yml: what `clinft assess --named` has left.")
        ] = False,
    ) -> None:
        from clinft.cli import assessing, changed, merged

        if results and assessment:
            raise SpecError(
                "--results and --assessment were given together.",
                "Each belongs to one workflow.",
                "Pass one of them.",
            )
        if results:
            merged.publish(show.Screen(json=False))
        elif assessment:
            assessing.publish(show.Screen(json=False))
        else:
            changed.publish(show.Screen(json=False))

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
