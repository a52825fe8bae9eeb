"""A message about a step before training, as the journal keeps it until the results bring the files."""

from typing import Literal

from pydantic import Field

from clinft.spec.base import Strict

Said = Literal["data_plan", "audit", "cost", "job", "evaluation", "regression", "concern"]


class ToldThreshold(Strict):
    text: str = Field(max_length=500)
    state: Literal["met", "not met", "not certifiable", "missing"]


class Told(Strict):
    """Texts are clinft's own words and figures; no record, no name of a person."""

    kind: Said
    key: str = Field(max_length=200)
    tone: Literal["good", "neutral", "warning", "bad"]
    title: str = Field(max_length=500)
    lines: tuple[str, ...] = Field(default=(), max_length=20)
    thresholds: tuple[ToldThreshold, ...] = Field(default=(), max_length=40)
    at: str | None = Field(default=None, description="ISO time, UTC.")
