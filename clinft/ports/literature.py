"""What `clinft research` asks: services that search records, and one that knows clinical terms."""

from dataclasses import dataclass
from typing import Protocol

from clinft.artifacts.research import Found, Headings, IdKind, Query, Section
from clinft.spec.research_policy import Source


class LiteratureSource(Protocol):
    """Whatever it answers is foreign text: cleaned, capped and checked before it is a `Reference`."""

    @property
    def name(self) -> Source: ...

    @property
    def sections(self) -> frozenset[Section]:
        """Of the brief, in which its answers belong."""

    @property
    def resolves(self) -> frozenset[IdKind]:
        """Ids by which it can be asked for a record."""

    def search(self, query: Query, limit: int) -> Found:
        """At most `limit` records. ServiceError where an answer is missing or is none;
        MissingExtra where its client is not installed."""


class TermSource(Protocol):
    def headings(self, term: str) -> Headings:
        """Of MeSH, the nearest first; none is no error."""


@dataclass(frozen=True)
class Sources:
    literature: tuple[LiteratureSource, ...]
    terms: TermSource | None = None
