"""The arguments of a call against the tool's own input schema, before the call.

Servers accept misspelt arguments in silence (measured with both generations of the Python SDK), so that a
schema which lists its properties counts as the whole list. No message shows a value: it may be a record.
"""

import difflib
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from clinft.adapters.training.mcp_client.plain import plain
from clinft.spec.mcp import JOB_ID

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Schema = Mapping[str, Any]
# Beside one of these a list of properties may be continued elsewhere.
CONTINUED = ("allOf", "anyOf", "oneOf", "$ref", "$dynamicRef", "if", "dependentSchemas")
WITHIN_ONE = ("additionalProperties", "items", "contains", "not")
WITHIN_MANY = ("properties", "patternProperties", "$defs", "definitions")
WITHIN_LIST = ("anyOf", "oneOf", "prefixItems")
DEEPEST = 40


def problems_of(tool: str, schema: Schema, arguments: dict[str, JsonValue], unsure: Set[str]) -> list[str]:
    """All of them; of an argument in `unsure` only that it is there is looked at, not its value."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(schema)
        # An empty registry: a schema that points elsewhere is never fetched.
        registry: Registry[Any] = Registry()
        # Parts that are put together by allOf are no whole lists, wherever they are defined.
        whole = schema if "allOf" in _keys(schema) else closed(schema)
        validator = Draft202012Validator(whole, registry=registry)
        errors = [error for error in validator.iter_errors(arguments) if _counts(error, unsure)]
        return sorted({sentence for error in errors for sentence in _sentences(tool, error)})
    except (SchemaError, Unresolvable, RecursionError):
        return [f"the input schema of the tool {tool} is broken, so that nothing can be checked against it"]


def closed(schema: Any, depth: int = 0) -> Any:
    """The schema with each list of properties as the whole list, unless it says otherwise itself."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return schema
    made = dict(schema)
    for key in WITHIN_ONE:
        if key in made:
            made[key] = closed(made[key], depth + 1)
    for key in WITHIN_MANY:
        if isinstance(made.get(key), Mapping):
            made[key] = {name: closed(one, depth + 1) for name, one in made[key].items()}
    for key in WITHIN_LIST if "properties" not in made else ():
        if isinstance(made.get(key), list):
            made[key] = [closed(one, depth + 1) for one in made[key]]
    open_ended = any(key in made for key in (*CONTINUED, "patternProperties", "unevaluatedProperties"))
    if "properties" in made and not open_ended:
        made.setdefault("additionalProperties", False)
    return made


def _keys(schema: Any, depth: int = 0) -> set[str]:
    if depth > DEEPEST or not isinstance(schema, Mapping | list):
        return set()
    inner = schema.values() if isinstance(schema, Mapping) else schema
    return {*(schema if isinstance(schema, Mapping) else ())}.union(*(_keys(one, depth + 1) for one in inner))


def with_integers(
    arguments: dict[str, JsonValue], template: dict[str, JsonValue], schema: Schema
) -> dict[str, JsonValue]:
    """With the job's id as the number it was, where the tool wants one: we keep each id as a text."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return arguments
    for name, value in arguments.items():
        rule = properties.get(name)
        wanted = isinstance(rule, Mapping) and rule.get("type") == "integer"
        if wanted and template[name] == f"${{{JOB_ID}}}" and isinstance(value, str) and value.isdecimal():
            arguments = {**arguments, name: int(value)}
    return arguments


def _counts(error: "ValidationError", unsure: Set[str]) -> bool:
    return not error.absolute_path or error.absolute_path[0] not in unsure


def _sentences(tool: str, error: "ValidationError") -> Iterator[str]:
    """In our words: the library's would show the value."""
    where = ".".join(str(part) for part in error.absolute_path)
    inside = f"{where}." if where else ""
    named = f"the argument {where} of the tool {tool}" if where else f"the arguments of the tool {tool}"
    rule, instance = error.validator, error.instance
    if rule == "required" and isinstance(error.validator_value, list):
        for name in error.validator_value:
            if name not in instance:
                yield f"the tool {tool} needs the argument {inside}{plain(str(name), longest=80)}, not given"
    elif rule == "additionalProperties" and isinstance(instance, Mapping):
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        for name in instance:
            if name not in known:
                yield f"the tool {tool} has no argument {inside}{name}{_nearest(name, known)}"
    elif rule == "type":
        yield f"{named} is {_kind(instance)}, and the tool wants {_listed(error.validator_value)}"
    elif rule in ("enum", "const"):
        yield f"{named} is not what the tool takes: {_listed(error.validator_value)}"
    elif rule in ("anyOf", "oneOf"):
        kinds = [one.validator_value for one in error.context or () if one.validator == "type"]
        wants = f": it is {_kind(instance)}, and the tool wants {' or '.join(map(_listed, kinds))}"
        yield f"{named} fits none of the forms the tool takes{wants if kinds else ''}"
    else:
        yield f"{named} breaks the rule {plain(str(rule), longest=40)} of the tool's schema"


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, [str(one) for one in known], n=1)
    return f"; is {plain(near[0], longest=80)} meant?" if near else ""


def _listed(value: Any) -> str:
    several = value if isinstance(value, list) else [value]
    return plain(" or ".join(str(one) for one in several), longest=200)


def _kind(value: object) -> str:
    for kind, name in (
        (bool, "boolean"),
        (str, "string"),
        (int, "integer"),
        (float, "number"),
        (list, "array"),
        (dict, "object"),
    ):
        if isinstance(value, kind):
            return name
    return "null"
