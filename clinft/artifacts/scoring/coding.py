"""ICD-10-CM codes: F1 of the set; right where the set is the gold's and the first, principal code is, too."""

import json
import re

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.reading import read_json
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


def read(text: str) -> tuple[str, ...] | None:
    """Of a list in JSON or of plain text. None: no codes are told, or one of a list is none."""
    try:
        listed = read_json(text)
    except ValueError:
        nothing = text.strip().strip(".").casefold() == "none"
        return codes(text) or (() if nothing else None)
    if isinstance(listed, str):
        return codes(listed) or None
    if not isinstance(listed, list) or not all(isinstance(one, str) and codes(one) for one in listed):
        return None
    return codes(json.dumps(listed))


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    said, gold = read(answer), read(record.target)
    if said is None or gold is None or (gold and not said):
        return UNREADABLE
    right = set(said) == set(gold) and said[:1] == gold[:1]
    return Scored(f1(said, gold), right, True, said=", ".join(said))


def form(task: TaskSpec) -> str:
    return (
        "Answer with a JSON list of ICD-10-CM codes, the principal diagnosis first, and nothing else, e.g. "
        '["I21.4", "E11.9"]. No descriptions; an empty list where nothing is coded.'
    )


KIND = Kind("F1 of the codes", score, form, 32)
