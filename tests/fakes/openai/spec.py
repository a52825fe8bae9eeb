"""A vendor's OpenAPI 3.1 description: finds the operation of a request, judges requests and responses."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing.jsonschema import DRAFT202012

from tests.fakes.openapi_description import Description, Operation, Validators

OPENAI = Path(__file__).with_name("openapi.json")
# What every refusal looks like where an operation does not say otherwise.
ERROR = {"$ref": "#/components/schemas/ErrorResponse"}


class Spec(Description):
    def __init__(self, document: dict[str, Any]) -> None:
        self._validators = Validators(document, DRAFT202012, OAS31Validator, oas31_format_checker)
        super().__init__(document, self._validators)

    def response_errors(self, operation: Operation, status: int, body: Any) -> list[str]:
        responses = operation.description["responses"]
        documented = self.resolve(responses.get(str(status), responses.get("default")))
        if documented is None and status < 400:
            return [f"status {status} is not documented"]
        if documented is None:
            # Errors are not described for each operation; all have one form.
            return self._validators.problems(ERROR, body)
        schema = documented.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return [] if body is None else ["no body expected"]
        # The bytes of a file: a string, says the description.
        return self._validators.problems(schema, body.decode("latin-1") if isinstance(body, bytes) else body)


@cache
def openai_spec() -> Spec:
    """One for all servers of a test session; it is never changed."""
    return Spec(json.loads(OPENAI.read_text()))
