"""What a service has said of a job: messages, metrics and checkpoints, oldest first."""

from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from clinft.adapters.training.numbers import finite, whole
from clinft.adapters.training.openai_api.answers import RemoteCheckpoint, RemoteEvent
from clinft.adapters.training.openai_api.service import Service
from clinft.artifacts.model import JobEvent
from clinft.errors import SpecError

PAGE = 100
LONGEST = 2000  # as JobEvent takes them
Level = Literal["info", "warn", "error"]
LEVELS: dict[str, Level] = {"info": "info", "warn": "warn", "warning": "warn", "error": "error"}


def read_events(service: Service, job_id: str) -> list[RemoteEvent]:
    """Oldest first. Services list the newest first; events of one second keep their order."""
    call = service.client.fine_tuning.jobs.list_events
    found = service.all("the events of the job", RemoteEvent, partial(call, job_id, limit=PAGE))
    found.reverse()
    return sorted(found, key=lambda event: event.created_at or 0)


def read_checkpoints(service: Service, job_id: str) -> list[RemoteCheckpoint]:
    call = service.client.fine_tuning.jobs.checkpoints.list
    try:
        found = service.all("the checkpoints of the job", RemoteCheckpoint, partial(call, job_id, limit=PAGE))
    except SpecError:
        return []  # refused: not every compatible service has them
    return sorted(found, key=lambda point: (point.created_at or 0, point.step_number or 0))


def events_of(service: Service, job_id: str) -> tuple[JobEvent, ...]:
    said = [(event.created_at or 0, _said(event, service)) for event in read_events(service, job_id)]
    kept = [(point.created_at or 0, _kept(point, service)) for point in read_checkpoints(service, job_id)]
    return tuple(event for _, event in sorted(said + kept, key=lambda pair: pair[0]))


def step_of(event: RemoteEvent) -> int | None:
    return whole((event.data or {}).get("step"))


def started_at(events: list[RemoteEvent]) -> int | None:
    """When training began, in Unix seconds; None where nothing tells."""
    for event in events:
        if event.type == "metrics" or "job started" in (event.message or "").lower():
            return event.created_at
    return None


def _said(event: RemoteEvent, service: Service) -> JobEvent:
    metrics = event.type == "metrics"
    message = event.message or (_pairs(event.data) if metrics else "")
    return JobEvent(
        at=_time(event.created_at),
        level=LEVELS.get((event.level or "").lower(), "info"),
        kind="metrics" if metrics else "message",
        message=service.shown(message, LONGEST),
        step=step_of(event),
    )


def _kept(point: RemoteCheckpoint, service: Service) -> JobEvent:
    name = point.fine_tuned_model_checkpoint or point.id
    return JobEvent(
        at=_time(point.created_at),
        level="info",
        kind="checkpoint",
        message=service.shown(f"{name} {_pairs(point.metrics)}".rstrip(), LONGEST),
        step=whole(point.step_number),
    )


def _pairs(values: dict[str, Any] | None) -> str:
    """Of the numbers; "?" stands for one that is beyond all bounds."""
    numbers = {
        name: finite(value)
        for name, value in (values or {}).items()
        if isinstance(value, int | float) and name != "step"
    }
    return " ".join(
        f"{name}=?" if value is None else f"{name}={value:.6g}" for name, value in sorted(numbers.items())
    )


def _time(seconds: int | None) -> str | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return None
