"""Actors of Ray: work goes to whoever has least, results come in order, a dead worker is replaced."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from clinft.adapters.ray_engine.worker import Done, Failed, Worker
from clinft.errors import ServiceError
from clinft.ports.workers import Ready

# Work handed out for each worker: enough that none waits, little enough that memory stays flat.
AHEAD = 3
# How often Ray starts a worker that died again, and gives its work once more.
RESTARTS = 3
# A cluster may first have to bring a machine up.
START_SECONDS = 600.0


class RayTeam:
    """`ray`: the module, connected. Workers that do not come up in time are done without."""

    def __init__(
        self,
        ray: Any,
        count: int,
        make: Callable[[Any], Any],
        asked: Any,
        *,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._ray, self._count, self._start_seconds = ray, count, start_seconds
        actor = ray.remote(Worker).options(num_cpus=1, max_restarts=RESTARTS, max_task_retries=RESTARTS)
        # Kept for workers that are started again.
        self._asked = ray.put(asked)
        self._actors = [actor.remote(make, [self._asked]) for _ in range(count)]
        self._starting = {one.ready.remote(): one for one in self._actors}
        # Who has started, with what each has not finished.
        self._busy: dict[Any, set[Any]] = {}

    def close(self) -> None:
        for actor in self._actors:
            self._ray.kill(actor)

    def map(self, work: Callable[..., Any], items: Iterable[Any]) -> Iterator[Any]:
        waiting: deque[Any] = deque()
        for item in items:
            waiting.append(item if isinstance(item, Ready) else self._ask(work, item))
            if len(waiting) >= self._count * AHEAD:
                yield self._told(waiting.popleft())
        while waiting:
            yield self._told(waiting.popleft())

    def _ask(self, work: Callable[..., Any], item: Any) -> Any:
        self._look()
        actor = min(self._busy, key=lambda one: len(self._busy[one]))
        reference = actor.do.remote(work, item)
        self._busy[actor].add(reference)
        return reference

    def _look(self) -> None:
        """Who has started, and what is finished, since the last look. Waits for the first worker alone."""
        if self._starting:
            self._welcome()
        for pending in self._busy.values():
            if pending:
                _, left = self._ray.wait(
                    list(pending), num_returns=len(pending), timeout=0, fetch_local=False
                )
                pending.intersection_update(left)

    def _welcome(self) -> None:
        timeout = 0 if self._busy else self._start_seconds
        number = len(self._starting) if self._busy else 1
        started, _ = self._ray.wait(list(self._starting), num_returns=number, timeout=timeout)
        if not started and not self._busy:
            raise ServiceError(
                f"No worker of Ray came up in {self._start_seconds:.0f} seconds.",
                "The cluster is busy with other work, or has no processor to give.",
                "Look at `ray status` on it; or call with --engine local.",
            )
        for reference in started:
            self._get(reference)
            self._busy[self._starting.pop(reference)] = set()

    def _told(self, asked: Any) -> Any:
        if isinstance(asked, Ready):
            return asked.result
        outcome = self._get(asked)
        if isinstance(outcome, Failed):
            outcome.raise_here()
        assert isinstance(outcome, Done)
        return outcome.result

    def _get(self, reference: Any) -> Any:
        from ray import exceptions

        try:
            return self._ray.get(reference)
        except exceptions.RayTaskError:
            _raise_unlike()
        except exceptions.RayError:
            raise ServiceError(
                "A worker of Ray was lost before its work was done, more than once; there is no result.",
                "Usually its machine ran out of memory, went away, or somebody ended the worker.",
                "Call again, with fewer workers or more memory; with --resume nothing is scanned twice.",
            ) from None


def _raise_unlike() -> NoReturn:
    """Ray's own text is left out: it quotes the other machine."""
    raise ServiceError(
        "The workers of Ray cannot run clinft.",
        "It is not installed there, or in another version, or with another Python.",
        "Install on every machine of the cluster what runs here, the same release and extra `ray`.",
    ) from None
