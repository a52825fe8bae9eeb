"""Cut OpenAI's OpenAPI description down to OPERATIONS and all they refer to; README.md says how to call it."""

import sys
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.openapi_cut import cut_file

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


if __name__ == "__main__":
    cut_file(Path(sys.argv[1]), Path(sys.argv[2]), yaml.safe_load, OPERATIONS, stripped, roots=(ERROR,))
