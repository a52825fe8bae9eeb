"""A JSON object: F1 over its fields, nested ones by their path; right where all of them are equal."""

import json
from collections.abc import Iterator
from typing import Any

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.reading import normalised, read_json, spelt
from clinft.artifacts.scoring.scored import UNREADABLE, Kind, Scored, f1
from clinft.spec.project import TaskSpec


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    gold = read_json(record.target)
    try:
        said = read_json(answer)
    except ValueError:
        return UNREADABLE
    if not isinstance(said, dict):
        return UNREADABLE
    found, wanted = set(_fields(said)), set(_fields(gold))
    return Scored(f1(found, wanted), found == wanted, True, said=json.dumps(said, sort_keys=True))


def _fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
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
