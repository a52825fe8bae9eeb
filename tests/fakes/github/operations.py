"""What every operation shares: the call it gets, the reply it gives, the ways it refuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.github.render import Renderer
from tests.fakes.github.state import State
from tests.fakes.listening import Reply


@dataclass(frozen=True)
class Call:
    """A request that passed the description, and where to answer it from."""

    state: State
    render: Renderer
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any

    def given(self, *names: str) -> dict[str, Any]:
        return {name: self.body[name] for name in names if name in self.body}


class Refused(Exception):
    """An answer that GitHub documents as an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status} {message}")
        self.reply = Reply(status, {"message": message, "documentation_url": "", "status": str(status)})


Handler = Callable[[Call], Reply]
Item = TypeVar("Item")


def not_found() -> Refused:
    return Refused(404, "Not Found")


def no_access() -> Refused:
    """What GitHub tells a token that lacks the permission."""
    return Refused(403, "Resource not accessible by integration")


def pick(items: Mapping[int, Item], number: str) -> Item:
    if int(number) not in items:
        raise not_found()
    return items[int(number)]
