"""A JSON object with the properties that the spec's schema asks for, of what the note mentions."""

from collections.abc import Callable
from typing import Any

from clinft.errors import SpecError
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import Note
from clinft.stages.prepare.clinical.tasks import errors
from clinft.stages.prepare.clinical.tasks.task import Task, plain
from clinft.stages.prepare.clinical.tasks.told import PHRASES, VITALS, Told, number, told
from clinft.stages.prepare.clinical.writing import Facts
from clinft.stages.prepare.draw import Draw

TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["number", "null"]}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


NAME = {"type": "string"}
_MEDICATIONS = _list(
    _object(name=NAME, dose={"type": ["number", "string", "null"]}, unit=TEXT, route=TEXT, frequency=TEXT)
)
_IMAGING = _object(study=TEXT, technique=TEXT, findings=_list(NAME), normal=_list(NAME), impression=TEXT)
_VITALS = dict.fromkeys(VITALS, NUMBER) | {"temperature_unit": {"enum": ["C", "F", None]}}
# What the generator knows -> the schema of its value.
FIELDS: dict[str, dict[str, Any]] = {
    "age": {"type": ["integer", "null"]},
    "sex": {"enum": ["female", "male", None]},
    "gestation_weeks": {"type": ["integer", "null"]},
    "diagnosis": TEXT,
    "duration": TEXT,
    "course": TEXT,
    **{name: _list(NAME) for name in PHRASES},
    "vitals": _object(**_VITALS),
    **_VITALS,
    "labs": _list(_object(name=NAME, value={"type": ["number", "string"]}, unit=NAME, flag=TEXT)),
    "studies": _list(_object(study=NAME, result=TEXT)),
    "imaging": {"anyOf": [_IMAGING, {"type": "null"}]},
    "history": _list(NAME),
    "regular_medications": _MEDICATIONS,
    "started_medications": _MEDICATIONS,
    "family_history": _list(_object(name=NAME, relative=TEXT)),
    "past_resolved": _list(_object(name=NAME, ago=TEXT)),
    "ruled_out": _list(_object(name=NAME, because=TEXT)),
}
DEFAULT = (
    "age", "sex", "diagnosis", "findings", "negated_findings", "vitals", "labs", "history",
    "regular_medications", "started_medications",
)  # fmt: skip
# What stands for a whole item where the spec wants plain strings.
NAMED_BY = ("name", "study")
# Everything told, and nothing: both must be answers that the spec's schema allows.
_MEDICATION = {"name": "aspirin", "dose": 81, "unit": "mg", "route": "oral", "frequency": "once daily"}
FULL: Told = {
    "age": 60, "sex": "female", "gestation_weeks": 30, "diagnosis": "asthma", "duration": "3 days",
    "course": "stable", **{name: ["fever"] for name in PHRASES},
    "vitals": dict.fromkeys(VITALS, 90) | {"temperature_unit": "C"},
    "labs": [{"name": "sodium", "value": "140", "unit": "mmol/L", "flag": "normal"}],
    "studies": [{"study": "ECG", "result": "sinus rhythm"}],
    "imaging": {"study": "chest X-ray", "technique": "frontal view", "findings": ["fever"],
                "normal": ["fever"], "impression": "normal"},
    "history": ["asthma"], "regular_medications": [_MEDICATION], "started_medications": [_MEDICATION],
    "family_history": [{"name": "asthma", "relative": "mother"}],
    "past_resolved": [{"name": "asthma", "ago": "9 years"}],
    "ruled_out": [{"name": "asthma", "because": "clear lungs"}],
}  # fmt: skip
EMPTY: Told = {
    name: {} if name == "vitals" else [] if isinstance(value, list) else None for name, value in FULL.items()
} | {"vitals": dict.fromkeys(VITALS)}


def default_schema() -> dict[str, Any]:
    """For a spec whose author has no wishes."""
    return _object(**{name: FIELDS[name] for name in DEFAULT})


Shape = Callable[[Any], Any]


def check(task: TaskSpec) -> None:
    """SpecError where the schema asks for what the generator does not know, or refuses what it gives."""
    properties = (task.output_schema or {}).get("properties")
    if not isinstance(properties, dict) or not properties:
        raise SpecError(
            "`task.output_schema` has no properties.",
            "The answer is one JSON object, and its properties say what is looked for.",
            f"Name some of these: {', '.join(FIELDS)}.",
        )
    unknown = sorted(name for name in properties if name not in FIELDS)
    if unknown:
        raise SpecError(
            f"`task.output_schema` asks for what the generator does not know: {', '.join(unknown)}.",
            f"It knows: {', '.join(FIELDS)}.",
            "Use these names.",
        )
    for value in (FULL, EMPTY):
        place = _refused(task.output_schema, _answer(value, properties))
        if place is not None:
            field = place if place in FIELDS else next(iter(properties))
            raise SpecError(
                f"`task.output_schema` refuses an answer that the generator gives, at {place or 'the top'}.",
                "What a note does not mention is null, or an empty list; numbers are numbers.",
                f"Write what clinft has by default, for `{field}`: {plain(FIELDS[field])}.",
            )


def _refused(schema: Any, answer: dict[str, Any]) -> str | None:
    """Name of the property, or empty for the whole; None where the answer is allowed. SpecError."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(schema)
        # A registry of its own: nothing is fetched, whatever a $ref names.
        validator = Draft202012Validator(schema, registry=Registry())
        error = next(validator.iter_errors(answer), None)
    except (SchemaError, Unresolvable, RecursionError):
        raise SpecError(
            "`task.output_schema` is no JSON Schema that can be used here.",
            "A keyword has a value that draft 2020-12 does not allow, or a $ref leads out of the schema.",
            "Correct it; `type`, `properties`, `items` and `required` are all that is needed.",
        ) from None
    if error is None:
        return None
    return str(error.absolute_path[0]) if error.absolute_path else ""


def answer(value: Told, task: TaskSpec) -> str:
    return plain(_answer(value, (task.output_schema or default_schema())["properties"]))


def _answer(value: Told, properties: Any) -> dict[str, Any]:
    return {name: _shaped(_field(value, name, properties), properties[name]) for name in properties}


def _field(value: Told, name: str, properties: Any) -> Any:
    """Red flags are findings, unless the schema has a place of their own for them."""
    if name == "findings" and "red_flags" not in properties:
        return [*value["findings"], *value["red_flags"]]
    if name == "labs":
        return [{**lab, "value": number(lab["value"])} for lab in value["labs"]]
    return value["vitals"][name] if name in VITALS else value[name]


def _shaped(value: Any, schema: Any) -> Any:
    """Only the properties asked for; names alone where the items are to be strings."""
    if not isinstance(schema, dict):
        return value
    if isinstance(value, dict) and isinstance(schema.get("properties"), dict):
        wanted = schema["properties"]
        return {key: _shaped(value.get(key), wanted[key]) for key in wanted}
    if isinstance(value, list) and isinstance(items := schema.get("items"), dict):
        if items.get("type") == "string":
            return [_name(one) for one in value]
        return [_shaped(one, items) for one in value]
    return value


def _name(item: Any) -> Any:
    return next((item[key] for key in NAMED_BY if key in item), item) if isinstance(item, dict) else item


def make(facts: Facts, note: Note, task: TaskSpec, draw: Draw) -> tuple[str, str]:
    return note.text, answer(told(facts, note), task)


def rejected(facts: Facts, note: Note, target: str, task: TaskSpec, draw: Draw) -> str:
    """One known clinical error; an object without content where the schema shows none of them."""
    found = errors.wrong(told(facts, note), lambda value: answer(value, task), target, draw)
    return found or (answer(EMPTY, task) if answer(EMPTY, task) != target else "{}")


TASK = Task(make, rejected, schema=lambda task: task.output_schema or default_schema(), check=check)
