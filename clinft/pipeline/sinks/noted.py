"""A memory for one round: what was noted of a sink is read once."""

from collections.abc import Mapping

from clinft.ports.sinks import SinkMemory


class ReadOnce:
    """What another job notes meanwhile is seen with our next note, which is laid over it and not over this.

    Until then something may be sent that the other one has sent: sinks take it as the same.
    """

    def __init__(self, memory: SinkMemory) -> None:
        self._memory = memory
        self._known: dict[str, Mapping[str, str]] = {}

    def read(self, sink: str) -> Mapping[str, str]:
        if sink not in self._known:
            self._known[sink] = self._memory.read(sink)
        return self._known[sink]

    def remember(self, sink: str, additions: Mapping[str, str]) -> Mapping[str, str]:
        self._known.pop(sink, None)  # where noting fails, nobody knows what stands there
        self._known[sink] = self._memory.remember(sink, additions)
        return self._known[sink]
