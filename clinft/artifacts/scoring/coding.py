"""ICD-10-CM codes: F1 of the set; right where the principal code, the first one, is the gold's."""

import re

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.scored import UNREADABLE, Kind, Scored, f1
from clinft.spec.project import TaskSpec

# Form of a code, with or without its point: ICD-10-CM Official Guidelines, section I.A; three to seven
# characters, the first a letter, the second a digit.
CODE = re.compile(r"(?<![A-Za-z0-9])([A-Z][0-9][0-9AB])\.?([0-9A-Z]{0,4})(?![A-Za-z0-9])", re.IGNORECASE)


def codes(text: str) -> tuple[str, ...]:
    """In their order, each once, as I21.4."""
    found = (match.groups() for match in CODE.finditer(text))
    spelt = (head.upper() + (f".{tail.upper()}" if tail else "") for head, tail in found)
    return tuple(dict.fromkeys(spelt))


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    said, gold = codes(answer), codes(record.target)
    if not said:
        # A gold without codes is met by an answer that says so.
        nothing = not gold and answer.strip().strip(".").casefold() in ("none", "[]")
        return Scored(1.0, True, True, said="") if nothing else UNREADABLE
    right = bool(gold) and said[0] == gold[0]
    return Scored(f1(said, gold), right, True, said=", ".join(said))


def form(task: TaskSpec) -> str:
    return (
        "Answer with a JSON list of ICD-10-CM codes, the principal diagnosis first, and nothing else, e.g. "
        '["I21.4", "E11.9"]. No descriptions; an empty list where nothing is coded.'
    )


KIND = Kind("F1 of the codes", score, form, 32)
