"""Asked before an attempt is taken: is the model there, may it be tuned, will it last."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from clinft.adapters.training.openai_api.answers import RemoteModel, read_as
from clinft.adapters.training.openai_api.service import Service
from clinft.errors import PolicyViolation, SpecError
from clinft.ports.training import TrainingRequest


def check_model(service: Service, request: TrainingRequest, now: datetime) -> Iterator[str]:
    """One line for each fact that was looked at there."""
    name = request.base_model.ref
    model = service.find(
        f"the model {name}", lambda: read_as(RemoteModel, service.client.models.retrieve(name))
    )
    where = service.host
    region = request.endpoint.region if request.endpoint is not None else None
    if region is not None:
        where = f"{where} (region {region})"
    if model is None:
        raise SpecError(
            f"{where} has no model {name} for this account.",
            "The name is wrong, the region does not offer the model, or the account may not use it.",
            "Choose a base_model that is offered there, or another endpoint.",
        )
    yield f"{where} offers {name} to this account."
    if (model.capabilities or {}).get("fine_tune") is False:
        raise SpecError(
            f"{name} cannot be fine-tuned at {where}.",
            "The service itself says so: not every region, and not every account, may tune every model.",
            "Choose a base_model that can be tuned there, or an endpoint of another region.",
        )
    if model.capabilities is not None and "fine_tune" in model.capabilities:
        yield f"{where} says that {name} can be fine-tuned."
    yield _shutdown(service, model, name, now)
    yield from _deprecation(model, name, now)


def _shutdown(service: Service, model: RemoteModel, name: str, now: datetime) -> str:
    told = model.shutdown_date
    if told is None:
        return f"{service.host} announces no shutdown date for {name}."
    try:
        day = date.fromisoformat(told[:10])
    except ValueError:
        return f"{service.host} announces an unreadable shutdown date for {name}: {service.shown(told, 40)}"
    if now.date() >= day:
        raise _ended(name, f"was shut down on {day}")
    return (
        f"{service.host} shuts {name} down on {day}, in {(day - now.date()).days} days; its tuned models too."
    )


def _deprecation(model: RemoteModel, name: str, now: datetime) -> Iterator[str]:
    for use, words in (("fine_tune", "can no longer be trained"), ("inference", "no longer answers")):
        day = _day((model.deprecation or {}).get(use))
        if day is None:
            continue
        if now.date() >= day:
            raise _ended(name, f"{words} since {day}")
        yield f"{name} {words} from {day} on, in {(day - now.date()).days} days."


def _day(seconds: object) -> date | None:
    if not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, ValueError, OSError):
        return None


def _ended(name: str, how: str) -> PolicyViolation:
    return PolicyViolation(
        f"The base model {name} {how}.",
        "The provider told so just now; a model trained from it would not answer.",
        "Choose another base_model; the report's table of lifecycles names replacements.",
    )
