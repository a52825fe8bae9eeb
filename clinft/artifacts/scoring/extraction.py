"""A JSON object: F1 over its fields, nested ones by their path; right where all of them are equal."""

import json
from collections.abc import Iterator
from typing import Any

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.content import content
from clinft.artifacts.scoring.counts import of_claims, of_terms, of_units
from clinft.artifacts.scoring.facts import critical, is_grave, leaves
from clinft.artifacts.scoring.reading import normalised, read_json, spelt
from clinft.artifacts.scoring.schemas import fits
from clinft.artifacts.scoring.scored import Kind, Scored, f1, unreadable
from clinft.spec.project import TaskSpec

Field = tuple[str, str]


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    gold = read_json(record.target)
    wanted = set(_fields(gold))
    try:
        said = read_json(answer)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return unreadable(_values("", set(), record, gold, wanted) | {"schema_valid": 0.0})
    found = set(_fields(said))
    text = _text(said)
    values = _values(text, found, record, gold, wanted) | of_claims(text, record)
    values["schema_valid"] = float(fits(said, task.output_schema))
    return Scored(
        f1(found, wanted), found == wanted, True, said=json.dumps(said, sort_keys=True), values=values
    )


def _values(text: str, found: set[Field], record: Record, gold: Any, wanted: set[Field]) -> dict[str, float]:
    """A fact of the gold answer is a field; it is told where the same field has the same value."""
    danger = [content(one).stems for one in critical(record)]
    grave = {field for field in wanted if is_grave(field[1], danger)}
    return {
        **of_units(len(wanted), len(found), len(wanted & found)),
        **of_terms(text, _text(gold)),
        "facts": float(len(wanted)),
        "facts_told": float(len(wanted & found)),
        "facts_critical": float(len(grave)),
        "facts_critical_told": float(len(grave & found)),
    }


def _text(value: Any) -> str:
    """Its values, a line each; the keys are the schema's words, not the answer's."""
    return "\n".join(leaves(value))


def _fields(value: Any, path: str = "") -> Iterator[Field]:
    """(path, value in one spelling). What is empty or null counts as not told."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _fields(one, f"{path}.{normalised(str(key))}")
    elif isinstance(value, list):
        for one in value:
            # An element of a list is a whole: of two medications, doses must not be swapped.
            yield f"{path}[]", spelt(one)
    elif value is not None and value != "":
        yield path, spelt(value)


def form(task: TaskSpec) -> str:
    names = task.output_schema.get("properties") if task.output_schema else None
    fields = f" with the fields {', '.join(names)}" if isinstance(names, dict) and names else ""
    return (
        f"Answer with one JSON object{fields} and nothing else. Use null, or an empty list, for what the "
        "text does not say."
    )


KIND = Kind("F1 of the fields", score, form, 64)
