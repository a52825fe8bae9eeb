"""What every source gets from wiring: the day, an address for contact, keys by host, patience."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date


def _no_key(_: str) -> None:
    return None


@dataclass(frozen=True)
class Access:
    """`key_of`: the key for a host, where there is one; every source answers without, some more slowly."""

    today: Callable[[], date]
    contact: str | None = None
    key_of: Callable[[str], str | None] = _no_key
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    # When each service was last asked: two sources may ask the same one.
    last: dict[str, float] = field(default_factory=dict)

    @property
    def day(self) -> str:
        return self.today().isoformat()


class Pace:
    """At most one request each `every` seconds, over all that ask `service`."""

    def __init__(self, every: float, access: Access, service: str) -> None:
        self._every, self._access, self._service = every, access, service

    def wait(self) -> None:
        now, last = self._access.monotonic(), self._access.last.get(self._service)
        if last is not None and now - last < self._every:
            self._access.sleep(self._every - (now - last))
            now = last + self._every
        self._access.last[self._service] = now
