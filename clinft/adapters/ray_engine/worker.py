"""What runs in each process of Ray. It answers errors instead of raising them: Ray would log their text."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, ServiceError, SpecError

# An error is sent as its name and its three sentences, which hold no data.
KINDS = {one.__name__: one for one in (DigestMismatch, PolicyViolation, ServiceError, SpecError)}
PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    result: Any


@dataclass(frozen=True)
class Failed:
    kind: str
    sentences: tuple[str, str, str]

    def raise_here(self) -> NoReturn:
        raise KINDS.get(self.kind, ClinftError)(*self.sentences)


class Worker:
    """Its state is made with the first work, so that making it may fail in words.

    `asked`: in a list, a reference to it: a worker that is started again fetches it again.
    """

    def __init__(self, make: Callable[[Any], Any], asked: list[Any]) -> None:
        self._make, self._asked = make, asked
        self._state: list[Any] = []

    def ready(self) -> None:
        """Answered once the process is there."""

    def do(self, work: Callable[[Any, Any], Any], item: Any) -> Done | Failed:
        try:
            if not self._state:
                import ray

                self._state.append(self._make(ray.get(self._asked[0])))
            return Done(work(self._state[0], item))
        except ClinftError as error:
            return Failed(type(error).__name__, (error.what, error.cause, error.next_step))
        except Exception as bug:  # whatever it is, its text may quote data
            return _bug(bug)


def _bug(bug: Exception) -> Failed:
    frames = traceback.extract_tb(bug.__traceback__)
    frame = [one for one in frames if Path(one.filename).is_relative_to(PACKAGE)][-1]
    place = f"{Path(frame.filename).relative_to(PACKAGE.parent)}:{frame.lineno} in {frame.name}"
    sentences = (
        f"A worker met {type(bug).__name__} at {place}.",
        "That is a bug in clinft, or the worker's machine lacks something that this one has.",
        "Call again with --engine local; if it comes there too, report it with that place.",
    )
    return Failed(ClinftError.__name__, sentences)
