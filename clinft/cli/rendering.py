"""`clinft render`: a run's documents as web pages, and as PDF where its libraries are installed."""

from pathlib import Path
from typing import Annotated

import typer

from clinft.cli.boundary import guarded

Place = Annotated[Path, typer.Argument(metavar="FILE.md|RUN", help="A document, or the folder of a run.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="PDF beside each page; needs the extra pdf and Pango.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Absent: the project's data/rendered/.")
]


def register(app: typer.Typer) -> None:
    @app.command("render", help="Documents as web pages that need nothing beside them, and as PDF.")
    @guarded
    def render(place: Place, pdf: Pdf = False, out: Out = None) -> None:
        from clinft.pipeline.rendering import render_documents

        for path in render_documents(place, out, with_pdf=pdf):
            typer.echo(f"wrote {path}")
