"""A person's word on what asking a model costs."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from clinft.cli import show

if TYPE_CHECKING:
    from clinft.pipeline.rescue.cost import Cost


def agreement(screen: show.Screen, yes: bool, whom: str) -> "Callable[[Cost], bool]":
    """A sum that is not known for certain needs the flag: nobody says yes to it in passing."""

    def agrees(cost: "Cost") -> bool:
        if yes:
            return True
        if screen.json:
            typer.echo(cost.model_dump_json())
        if not cost.certain or not (sys.stdin.isatty() and screen.console.is_terminal):
            return False
        try:
            return screen.console.input(f"Type yes to ask {whom}: ").strip() == "yes"
        except EOFError:
            return False

    return agrees
