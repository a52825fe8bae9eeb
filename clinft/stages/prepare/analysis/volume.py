"""How much data the task needs to begin with, by tables/volume.yaml, and the sizes of a learning curve."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal, get_args

from pydantic import Field

from clinft.artifacts.data_plan import CurvePoint, Volume, VolumeAdvice
from clinft.spec import yaml
from clinft.spec.base import Strict
from clinft.spec.eligibility import IsoDate
from clinft.spec.project import TaskKind

TABLE = "volume.yaml"


class VolumeRow(Strict):
    unit: str
    at_least: int = Field(ge=1)
    enough: int | None
    per_label: int | None
    finding: str
    source: str
    verified: bool


class VolumeTable(Strict):
    as_of: IsoDate
    curve_percent: tuple[int, ...]
    tasks: dict[TaskKind, tuple[VolumeRow, ...]]


@cache
def table() -> VolumeTable:
    text = (resources.files("clinft") / "tables" / TABLE).read_bytes()
    parsed = VolumeTable.model_validate(yaml.parse(text, TABLE).value, strict=False)
    missing = set(get_args(TaskKind)) - parsed.tasks.keys()
    assert not missing, f"{TABLE} has no row for {', '.join(sorted(missing))}"
    return parsed


def volume(kind: TaskKind, train: int, by_label: Sequence[int] | None) -> Volume:
    """`by_label`: training records of each label of the task, absent ones included."""
    rows = table().tasks[kind]
    fewest = min(by_label, default=None) if by_label is not None else None
    return Volume(
        train_records=train,
        fewest_per_label=fewest,
        advice=tuple(VolumeAdvice(**row.model_dump(), as_of=table().as_of) for row in rows),
        standing=_standing(rows, train, fewest),
        curve=tuple(
            CurvePoint(
                percent=percent,
                records=train * percent // 100,
                fewest_per_label=None if fewest is None else fewest * percent // 100,
            )
            for percent in table().curve_percent
        ),
    )


def _standing(
    rows: Sequence[VolumeRow], train: int, fewest: int | None
) -> Literal["too_few", "enough_to_start", "ample", "unknown"]:
    if not rows:
        return "unknown"
    for row in rows:
        if train < row.at_least or (row.per_label and fewest is not None and fewest < row.per_label):
            return "too_few"
    bounds = [row.enough for row in rows if row.enough is not None]
    return "ample" if bounds and train >= max(bounds) else "enough_to_start"
