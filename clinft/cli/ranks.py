"""Where a launcher started clinft several times at once: the first is clinft, the others train along."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

import typer

from clinft.cli import show

if TYPE_CHECKING:
    from clinft.adapters.training.spread_team import Launched

Parameters = ParamSpec("Parameters")
Work = Callable[Parameters, None]


def shared(trains: Callable[..., bool]) -> Callable[[Work[Parameters]], Work[Parameters]]:
    """Of several processes the first does the work; the others end once it has no more for them to do.

    `trains`: by the work's own arguments. Where nothing is trained, nobody is waited for: what a launcher
    says of a process may have been left in a shell.
    """

    def around(work: Work[Parameters]) -> Work[Parameters]:
        @functools.wraps(work)
        def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
            from clinft.wiring import ranks

            found = ranks.launched() if trains(*args, **kwargs) else None
            if found is None:
                work(*args, **kwargs)
                return
            _say_who_is_awaited(found)
            if found.rank:
                raise typer.Exit(ranks.follow(found))
            team = ranks.team()
            team.join()
            try:
                work(*args, **kwargs)
            finally:
                team.leave()

        return wrapper

    return around


def _say_who_is_awaited(found: "Launched") -> None:
    """Not by those that clinft itself started: they meet at a file, at once."""
    if found.address is None:
        return
    host, port = found.address
    others = "one other process" if found.world == 2 else f"{found.world - 1:,} other processes"
    show.note(
        f"Process {found.rank} of 0 to {found.world - 1} waits for {others} at {host}:{port}, as RANK, "
        "WORLD_SIZE and MASTER_ADDR say. If you started just this one, unset RANK and WORLD_SIZE."
    )
