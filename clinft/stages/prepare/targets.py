"""What is wrong with a brought record's answer, told without repeating it."""

import json
from collections.abc import Callable
from typing import Any

from clinft.spec.project import TaskSpec

LISTS = ("coding", "ner")


def problem_of(task: TaskSpec) -> Callable[[str], tuple[str, str] | None]:
    """For a target: what is wrong with it and what to do, or None."""
    if task.kind == "classification":
        labels = frozenset(task.labels)
        return lambda target: None if target in labels else NO_LABEL
    if task.kind == "extraction":
        return _by_schema(task.output_schema or {})
    if task.kind in LISTS:
        return lambda target: None if isinstance(_parsed(target), list) else NO_LIST
    return lambda target: None if target.strip() else EMPTY


NO_LABEL = "The target is not one of `task.labels`.", "Correct the row, or add the label."
NO_LIST = "The target is no JSON list.", 'Write it as JSON, e.g. ["I21.4"].'
NO_OBJECT = (
    "The target is no JSON object that `task.output_schema` allows.",
    "Correct the row, or the schema.",
)
EMPTY = "The target is empty.", "Write the answer, or remove the row."


def _by_schema(schema: dict[str, Any]) -> Callable[[str], tuple[str, str] | None]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema)

    def check(target: str) -> tuple[str, str] | None:
        value = _parsed(target)
        return None if isinstance(value, dict) and validator.is_valid(value) else NO_OBJECT

    return check


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
