"""Verbs whose work later versions do: each says what that will be, what is missing and what to do instead.

Nothing is sent or drawn here, and nothing says that it was; so the exit code is 0.
"""

from pathlib import Path

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded


def register(app: typer.Typer) -> None:
    @app.command(help="In notify.yml: messages before a merge. Not built yet: says what is missing.")
    @guarded
    def notify() -> None:
        show.Screen(json=False).markdown(_notify())

    @app.command(help="In pages.yml: the dashboard of all runs. Not built yet: says what is missing.")
    @guarded
    def dashboard() -> None:
        show.Screen(json=False).markdown(_dashboard())


def _notify() -> str:
    from clinft import wiring
    from clinft.spec.load import load_policy

    agreed = load_policy(wiring.find_repository(Path.cwd()) / wiring.POLICY).consents.before_merge
    if not agreed:
        return _said(
            "notify",
            "It will send messages about a pull request before its merge, where the policy agreed to that.",
            "The policy agrees to none: `consents.before_merge` is empty, so no sink may hear of a pull "
            "request before its merge. Nothing was sent.",
            "Who wants such messages names a sink there, by a pull request that the role engine approves.",
        )
    listed = ", ".join(f"`{sink}`" for sink in agreed)
    return _said(
        "notify",
        f"It will tell {listed} about a pull request before its merge, as `consents.before_merge` agrees.",
        "Not built: this version has no sinks. Nothing was sent.",
        "Until then GitHub's own notifications tell people; watch the repository.",
    )


def _dashboard() -> str:
    return _said(
        "dashboard",
        "It will draw pages of all projects and runs from the evidence on the protected branch.",
        "Not built: nothing was drawn, and nothing is published.",
        "Until then `projects/tracking/` has the tables; `clinft track` brings them up to date.",
    )


def _said(verb: str, will: str, missing: str, instead: str) -> str:
    return f"**clinft {verb}: nothing was done.** {will}\n\n{missing}\n\n{instead}"
