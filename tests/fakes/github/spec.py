"""GitHub's own OpenAPI description: finds the operation of a request, judges requests and responses, drafts objects."""

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing.jsonschema import DRAFT4

from tests.fakes.openapi_description import Description, Operation, Validators

DESCRIPTION = Path(__file__).with_name("openapi.json")
# A slash is allowed inside these path parameters and in no other.
WITH_SLASHES = ("path", "ref", "branch", "basehead")
BY_FORMAT = {
    "date-time": "2026-01-01T00:00:00Z",
    "uri": "http://127.0.0.1/none",
    "email": "nobody@example.org",
}


class Spec(Description):
    def __init__(self) -> None:
        document = json.loads(DESCRIPTION.read_text())
        requests = Validators(document, DRAFT4, OAS30WriteValidator, oas30_format_checker)
        super().__init__(document, requests, WITH_SLASHES)
        self._responses = Validators(document, DRAFT4, OAS30ReadValidator, oas30_format_checker)
        self._drafts: dict[str, Any] = {}

    def response_errors(self, operation: Operation, status: int, body: Any) -> list[str]:
        documented = self.resolve(operation.description["responses"].get(str(status)))
        if documented is None:
            # GitHub answers 401, 404, 422 and 5xx everywhere, described or not.
            return [] if status >= 400 else [f"status {status} is not documented"]
        schema = documented.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return [] if body is None else ["no body expected"]
        return self._responses.problems(schema, body)

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
