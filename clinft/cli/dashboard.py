"""`clinft dashboard`: pages of all projects and runs, drawn from the committed record."""

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded

SITE = Path("site")


def register(app: typer.Typer) -> None:
    @app.command(help="Draw a site of all projects and runs from the committed record; nothing is sent.")
    @guarded
    def dashboard(
        out: Annotated[
            Path, typer.Option("--out", metavar="DIR", help="Its folder; only a former site is replaced.")
        ] = SITE,
    ) -> None:
        from clinft import wiring
        from clinft.pipeline.dashboard.build import build
        from clinft.spec.load import load_policy
        from clinft.stages.report import numbers
        from clinft.wiring.pages import repository_address

        root = wiring.find_repository(Path.cwd())
        built = build(root / "projects", out, repository_address(root))
        told = ", ".join(
            numbers.count(count, one)
            for count, one in ((built.projects, "project"), (built.runs, "run"), (built.pages, "page"))
        )
        screen = show.Screen(json=False)
        screen.markdown(f"The dashboard lies in `{out}`: {told}. Open `{out / 'index.html'}` in a browser.")
        if built.unreadable:
            names = ", ".join(f"`{name}`" for name in built.unreadable)
            screen.markdown(f"**Not shown**, because it is not what its record covers: {names}.")
        publish = load_policy(root / wiring.POLICY).pages.publish
        wiring.output("publish", "true" if publish else "false")
