"""The command line in this process, as a user calls it."""

from pathlib import Path

from typer.testing import CliRunner, Result

from clinft.cli import show
from clinft.cli.app import app


def clinft(*args: str | Path) -> Result:
    show.forget_surroundings()
    return CliRunner().invoke(app, [str(arg) for arg in args])
