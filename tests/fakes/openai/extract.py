"""Cut OpenAI's OpenAPI description down to OPERATIONS and all they refer to; README.md says how to call it."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import yaml

OPERATIONS = """
POST   /files
GET    /files
GET    /files/{file_id}
DELETE /files/{file_id}
GET    /files/{file_id}/content
POST   /fine_tuning/jobs
GET    /fine_tuning/jobs
GET    /fine_tuning/jobs/{fine_tuning_job_id}
POST   /fine_tuning/jobs/{fine_tuning_job_id}/cancel
POST   /fine_tuning/jobs/{fine_tuning_job_id}/pause
POST   /fine_tuning/jobs/{fine_tuning_job_id}/resume
GET    /fine_tuning/jobs/{fine_tuning_job_id}/events
GET    /fine_tuning/jobs/{fine_tuning_job_id}/checkpoints
GET    /models
GET    /models/{model}
DELETE /models/{model}
POST   /chat/completions
"""
# What every error looks like; no operation refers to it.
ERROR = "#/components/schemas/ErrorResponse"
# Not needed to validate a message. A discriminator only repeats what the oneOf beside it says.
ANNOTATIONS = {"description", "summary", "title", "tags", "default", "example", "examples", "deprecated"}
ANNOTATIONS |= {"discriminator", "externalDocs"}
# Their keys are names, not keywords.
NAMED = ("properties", "responses", "content")


def stripped(node: Any) -> Any:
    """The node without prose, in the words of OpenAPI 3.1.

    The document says that it is 3.1 and still uses 3.0's `nullable` and boolean `exclusiveMinimum`.
    """
    if isinstance(node, list):
        return [stripped(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key in NAMED and isinstance(value, dict):
            kept[key] = {name: stripped(one) for name, one in value.items() if name != "text/event-stream"}
        elif key not in ANNOTATIONS and not key.startswith("x-"):
            kept[key] = stripped(value)
    if kept.get("exclusiveMinimum") is True:
        kept["exclusiveMinimum"] = kept.pop("minimum")
    return _with_null(kept) if kept.pop("nullable", False) else kept


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    if "oneOf" in schema:
        schema["oneOf"] = [*schema["oneOf"], {"type": "null"}]
    return schema


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for value in node.values() for found in references(value)]


def cut(full: dict[str, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for line in OPERATIONS.strip().splitlines():
        method, path = line.split()
        paths.setdefault(path, {})[method.lower()] = stripped(full["paths"][path][method.lower()])
    components: dict[str, dict[str, Any]] = {}
    waiting = [ERROR, *references(paths)]
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name not in components.setdefault(kind, {}):
            components[kind][name] = stripped(full["components"][kind][name])
            waiting += references(components[kind][name])
    info = {"title": full["info"]["title"], "version": full["info"]["version"]}
    return {"openapi": full["openapi"], "info": info, "paths": paths, "components": components}


def main(source: Path, target: Path) -> None:
    text = source.read_bytes()
    cutting = cut(yaml.safe_load(text))
    target.write_text(json.dumps(cutting, separators=(",", ":"), sort_keys=True) + "\n")
    counts = {kind: len(found) for kind, found in cutting["components"].items()}
    sys.stdout.write(
        f"{hashlib.sha256(text).hexdigest()}  {source.name}: {len(OPERATIONS.strip().splitlines())} {counts}\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
