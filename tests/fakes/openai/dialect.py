"""Where Azure's words differ from OpenAI's: the one place that relaxes OpenAI's description."""

import copy
import json
from functools import cache
from typing import Any

from tests.fakes.openai.spec import OPENAI, Spec

# Ours to Azure's. Seen in litellm's pull request 24687; nothing says what a queued job is called.
STATUS_WORDS = {"validating_files": "pending", "cancelled": "canceled"}
FILE_WORDS = {"uploaded": "pending"}
TRAINING_TYPE = "trainingType"
# Microsoft's documents write globalstandard, globalStandard and developerTier; litellm sends 1.
TRAINING_TYPES = ("standard", "globalstandard", "datazonestandard", "developertier", "1")
# Word for word what Azure says when the training type is missing.
NO_TRAINING_TYPE = "The specified base model does not support fine-tuning."
API_VERSION = "api-version"


def relaxed(document: dict[str, Any]) -> dict[str, Any]:
    azure = copy.deepcopy(document)
    schemas = azure["components"]["schemas"]
    job = schemas["FineTuningJob"]["properties"]
    job["status"]["enum"] += sorted(STATUS_WORDS.values())
    job["organization_id"] = {"type": ["string", "null"]}
    # null while the job is at work.
    job["result_files"] = {"anyOf": [job["result_files"], {"type": "null"}]}
    schemas["CreateFineTuningJobRequest"]["properties"][TRAINING_TYPE] = {"type": ["string", "integer"]}
    schemas["OpenAIFile"]["properties"]["status"]["enum"] += sorted(FILE_WORDS.values())
    # No created, owned_by or shutdown_date, but what a model can do and until when.
    schemas["Model"]["required"] = ["id", "object"]
    # An error's type and param are often left out.
    schemas["Error"]["required"] = ["code", "message"]
    for methods in azure["paths"].values():
        for operation in methods.values():
            version = {"in": "query", "name": API_VERSION, "schema": {"type": "string"}}
            operation["parameters"] = [*operation.get("parameters", []), version]
    return azure


def openai_document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(OPENAI.read_text())
    return found


@cache
def azure_spec() -> Spec:
    return Spec(relaxed(openai_document()))
