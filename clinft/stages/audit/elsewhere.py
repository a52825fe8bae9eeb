"""Pools whose scanning other workers do: places of chunks go there, counts and findings come back."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from clinft.errors import SpecError
from clinft.ports.workers import Ready, Team, Workers
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import engine, pool
from clinft.stages.audit.chunks import Chunk
from clinft.stages.audit.digests import rules_digest
from clinft.stages.audit.engine import Engine
from clinft.stages.audit.places import Placed, places
from clinft.stages.audit.pool import DATABASE_BYTES, MEASURING_BYTES, Item, Pool, Result, Work
from clinft.stages.audit.prefilter import Built


@contextmanager
def pools(
    policy: AuditPolicy, workers: int | None, size: int, elsewhere: Workers | None
) -> Iterator[tuple[Pool, Pool]]:
    """As `pool.pools`; where there is an elsewhere, `size` bytes are scanned there.

    What is planted is text of rows, and as much for any data, so it stays here.
    """
    if elsewhere is None:
        with pool.pools(policy, workers, size) as both:
            yield both
        return
    here = pool.worker_count(None, MEASURING_BYTES)
    with scanning(policy, size, elsewhere) as far, pool.pool(policy, here, MEASURING_BYTES) as near:
        yield far, near


@contextmanager
def scanning(policy: AuditPolicy, size: int, elsewhere: Workers) -> Iterator[Pool]:
    own = engine.of(policy)
    built = own.built() if size >= DATABASE_BYTES else None
    with elsewhere.team(auditor, Asked(policy, rules_digest(), built)) as team:
        yield Elsewhere(own, team)


@dataclass(frozen=True)
class Asked:
    policy: AuditPolicy
    rules: str
    built: Built | None


def auditor(asked: Asked) -> Engine:
    """In a worker. SpecError unless it has the rules of whoever asks: findings would not be theirs."""
    if rules_digest() != asked.rules:
        raise SpecError(
            "A worker has other rules than this machine.",
            "Its clinft, or its presidio-analyzer, is of another version.",
            "Install the same release on every machine of the cluster, from the same constraints.",
        )
    made = engine.of(asked.policy)
    with suppress(ImportError):  # without it the worker finds the same, and takes longer
        import hyperscan

        # Built for another kind of processor.
        with suppress(hyperscan.error):
            made.load(asked.built)
    return made


class Elsewhere:
    """Whatever is no chunk as it lies in a file is worked on here, one after the other."""

    def __init__(self, own: Engine, team: Team[Engine]) -> None:
        self._own, self._team = own, team

    def map(self, work: Work[Item, Result], items: Iterable[Item | Ready[Result]]) -> Iterator[Result]:
        with places() as found:

            def placed() -> Iterator[Placed | Ready[Result]]:
                for item in items:
                    if isinstance(item, Ready):
                        yield item
                        continue
                    place = found.of(item) if isinstance(item, Chunk) else None
                    yield place if place else Ready(work(self._own, item))

            yield from self._team.map(partial(_fetched, work), placed())


def _fetched(work: Callable[[Engine, Any], Result], engine: Engine, item: Placed) -> Result:
    return work(engine, item.fetched())
