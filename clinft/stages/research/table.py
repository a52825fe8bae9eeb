"""`tables/benchmarks.yaml`: benchmarks with their access terms, and what papers say of volume and format."""

import re
from typing import Literal

from pydantic import Field

from clinft.artifacts.research import IdKind, Reference
from clinft.spec.base import Line, Slug, Strict
from clinft.spec.eligibility import IsoDate

WORD = re.compile(r"[a-z0-9]+")
# Of the words of both titles; subtitles and hyphens differ from service to service.
SAME_TITLE = 0.8


class Paper(Strict):
    """A row rests on a paper: only a record with one of these ids and this title verifies it."""

    title: Line
    ids: dict[IdKind, Line] = Field(min_length=1)
    as_of: IsoDate
    source: Line

    def is_named_by(self, reference: Reference) -> bool:
        return any(reference.ids.get(kind, "").lower() == text.lower() for kind, text in self.ids.items())

    def is_title_of(self, reference: Reference) -> bool:
        ours, theirs = _words(self.title), _words(reference.title)
        return len(ours & theirs) >= SAME_TITLE * min(len(ours), len(theirs)) and len(theirs) > 2


class Benchmark(Paper):
    slug: Slug
    name: Line
    tasks: tuple[Line, ...] = Field(strict=False)
    what: Line
    access: Line


class Advice(Paper):
    """`tasks` and `methods`: for which it holds; empty means for all."""

    about: Literal["volume", "format"]
    tasks: tuple[Line, ...] = Field(default=(), strict=False)
    methods: tuple[Line, ...] = Field(default=(), strict=False)
    text: Line
    least: int | None = Field(default=None, ge=1)
    most: int | None = Field(default=None, ge=1)

    def holds_for(self, task: str, method: str) -> bool:
        return (not self.tasks or task in self.tasks) and (not self.methods or method in self.methods)


class Table(Strict):
    benchmarks: tuple[Benchmark, ...] = Field(strict=False)
    advice: tuple[Advice, ...] = Field(strict=False)

    def chosen(self, slugs: tuple[str, ...]) -> tuple[Benchmark, ...]:
        """In the order of the table; none named means all."""
        return tuple(one for one in self.benchmarks if not slugs or one.slug in slugs)


def _words(title: str) -> set[str]:
    return set(WORD.findall(title.lower()))
