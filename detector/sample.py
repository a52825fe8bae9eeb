"""A training text and the identifiers in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """`label` of the characters from `start` up to `end`."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Sample:
    """`spans` by start, without overlaps."""

    text: str
    spans: tuple[Span, ...]
