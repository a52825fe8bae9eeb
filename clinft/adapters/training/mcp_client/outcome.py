"""What a server told of a finished job, kept beside the run: asked again, it is told the same."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from clinft.adapters.training.mcp_client.reading import name_of, unreadable
from clinft.adapters.training.mcp_client.session import Place
from clinft.adapters.training.numbers import amount, whole
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import Job, TrainedModel
from clinft.errors import DigestMismatch, ServiceError
from clinft.ports.training import TrainingRequest
from clinft.run_folder import to_bytes, write_atomically
from clinft.spec.base import MOST, Strict

NUMBERS = ("steps", "answer_tokens", "trained_tokens", "trainable_parameters")
WHOLE = ("step", "tokens")
POINT = ("step", "tokens", "training_loss", "validation_loss")


class Outcome(Strict):
    job_id: str
    model: TrainedModel
    cost_usd: str | None
    warnings: tuple[str, ...] = ()


def kept(job: Job, request: TrainingRequest) -> Outcome | None:
    """None where nothing was kept yet, or it belongs to other files than these."""
    path = _path(job, request)
    if not path.exists():
        return None
    outcome = Outcome.model_validate_json(path.read_bytes())
    model = outcome.model
    same = (model.plan_digest, model.training_file, model.validation_file) == (
        request.plan_digest,
        request.training_sha256,
        request.validation_sha256,
    )
    return outcome if outcome.job_id == job.id and same else None


def keep(outcome: Outcome, job: Job, request: TrainingRequest) -> None:
    write_atomically(_path(job, request), to_bytes(outcome))


def outcome_of(
    place: Place, tool: str, told: Mapping[str, Any], job: Job, request: TrainingRequest
) -> Outcome:
    """A number that was not told, or that cannot be, is none: nothing is made up for it."""
    name = name_of(place, tool, told, "model")
    if name is None:
        raise ServiceError(
            f"The job {job.id} of {place} has succeeded, as it says, and it names no model.",
            "The server tells something that is not so, or it is not finished with the model yet.",
            "Ask whoever runs it; the job is kept, and nothing is submitted again.",
        )
    if name.lower() == request.base_model.ref.lower():
        raise DigestMismatch(
            f"The job {job.id} of {place} gives the base model itself as its result.",
            "Nothing was trained, or the server tells of another job.",
            "Ask whoever runs it; a new attempt is a new job.",
        )
    unsure: set[str] = set()
    samples = _whole(told.get("samples"), "samples", unsure)
    fields: dict[str, Any] = {
        "provider": "mcp",
        "base_model": request.base_model.model_dump(mode="json"),
        "fine_tuned_model": name,
        **{number: _whole(told.get(number), number, unsure) for number in NUMBERS},
        # The one number that is known here as well: it is what was sent.
        "samples": _records(request) if samples is None else samples,
        "loss": _loss(told.get("loss"), unsure),
        "plan_digest": request.plan_digest,
        "training_file": request.training_sha256,
        "validation_file": request.validation_sha256,
        "weights": {},
        "uploads": _uploads(place, tool, told, request),
        "declared_by": str(place),
    }
    try:
        model = TrainedModel.model_validate_json(json.dumps(fields))
    except ValidationError as invalid:
        wrong = sorted({str(error["loc"][0]) for error in invalid.errors(include_input=False)})
        raise unreadable(place, tool, f"it tells no usable {', '.join(wrong)}") from None
    cost = _money(place, tool, told.get("cost_usd"), unsure)
    warnings = tuple(
        f"The server tells a {one} that cannot be: it counts as not told." for one in sorted(unsure)
    )
    return Outcome(job_id=job.id, model=model, cost_usd=cost, warnings=warnings)


def check_echo(place: Place, told: Mapping[str, Any], request: TrainingRequest, job_id: str) -> None:
    """Where the server tells the digest of what it trains on, it is that of the audited file."""
    for key, expected in (
        ("training_sha256", request.training_sha256),
        ("validation_sha256", request.validation_sha256),
    ):
        if expected and told.get(key) is not None and str(told[key]).lower() != expected:
            raise DigestMismatch(
                f"The job {job_id} of {place} has another {key.split('_')[0]} file than the audited one.",
                "The server tells the digest of other bytes.",
                "Cancel the job there, and start a new attempt.",
            )


def check_files(request: TrainingRequest) -> None:
    """What is sent, or read by a server on this machine, is what was audited."""
    for path, expected in (
        (request.training_file, request.training_sha256),
        (request.validation_file, request.validation_sha256),
    ):
        if digest_file(path) != expected:
            raise DigestMismatch(
                f"{path.name} is not the file that was audited.",
                "It changed after the audit.",
                "Run `clinft audit` again.",
            )


def _path(job: Job, request: TrainingRequest) -> Path:
    """The id is the server's own, so that it is no part of a path."""
    return request.output_dir / f"mcp-{hashlib.sha256(job.id.encode()).hexdigest()[:12]}.json"


def _uploads(place: Place, tool: str, told: Mapping[str, Any], request: TrainingRequest) -> list[Any]:
    """Only what the server has an id for, and the bytes still lie here to be described."""
    uploads = []
    for purpose, path, sha256 in (
        ("training", request.training_file, request.training_sha256),
        ("validation", request.validation_file, request.validation_sha256),
    ):
        file_id = name_of(place, tool, told, f"{purpose}_file_id")
        if file_id is not None and path.exists() and digest_file(path) == sha256:
            size = path.stat().st_size
            uploads.append({"file_id": file_id, "purpose": purpose, "sha256": sha256, "size_bytes": size})
    return uploads


def _records(request: TrainingRequest) -> int | None:
    path = request.training_file
    if not path.exists() or digest_file(path) != request.training_sha256:
        return None
    with path.open("rb") as stream:
        return sum(1 for line in stream if line.strip())


def _whole(value: Any, name: str, unsure: set[str]) -> Any:
    """JSON knows one kind of number, and some servers write 12.0. What is no number is left to be refused."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    known = whole(value)
    if known is None and isinstance(value, float) and 0 <= value < MOST:
        return value
    return _sure(known, name, unsure)


def _measure(value: Any, name: str, unsure: set[str]) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return _sure(amount(value), name, unsure) if number else value


def _sure(known: int | float | None, name: str, unsure: set[str]) -> int | float | None:
    if known is None:
        unsure.add(name)
    return known


def _loss(value: Any, unsure: set[str]) -> Any:
    """The points as they came, without what we have no name for; anything else is left to be refused."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(point, Mapping) for point in value):
        return value
    points = [
        {
            key: (_whole if key in WHOLE else _measure)(point.get(key), "loss", unsure)
            for key in POINT
            if key in point
        }
        for point in value
    ]
    # A point that lies nowhere is none.
    return [{"tokens": None, **point} for point in points if "step" not in point or point["step"] is not None]


def _money(place: Place, tool: str, value: Any, unsure: set[str]) -> str | None:
    if value is None:
        return None
    try:
        cost: Decimal | None = Decimal(str(value))
    except InvalidOperation:
        cost = None
    if isinstance(value, bool) or cost is None:
        raise unreadable(place, tool, "its cost_usd is no amount")
    if not (cost.is_finite() and 0 <= cost < MOST):
        unsure.add("cost_usd")
        return None
    return str(cost)
