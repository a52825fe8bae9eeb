"""Entities as a JSON list of {"text", "type"}: F1 over these pairs; right where all of them are equal."""

import json
from typing import Any

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.reading import normalised, read_json
from clinft.artifacts.scoring.scored import UNREADABLE, Kind, Scored, f1
from clinft.spec.project import TaskSpec

Entity = tuple[str, str]


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    gold = _entities(read_json(record.target))
    try:
        value = read_json(answer)
        said = _entities(value)
    except ValueError:
        return UNREADABLE
    return Scored(f1(said, gold), said == gold, True, said=json.dumps(value, sort_keys=True))


def _entities(value: Any) -> set[Entity]:
    """ValueError where it is no list of entities. `entities` may wrap the list."""
    if isinstance(value, dict) and set(value) == {"entities"}:
        value = value["entities"]
    if not isinstance(value, list):
        raise ValueError("no list")
    return {_entity(one) for one in value}


def _entity(value: Any) -> Entity:
    if not isinstance(value, dict):
        raise ValueError("no entity")
    text, kind = value.get("text"), value.get("type")
    if not isinstance(text, str) or not isinstance(kind, str):
        raise ValueError("no entity")
    return normalised(text), normalised(kind)


def form(task: TaskSpec) -> str:
    return (
        'Answer with a JSON list and nothing else, one object {"text": …, "type": …} for each entity, the '
        "text copied from the note; an empty list where there is none."
    )


KIND = Kind("F1 of the entities", score, form, 64)
