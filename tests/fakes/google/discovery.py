"""Google's own descriptions of its APIs, from the installed wheel: they judge every request and every answer."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import googleapiclient.discovery_cache

DOCUMENTS = Path(googleapiclient.discovery_cache.__file__).with_name("documents")
# By host; Drive's methods lie below www.googleapis.com.
APIS = {
    "sheets.googleapis.com": "sheets.v4",
    "www.googleapis.com": "drive.v3",
    "sts.googleapis.com": "sts.v1",
    "iamcredentials.googleapis.com": "iamcredentials.v1",
}
INT32 = (-(2**31), 2**31 - 1)
UPLOADED = {"uploadType": {"type": "string", "enum": ["media", "multipart", "resumable"]}}


@dataclass(frozen=True)
class Method:
    api: "Api"
    id: str
    description: dict[str, Any]
    parts: dict[str, str]
    upload: bool

    @property
    def scopes(self) -> list[str]:
        found: list[str] = self.description.get("scopes", [])
        return found

    def request_errors(self, query: dict[str, str], body: Any) -> list[str]:
        known = {**self.api.document["parameters"], **self.description.get("parameters", {})}
        if self.upload:
            known |= UPLOADED
        errors = [f"unknown parameter {name}" for name in query if name not in known]
        for name, spec in known.items():
            if name in query:
                errors += _parameter_errors(name, spec, query[name])
            elif spec.get("required") and spec.get("location") == "query":
                errors.append(f"parameter {name} is required")
        schema = self.description.get("request")
        if schema is None:
            return [*errors, *([] if body in (None, {}) else ["no body expected"])]
        return [*errors, *self.api.errors(schema, {} if body is None else body, "body")]

    def response_errors(self, body: Any) -> list[str]:
        schema = self.description.get("response")
        return [] if schema is None else self.api.errors(schema, body, "answer")


def _parameter_errors(name: str, spec: dict[str, Any], value: str) -> list[str]:
    if "enum" in spec and value not in spec["enum"]:
        return [f"parameter {name}: {value!r} is none of {spec['enum']}"]
    if spec.get("type") == "boolean" and value not in ("true", "false"):
        return [f"parameter {name} is no boolean"]
    if spec.get("type") == "integer" and not re.fullmatch(r"-?\d+", value):
        return [f"parameter {name} is no integer"]
    return []


class Api:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._methods = dict(_methods(document))

    def match(self, verb: str, path: str) -> Method | None:
        for method in self._methods.values():
            if method["httpMethod"] != verb:
                continue
            for base, upload in self._places(method):
                found = _pattern(base).fullmatch(path)
                if found:
                    parts = {name: unquote(value) for name, value in found.groupdict().items()}
                    return Method(self, method["id"], method, parts, upload)
        return None

    def _places(self, method: dict[str, Any]) -> list[tuple[str, bool]]:
        usual = (f"/{self.document['servicePath']}{method['path']}", False)
        simple = method.get("mediaUpload", {}).get("protocols", {}).get("simple")
        return [usual, (simple["path"], True)] if simple else [usual]

    def errors(self, schema: dict[str, Any], value: Any, at: str) -> list[str]:
        """Like Google, null counts as absent, and nothing unknown is let through."""
        if "$ref" in schema:
            return self.errors(self.document["schemas"][schema["$ref"]], value, at)
        kind = schema.get("type")
        if kind == "any" or kind is None:
            return []
        if kind == "object":
            return self._object_errors(schema, value, at)
        if kind == "array":
            if not isinstance(value, list):
                return [f"{at} is no list"]
            return [
                text
                for index, one in enumerate(value)
                for text in self.errors(schema["items"], one, f"{at}[{index}]")
            ]
        return _scalar_errors(schema, kind, value, at)

    def _object_errors(self, schema: dict[str, Any], value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{at} is no object"]
        known, further = schema.get("properties", {}), schema.get("additionalProperties")
        errors = []
        for name, one in value.items():
            if name in known:
                errors += [] if one is None else self.errors(known[name], one, f"{at}.{name}")
            elif further is not None:
                errors += self.errors(further, one, f"{at}.{name}")
            else:
                errors.append(f"{at} has an unknown field {name}")
        return errors


def _scalar_errors(schema: dict[str, Any], kind: str, value: Any, at: str) -> list[str]:
    right = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
    }[kind]
    if not right:
        return [f"{at} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at} is none of {schema['enum']}"]
    if schema.get("format") == "int32" and not INT32[0] <= value <= INT32[1]:
        return [f"{at} is no int32"]
    return []


def _methods(node: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    own = [(one["id"], one) for one in node.get("methods", {}).values()]
    return own + [found for one in node.get("resources", {}).values() for found in _methods(one)]


@cache
def _pattern(path: str) -> re.Pattern[str]:
    pieces = re.split(r"(\{\+?\w+\})", path)
    made = [
        f"(?P<{piece.strip('{+}')}>{'.+' if piece.startswith('{+') else '[^/:]+'})"
        if piece.startswith("{")
        else re.escape(piece)
        for piece in pieces
    ]
    return re.compile("".join(made))


@cache
def api_of(host: str) -> Api | None:
    name = APIS.get(host)
    return Api(json.loads((DOCUMENTS / f"{name}.json").read_text())) if name else None
