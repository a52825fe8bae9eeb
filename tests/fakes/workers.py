"""Workers in this process: all that travels is pickled, as to another machine, and kept to be looked at."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from clinft.ports.workers import Ready


class PickledWorkers:
    """`sent` and `answered`: the bytes that went there and came back."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.answered: list[bytes] = []

    @contextmanager
    def team(self, make: Callable[[Any], Any], asked: Any) -> Iterator["PickledTeam"]:
        self.sent.append(pickle.dumps(asked))
        yield PickledTeam(self, make(pickle.loads(self.sent[-1])))


class PickledTeam:
    def __init__(self, workers: PickledWorkers, state: Any) -> None:
        self._workers, self._state = workers, state

    def map(self, work: Callable[[Any, Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            if isinstance(item, Ready):
                yield item.result
                continue
            self._workers.sent.append(pickle.dumps((work, item)))
            work_there, item_there = pickle.loads(self._workers.sent[-1])
            self._workers.answered.append(pickle.dumps(work_there(self._state, item_there)))
            yield pickle.loads(self._workers.answered[-1])
