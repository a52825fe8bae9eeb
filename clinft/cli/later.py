"""Verbs whose work later versions do: each says what that will be, what is missing and what to do instead.

Nothing is sent or drawn here, and nothing says that it was; so the exit code is 0.
"""

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded


def register(app: typer.Typer) -> None:
    @app.command(help="In pages.yml: the dashboard of all runs. Not built yet: says what is missing.")
    @guarded
    def dashboard() -> None:
        show.Screen(json=False).markdown(_dashboard())


def _dashboard() -> str:
    return _said(
        "dashboard",
        "It will draw pages of all projects and runs from the evidence on the protected branch.",
        "Not built: nothing was drawn, and nothing is published.",
        "Until then `projects/tracking/` has the tables; `clinft tracking rebuild` brings them up to date.",
    )


def _said(verb: str, will: str, missing: str, instead: str) -> str:
    return f"**clinft {verb}: nothing was done.** {will}\n\n{missing}\n\n{instead}"
