"""The JSON Schema of a record: fields, the task's answer, and the facts as sampled records have them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import JsonValue

from clinft.artifacts.data import Record
from clinft.spec.project import TaskSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Facts nest a few levels; what lies deeper, or is a key of data instead of a name, is only `object`.
DEEPEST, MOST_KEYS = 5, 80
TYPES: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def record_schema(task: TaskSpec, sample: Sequence[Record]) -> dict[str, JsonValue]:
    made = Record.model_json_schema()
    properties: dict[str, Any] = made["properties"]
    properties["id"]["description"] = "Carries no meaning."
    properties["scenario"]["description"] = "Records that tell of the same case share it; no two splits do."
    properties["target"] |= _target(task)
    properties["facts"] = {
        "description": "What the text was written from: the gold. Types as sampled records have them.",
        **_merged([record.facts for record in sample], 0),
    }
    return {"$schema": DIALECT, "title": "Record", "additionalProperties": False, **made}


def _target(task: TaskSpec) -> dict[str, Any]:
    if task.labels:
        return {"enum": list(task.labels), "description": "The right answer: one of the task's labels."}
    if task.output_schema is not None:
        return {
            "description": "The right answer: JSON text.",
            "contentMediaType": "application/json",
            "contentSchema": json.loads(json.dumps(task.output_schema)),
        }
    return {"description": f"The right answer, for a task of kind {task.kind}."}


def _merged(values: Iterable[JsonValue], depth: int) -> dict[str, Any]:
    """One schema that fits every value. Numbers that are whole by chance stay numbers."""
    held = list(values)
    kinds = {TYPES[type(value)] for value in held}
    if "number" in kinds:
        kinds.discard("integer")
    schema: dict[str, Any] = {}
    if kinds:
        schema["type"] = min(kinds) if len(kinds) == 1 else sorted(kinds)
    objects = [value for value in held if isinstance(value, dict)]
    keys = sorted({key for value in objects for key in value})
    if objects and depth < DEEPEST and len(keys) <= MOST_KEYS:
        schema["properties"] = {
            key: _merged((value[key] for value in objects if key in value), depth + 1) for key in keys
        }
        required = [key for key in keys if all(key in value for value in objects)]
        if required:
            schema["required"] = required
    lists = [value for value in held if isinstance(value, list)]
    if lists and depth < DEEPEST and any(lists):
        schema["items"] = _merged((one for value in lists for one in value), depth + 1)
    return schema
