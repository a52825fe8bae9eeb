"""One kind of task: what the model reads, what it should answer, and one known wrong answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw


def nothing(_: TaskSpec) -> None:
    return None


def no_words(_: TaskSpec) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class Task:
    """`make` gives (text, target); `rejected` a wrong answer to the same text, for preference pairs.

    `styles`: the note styles it can be made from; None: all, but `styles_for` may know better for a spec.
    `schema`: of the answer, where it is JSON. `avoid`: words that a note must not have, to be given to
    `render.write`. `check`: SpecError for a spec that the generator cannot meet.
    """

    make: Callable[[Facts, Note, TaskSpec, Draw], tuple[str, str]]
    rejected: Callable[[Facts, Note, str, TaskSpec, Draw], str]
    styles: tuple[str, ...] | None = None
    schema: Callable[[TaskSpec], dict[str, Any] | None] = nothing
    avoid: Callable[[TaskSpec], frozenset[str]] = no_words
    check: Callable[[TaskSpec], None] = nothing


def plain(value: Any) -> str:
    """One spelling of a JSON answer: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
