"""Answers that fail because a test asked for it, before the work is done or after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Reply = TypeVar("Reply")


@dataclass
class Fault:
    operation_id: str
    status: int
    after_accepting: bool
    left: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


class Faults:
    def __init__(self) -> None:
        self._asked_for: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._asked_for.append(fault)

    def clear(self) -> None:
        self._asked_for.clear()

    @property
    def to_come(self) -> list[str]:
        """Operations of which fewer failed than a test asked for."""
        return [fault.operation_id for fault in self._asked_for if fault.left]

    def take(self, operation_id: str) -> Fault | None:
        """The next of this operation; from now on it has happened once more."""
        fault = next((one for one in self._asked_for if one.operation_id == operation_id and one.left), None)
        if fault:
            fault.left -= 1
        return fault

    def around(
        self, operation_id: str, perform: Callable[[], Reply], failed: Callable[[Fault], Reply]
    ) -> Reply:
        fault = self.take(operation_id)
        if fault and not fault.after_accepting:
            return failed(fault)
        reply = perform()
        return failed(fault) if fault else reply
