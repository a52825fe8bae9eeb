"""The loss curve, from the service's result file or else from what its events told."""

import base64
import binascii
import csv
import io
import math
from collections.abc import Iterable, Mapping

from clinft.adapters.training.numbers import amount, whole
from clinft.adapters.training.openai_api.answers import RemoteEvent
from clinft.adapters.training.openai_api.events import step_of
from clinft.artifacts.model import LossPoint

MOST_POINTS = 500  # the curve is committed with the run's evidence
TRAINING = ("train_loss", "training_loss")
# Measured on all of the validation file where the service does that, else on a batch of it.
VALIDATION = ("full_valid_loss", "full_validation_loss", "valid_loss", "validation_loss")


def from_file(data: bytes) -> tuple[LossPoint, ...]:
    """Nothing where it is no table with steps. Services give it as CSV, or as CSV in base64."""
    for text in _readings(data):
        rows = csv.DictReader(io.StringIO(text))
        if "step" in (rows.fieldnames or ()):
            try:
                return _thinned(_points((row.get("step"), row) for row in rows))
            except csv.Error:
                return ()
    return ()


def from_events(events: Iterable[RemoteEvent]) -> tuple[LossPoint, ...]:
    told = ((step_of(event), event.data or {}) for event in events if event.type == "metrics")
    return _thinned(_points(told))


def _readings(data: bytes) -> Iterable[str]:
    yield data.decode("utf-8-sig", "replace")
    try:
        yield base64.b64decode(data, validate=False).decode("utf-8-sig", "replace")
    except binascii.Error:
        return


def _points(rows: Iterable[tuple[object, Mapping[str, object]]]) -> list[LossPoint]:
    points: dict[int, LossPoint] = {}
    for at, row in rows:
        step = whole(at)
        if step is not None:
            # Hosted services do not tell how many answer tokens they have seen by then.
            points[step] = LossPoint(
                step=step,
                tokens=None,
                training_loss=_first(row, TRAINING),
                validation_loss=_first(row, VALIDATION),
            )
    return [points[step] for step in sorted(points)]


def _first(row: Mapping[str, object], names: tuple[str, ...]) -> float | None:
    return next((value for name in names if (value := amount(row.get(name))) is not None), None)


def _thinned(points: list[LossPoint]) -> tuple[LossPoint, ...]:
    """Evenly, and always with the last one."""
    every = math.ceil(len(points) / MOST_POINTS)
    return tuple(points[::-1][:: max(every, 1)][::-1])
