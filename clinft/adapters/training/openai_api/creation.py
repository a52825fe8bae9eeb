"""What a job is created with: recipe, files, and the tags by which it is found again and checked."""

from collections.abc import Mapping
from typing import Any

from clinft.adapters.training.openai_api.dialect import Dialect
from clinft.adapters.training.openai_api.sent import Purpose, Sent
from clinft.artifacts.model import Upload
from clinft.errors import SpecError
from clinft.ports.training import TrainingRequest

RUN, PLAN, SAMPLES = "clinft_run", "clinft_plan", "clinft_samples"


def sha_tag(purpose: Purpose) -> str:
    """Of the bytes that were sent."""
    return f"clinft_{purpose}_sha256"


def audited_tag(purpose: Purpose) -> str:
    """Of the audited file, where a byte-order mark makes the bytes sent others."""
    return f"clinft_{purpose}_audited_sha256"


def bytes_tag(purpose: Purpose) -> str:
    return f"clinft_{purpose}_bytes"


def tags_of(request: TrainingRequest, files: Mapping[Purpose, Sent], samples: int) -> dict[str, str]:
    tags = {RUN: request.run_id, PLAN: request.plan_digest, SAMPLES: str(samples)}
    for purpose, sent in files.items():
        tags[sha_tag(purpose)] = sent.sha256
        tags[bytes_tag(purpose)] = str(sent.size_bytes)
        if sent.audited != sent.sha256:
            tags[audited_tag(purpose)] = sent.audited
    return tags


def creation_of(
    request: TrainingRequest,
    uploads: Mapping[Purpose, Upload],
    tags: dict[str, str],
    dialect: Dialect,
) -> dict[str, Any]:
    """Arguments of `fine_tuning.jobs.create`."""
    spec = request.spec
    body: dict[str, Any] = {
        "model": request.base_model.ref,
        "training_file": uploads["training"].file_id,
        "validation_file": uploads["validation"].file_id,
        "method": method_of(request),
        "seed": spec.hyperparameters.seed,
        "metadata": tags,
    }
    if spec.suffix is not None:
        body["suffix"] = spec.suffix
    extra = dialect.extra_body(request)
    if extra:
        body["extra_body"] = extra
    return body


def method_of(request: TrainingRequest) -> dict[str, Any]:
    """Refuses a recipe that a hosted provider cannot follow."""
    recipe, kind = request.spec.hyperparameters, request.spec.method
    if kind not in ("supervised", "dpo"):
        raise SpecError(
            f"training.method is {kind}, which only your own machine can do.",
            "Hosted providers train with supervised or dpo.",
            "Write method: supervised.",
        )
    if recipe.learning_rate is not None:
        raise SpecError(
            "hyperparameters.learning_rate cannot be given to this provider.",
            "It chooses its own rate, and takes a multiplier of it.",
            "Write learning_rate_multiplier instead.",
        )
    values: dict[str, float | int] = {"n_epochs": recipe.n_epochs}
    if recipe.asked_batch_size is not None:
        values["batch_size"] = recipe.asked_batch_size
    if recipe.learning_rate_multiplier is not None:
        values["learning_rate_multiplier"] = recipe.learning_rate_multiplier
    if kind == "dpo" and recipe.beta is not None:
        values["beta"] = recipe.beta
    return {"type": kind, kind: {"hyperparameters": values}}
