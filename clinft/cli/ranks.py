"""Where a launcher started clinft several times at once: the first is clinft, the others train along."""

import functools
from collections.abc import Callable
from typing import ParamSpec

import typer

Parameters = ParamSpec("Parameters")


def shared(work: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Of several processes the first does `work`; the others end once it has no more for them to do."""

    @functools.wraps(work)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        from clinft.wiring import ranks

        found = ranks.launched()
        if found is None:
            work(*args, **kwargs)
            return
        if found.rank:
            ranks.follow(found)
            raise typer.Exit
        team = ranks.team()
        team.join()
        try:
            work(*args, **kwargs)
        finally:
            team.leave()

    return wrapper
