"""A vendor's OpenAPI 3.1 description: finds the operation of a request, judges requests and responses."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

OPENAI = Path(__file__).with_name("openapi.json")
# What every refusal looks like where an operation does not say otherwise.
ERROR = {"$ref": "#/components/schemas/ErrorResponse"}


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    template: str
    pattern: re.Pattern[str]
    description: Mapping[str, Any]


class Spec:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._registry: Registry[Any] = Registry().with_resource(
            "urn:spec", DRAFT202012.create_resource(document)
        )
        self._validators: dict[str, Any] = {}
        operations = [
            Operation(found["operationId"], method.upper(), path, _pattern(path), found)
            for path, methods in document["paths"].items()
            for method, found in methods.items()
        ]
        # The most literal path first.
        self.operations = sorted(operations, key=lambda one: (one.template.count("{"), -len(one.template)))

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        for one in self.operations:
            if one.method == method and (found := one.pattern.fullmatch(path)):
                return one, found.groupdict()
        return None

    def request_errors(
        self, operation: Operation, path: Mapping[str, str], query: Mapping[str, Any], body: Any
    ) -> list[str]:
        parameters = [self._resolved(one) for one in operation.description.get("parameters", [])]
        known = {one["name"]: one for one in parameters if one["in"] == "query"}
        errors = [f"unknown query parameter {name}" for name in query if name not in known]
        errors += [
            f"missing query parameter {name}"
            for name, one in known.items()
            if one.get("required") and name not in query
        ]
        given = {**query, **path}
        for one in parameters:
            if one["name"] in given:
                schema = self._resolved(one["schema"])
                errors += self._problems(schema, _typed(given[one["name"]], schema))
        return errors + self._body_errors(operation, body)

    def _body_errors(self, operation: Operation, body: Any) -> list[str]:
        wanted = operation.description.get("requestBody")
        if not wanted:
            return ["no body expected"] if body else []
        if body is None:
            return ["body required"] if wanted.get("required") else []
        (content,) = wanted["content"].values()
        errors = self._problems(content["schema"], body)
        # The schemas leave additionalProperties open, so a misspelt field would pass.
        properties = self._properties(content["schema"])
        if properties and isinstance(body, dict):
            errors += [f"unknown body field {name}" for name in body if name not in properties]
        return errors

    def response_errors(self, operation: Operation, status: int, body: Any) -> list[str]:
        responses = operation.description["responses"]
        documented = self._resolved(responses.get(str(status), responses.get("default")))
        if documented is None:
            # Errors are not described for each operation; all have one form.
            return self._problems(ERROR, body) if status >= 400 else [f"status {status} is not documented"]
        schema = documented.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return [] if body is None else ["no body expected"]
        # The bytes of a file: a string, says the description.
        return self._problems(schema, body.decode("latin-1") if isinstance(body, bytes) else body)

    def _problems(self, schema: Any, value: Any) -> list[str]:
        text = json.dumps(schema).replace('"#/', '"urn:spec#/')
        if text not in self._validators:
            self._validators[text] = OAS31Validator(
                json.loads(text), registry=self._registry, format_checker=oas31_format_checker
            )
        errors = self._validators[text].iter_errors(value)
        return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:160]}" for one in errors]

    def _resolved(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            _, _, kind, name = node["$ref"].split("/")
            node = self.document["components"][kind][name]
        return node

    def _properties(self, schema: Any) -> set[str]:
        schema = self._resolved(schema)
        inherited = [self._properties(part) for part in schema.get("allOf", [])]
        return set(schema.get("properties", {})).union(*inherited)


@cache
def openai_spec() -> Spec:
    """One for all servers of a test session; it is never changed."""
    return Spec(json.loads(OPENAI.read_text()))


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def _typed(value: Any, schema: Mapping[str, Any]) -> Any:
    """A query string knows only text; the description tells what is meant."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", str(value)):
        return int(value)
    return value
