"""What is wrong with a brought record's answer, told without repeating it."""

import json
from collections.abc import Callable
from typing import Any

from clinft.spec.project import TaskSpec


def problem_of(task: TaskSpec) -> Callable[[str], tuple[str, str] | None]:
    """For a target: what is wrong with it and what to do, or None."""
    if task.kind == "classification":
        labels = frozenset(task.labels)
        return lambda target: None if target in labels else NO_LABEL
    if task.kind == "extraction":
        return _by_schema(task.output_schema or {})
    if task.kind == "coding":
        return _codes
    if task.kind == "ner":
        return lambda target: None if _are_entities(_parsed(target)) else NO_ENTITIES
    return lambda target: None if target.strip() else EMPTY


NO_LABEL = "The target is not one of `task.labels`.", "Correct the row, or add the label."
NO_CODES = (
    "The target is no JSON list of ICD-10-CM codes, each once.",
    'Write it as JSON, e.g. ["I21.4"].',
)
NO_ENTITIES = (
    "The target is no JSON list of entities.",
    'Write it as JSON, e.g. [{"text": "chest pain", "type": "finding"}].',
)
NO_OBJECT = (
    "The target is no JSON object that `task.output_schema` allows.",
    "Correct the row, or the schema.",
)
EMPTY = "The target is empty.", "Write the answer, or remove the row."


def _codes(target: str) -> tuple[str, str] | None:
    """Of the release that clinft's packs are checked against."""
    from clinft.stages.prepare.clinical.load import terminology

    value = _parsed(target)
    if not isinstance(value, list) or not value or not all(isinstance(code, str) for code in value):
        return NO_CODES
    if len(set(value)) < len(value):
        return NO_CODES
    known = terminology()
    unknown = next((place for place, code in enumerate(value, 1) if not known.is_valid_item(code)), None)
    if unknown is None:
        return None
    return f"Code {unknown} of the target is none of the installed ICD-10-CM release.", "Correct the code."


def _are_entities(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and one.keys() == {"text", "type"}
        and all(isinstance(part, str) and part for part in one.values())
        for one in value
    )


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
