"""GitHub's own OpenAPI description: finds the operation of a request, judges requests and responses, drafts objects."""

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

DESCRIPTION = Path(__file__).with_name("openapi.json")
# A slash is allowed inside these path parameters and in no other.
WITH_SLASHES = ("path", "ref", "branch", "basehead")
BY_FORMAT = {
    "date-time": "2026-01-01T00:00:00Z",
    "uri": "http://127.0.0.1/none",
    "email": "nobody@example.org",
}


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    template: str
    pattern: re.Pattern[str]
    description: Mapping[str, Any]


class Spec:
    def __init__(self) -> None:
        self.document = json.loads(DESCRIPTION.read_text())
        resource = DRAFT4.create_resource(self.document)
        self._registry: Registry[Any] = Registry().with_resource("urn:github", resource)
        self._validators: dict[str, Any] = {}
        self._drafts: dict[str, Any] = {}
        operations = [
            Operation(found["operationId"], method.upper(), path, _pattern(path), found)
            for path, methods in self.document["paths"].items()
            for method, found in methods.items()
        ]
        # The most literal path first: /git/refs/{ref} before anything that would swallow it.
        self.operations = sorted(operations, key=lambda one: (one.template.count("{"), -len(one.template)))

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        for one in self.operations:
            if one.method == method and (found := one.pattern.fullmatch(path)):
                return one, found.groupdict()
        return None

    def request_errors(
        self, operation: Operation, path: Mapping[str, str], query: Mapping[str, str], body: Any
    ) -> list[str]:
        parameters = [self.resolve(one) for one in operation.description.get("parameters", [])]
        known = {one["name"]: one for one in parameters if one["in"] == "query"}
        given = {**query, **path}
        schemas = {one["name"]: one["schema"] for one in parameters if one["name"] in given}
        errors = [f"unknown query parameter {name}" for name in query if name not in known]
        errors += [
            f"missing query parameter {n}"
            for n, one in known.items()
            if one.get("required") and n not in query
        ]
        for name, schema in schemas.items():
            errors += self._problems(schema, _typed(given[name], self.resolve(schema)), writing=True)
        return errors + self._body_errors(operation, body)

    def _body_errors(self, operation: Operation, body: Any) -> list[str]:
        wanted = self.resolve(operation.description.get("requestBody", {}))
        if not wanted:
            return ["no body expected"] if body else []
        if body is None:
            return ["body required"] if wanted.get("required") else []
        schema = wanted["content"]["application/json"]["schema"]
        errors = self._problems(schema, body, writing=True)
        # GitHub's schemas leave additionalProperties open, so a misspelt field would pass.
        properties = self.resolve(schema).get("properties")
        if properties and isinstance(body, dict):
            errors += [f"unknown body field {name}" for name in body if name not in properties]
        return errors

    def response_errors(self, operation: Operation, status: int, body: Any) -> list[str]:
        documented = self.resolve(operation.description["responses"].get(str(status)))
        if documented is None:
            # GitHub answers 401, 404, 422 and 5xx everywhere, described or not.
            return [] if status >= 400 else [f"status {status} is not documented"]
        schema = documented.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return [] if body is None else ["no body expected"]
        return self._problems(schema, body, writing=False)

    def _problems(self, schema: Any, value: Any, writing: bool) -> list[str]:
        text = json.dumps(schema).replace('"#/', '"urn:github#/')
        key = f"{writing} {text}"
        if key not in self._validators:
            kind = OAS30WriteValidator if writing else OAS30ReadValidator
            self._validators[key] = kind(
                json.loads(text), registry=self._registry, format_checker=oas30_format_checker
            )
        errors = self._validators[key].iter_errors(value)
        return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:160]}" for one in errors]

    def resolve(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            _, _, kind, name = node["$ref"].split("/")
            node = self.document["components"][kind][name]
        return node

    def draft(self, name: str) -> dict[str, Any]:
        """The smallest object that fits a named schema: required properties only, null where allowed."""
        if name not in self._drafts:
            schema = self.document["components"]["schemas"][name]
            self._drafts[name] = self.smallest({**schema, "nullable": False})
        drafted: dict[str, Any] = copy.deepcopy(self._drafts[name])
        return drafted

    def smallest(self, schema: Any) -> Any:
        schema = self.resolve(schema)
        if schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices and "properties" not in schema:
            return self.smallest(choices[0])
        if "allOf" in schema:
            return {
                key: value for part in schema["allOf"] for key, value in (self.smallest(part) or {}).items()
            }
        properties = schema.get("properties", {})
        plain: dict[str, Callable[[], Any]] = {
            "object": lambda: {name: self.smallest(properties[name]) for name in schema.get("required", [])},
            "array": lambda: [self.smallest(schema["items"])] * schema.get("minItems", 0),
            "string": lambda: BY_FORMAT.get(schema.get("format", ""), "x" * schema.get("minLength", 1)),
            "integer": lambda: schema.get("minimum", 1),
            "number": lambda: 1.0,
            "boolean": lambda: False,
        }
        return plain[schema.get("type", "object")]()


@cache
def github_spec() -> Spec:
    """One for all servers of a test session; it is never changed."""
    return Spec()


def _pattern(path: str) -> re.Pattern[str]:
    def group(found: re.Match[str]) -> str:
        name = found.group(1)
        return f"(?P<{name}>.+)" if name in WITH_SLASHES else f"(?P<{name}>[^/]+)"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", group, re.escape(path)))


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A query string knows only text; the description tells what is meant."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if schema.get("type") == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
