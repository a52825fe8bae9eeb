"""Entities as a JSON list of {"text", "type"}: F1 over these pairs; right where all of them are equal."""

import json
from collections import Counter
from typing import Any

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.content import content
from clinft.artifacts.scoring.counts import of_units
from clinft.artifacts.scoring.facts import critical, is_grave
from clinft.artifacts.scoring.reading import normalised, read_json
from clinft.artifacts.scoring.schemas import fits
from clinft.artifacts.scoring.scored import Kind, Scored, f1, unreadable
from clinft.spec.project import TaskSpec

Entity = tuple[str, str]


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    gold = _entities(read_json(record.target))
    try:
        value = read_json(answer)
        said = _entities(value)
    except ValueError:
        return unreadable(_values(set(), gold, record) | {"schema_valid": 0.0})
    values = _values(said, gold, record) | _claims(said, record)
    values["schema_valid"] = float(fits(value, task.output_schema))
    return Scored(f1(said, gold), said == gold, True, said=json.dumps(value, sort_keys=True), values=values)


def _values(said: set[Entity], gold: set[Entity], record: Record) -> dict[str, float]:
    """An entity is a concept and a fact; relaxed, it is the same text under whatever type."""
    danger = [content(one).stems for one in critical(record)]
    grave = {entity for entity in gold if is_grave(entity[0], danger)}
    shared = len(said & gold)
    relaxed = (Counter(text for text, _ in said) & Counter(text for text, _ in gold)).total()
    return {
        **of_units(len(gold), len(said), shared),
        "terms_gold": float(len(gold)),
        "terms_said": float(len(said)),
        "terms_shared": float(shared),
        "terms_relaxed": float(relaxed),
        "facts": float(len(gold)),
        "facts_told": float(shared),
        "facts_critical": float(len(grave)),
        "facts_critical_told": float(len(grave & said)),
    }


def _claims(said: set[Entity], record: Record) -> dict[str, float]:
    """Each entity claims that the text has these words; an entity is copied from it."""
    text = f" {normalised(record.text)} "
    missing = sum(f" {entity} " not in text for entity, _ in said)
    return {"claims": float(len(said)), "claims_unsupported": float(missing)}


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
