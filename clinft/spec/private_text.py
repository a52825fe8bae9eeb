"""Secrets and patient-like text in what people write: refused at the line, with the kind, never the value."""

from bisect import bisect_right

from clinft.errors import Problem
from clinft.spec.screening import screen
from clinft.spec.yaml import Rewritten

CAUSE = "Usually it was pasted in; a repository keeps every version for ever."
NEXT_STEP = "Remove it, and if it was ever pushed or is real, revoke it or tell your privacy officer."


def private_text(path: str, text: str, rewritten: tuple[Rewritten, ...] = ()) -> list[Problem]:
    """Everything in the file: keys, values, comments; and values that escapes or line breaks hide."""
    starts = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]
    problems, seen = [], set()
    for found in screen(text):
        line = bisect_right(starts, found.start)
        seen.add((found.kind, line))
        problems.append(_problem(path, line, found.start - starts[line - 1] + 1, found.kind))
    for scalar in rewritten:
        for kind in sorted({found.kind for found in screen(scalar.text)}):
            if not any((kind, line) in seen for line in range(scalar.first_line, scalar.last_line + 1)):
                problems.append(_problem(path, scalar.first_line, scalar.column, kind))
    return problems


def _problem(path: str, line: int, column: int, kind: str) -> Problem:
    return Problem(path, line, column, f"Here is what looks like {kind}.", CAUSE, NEXT_STEP)
