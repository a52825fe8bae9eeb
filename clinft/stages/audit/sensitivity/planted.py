"""What goes in and what comes out of planting. None of it shows its text in a log or an exception."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Donor:
    """A row of the data as the audit reads it: a JSON line, a CSV row as a JSON object, or a plain line.

    The suffix of `file` says which: see reading/source.py.
    """

    file: str
    line: str = field(repr=False)


@dataclass(frozen=True)
class Span:
    """Where one planted identifier stands; `field`, `start` and `end` as a Finding names them."""

    letter: str
    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Planted:
    file: str
    line: str = field(repr=False)
    spans: tuple[Span, ...]
