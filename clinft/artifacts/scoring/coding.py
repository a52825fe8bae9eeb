"""ICD-10-CM codes: F1 of the set; right where the set is the gold's and the first, principal code is, too."""

import json
import re
from collections import Counter
from collections.abc import Sequence

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.codes import billable, category, exists
from clinft.artifacts.scoring.counts import of_units
from clinft.artifacts.scoring.reading import read_json
from clinft.artifacts.scoring.scored import UNREADABLE, Kind, Scored, f1, unreadable
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
    if gold is None:
        return UNREADABLE
    if said is None or (gold and not said):
        return unreadable(_values((), gold))
    right = set(said) == set(gold) and said[:1] == gold[:1]
    return Scored(f1(said, gold), right, True, said=", ".join(said), values=_values(said, gold))


def _values(said: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    """A code is a concept too: the same one, or relaxed one of the same three-character category."""
    shared = len(set(said) & set(gold))
    near = (Counter(map(category, said)) & Counter(map(category, gold))).total()
    known = [code for code in said if exists(code)]
    return {
        **of_units(len(gold), len(said), shared),
        "category_shared": float(near),
        "codes_said": float(len(said)),
        "codes_valid": float(len(known)),
        "codes_billable": float(sum(map(billable, known))),
        "terms_gold": float(len(gold)),
        "terms_said": float(len(said)),
        "terms_shared": float(shared),
        "terms_relaxed": float(near),
    }


def form(task: TaskSpec) -> str:
    return (
        "Answer with a JSON list of ICD-10-CM codes, the principal diagnosis first, and nothing else, e.g. "
        '["I21.4", "E11.9"]. No descriptions; an empty list where nothing is coded.'
    )


KIND = Kind("F1 of the codes", score, form, 32)
