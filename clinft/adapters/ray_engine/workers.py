"""`--engine ray`: Workers whose processes are actors of Ray.

Actors, and not Ray Data: its readers would take rows through the object store, which spills to disk; here the
files are read, cut and hashed by clinft alone, and only places travel (docs/scale.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from clinft.adapters.ray_engine.session import connected
from clinft.adapters.ray_engine.team import RayTeam
from clinft.ports.workers import Team

Asked = TypeVar("Asked")
Made = TypeVar("Made")


@dataclass(frozen=True)
class RayWorkers:
    """`address`: of a cluster; None for a Ray of its own. `workers`: None for every processor there."""

    address: str | None
    workers: int | None

    @contextmanager
    def team(self, make: Callable[[Asked], Made], asked: Asked) -> Iterator[Team[Made]]:
        with connected(self.address, self.workers) as (ray, count):
            team = RayTeam(ray, count, make, asked)
            try:
                yield team
            finally:
                team.close()
