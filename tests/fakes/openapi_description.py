"""A vendor's OpenAPI description: finds the operation of a request and judges it; responses are each vendor's own."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from referencing import Registry, Specification

NAME = "urn:description"


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    template: str
    pattern: re.Pattern[str]
    description: Mapping[str, Any]


class Validators:
    """Of one kind, for the schemas of one document; each is made once."""

    def __init__(self, document: dict[str, Any], draft: Specification[Any], kind: Any, formats: Any) -> None:
        registry: Registry[Any] = Registry()
        self._registry = registry.with_resource(NAME, draft.create_resource(document))
        self._kind, self._formats = kind, formats
        self._made: dict[str, Any] = {}

    def problems(self, schema: Any, value: Any) -> list[str]:
        text = json.dumps(schema).replace('"#/', f'"{NAME}#/')
        if text not in self._made:
            self._made[text] = self._kind(
                json.loads(text), registry=self._registry, format_checker=self._formats
            )
        errors = self._made[text].iter_errors(value)
        return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:160]}" for one in errors]


class Description:
    """`requests` judges what a client sends; `with_slashes`: parameters of a path that may hold a slash."""

    def __init__(
        self, document: dict[str, Any], requests: Validators, with_slashes: Collection[str] = ()
    ) -> None:
        self.document = document
        self._requests = requests
        operations = [
            Operation(found["operationId"], method.upper(), path, _pattern(path, with_slashes), found)
            for path, methods in document["paths"].items()
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
        self, operation: Operation, path: Mapping[str, str], query: Mapping[str, Any], body: Any
    ) -> list[str]:
        parameters = [self.resolve(one) for one in operation.description.get("parameters", [])]
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
                schema = self.resolve(one["schema"])
                errors += self._requests.problems(schema, _typed(given[one["name"]], schema))
        return errors + self._body_errors(operation, body)

    def _body_errors(self, operation: Operation, body: Any) -> list[str]:
        wanted = self.resolve(operation.description.get("requestBody"))
        if not wanted:
            return ["no body expected"] if body else []
        if body is None:
            return ["body required"] if wanted.get("required") else []
        (content,) = wanted["content"].values()
        errors = self._requests.problems(content["schema"], body)
        # The schemas leave additionalProperties open, so a misspelt field would pass.
        properties = self._properties(content["schema"])
        if properties and isinstance(body, dict):
            errors += [f"unknown body field {name}" for name in body if name not in properties]
        return errors

    def _properties(self, schema: Any) -> set[str]:
        schema = self.resolve(schema)
        inherited = [self._properties(part) for part in schema.get("allOf", [])]
        return set(schema.get("properties", {})).union(*inherited)

    def resolve(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            _, _, kind, name = node["$ref"].split("/")
            node = self.document["components"][kind][name]
        return node


def _pattern(path: str, with_slashes: Collection[str]) -> re.Pattern[str]:
    def group(found: re.Match[str]) -> str:
        name = found.group(1)
        return f"(?P<{name}>.+)" if name in with_slashes else f"(?P<{name}>[^/]+)"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", group, re.escape(path)))


def _typed(value: Any, schema: Mapping[str, Any]) -> Any:
    """A query string knows only text; the description tells what is meant."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", str(value)):
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value
