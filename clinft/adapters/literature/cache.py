"""Answers of a few days ago, so that a brief made twice asks once: metadata only, in a git-ignored folder."""

from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.research import Found, Headings, IdKind, Query, Section
from clinft.ports.literature import LiteratureSource, TermSource
from clinft.run_folder import to_bytes, write_atomically
from clinft.spec.research_policy import Source

# Of how answers are read: raised, whatever an older clinft kept is asked for again.
VERSION = 1
Kept = TypeVar("Kept", Found, Headings)


class Shelf:
    """`days`: how long an answer is kept; 0 keeps none."""

    def __init__(self, folder: Path, days: int, today: date) -> None:
        self._folder, self._days, self._today = folder, days, today

    def kept(self, key: str, kind: type[Kept]) -> Kept | None:
        """None for what is absent, too old, of the future, or not what was written."""
        try:
            found = kind.model_validate_json((self._folder / f"{key}.json").read_bytes())
        except (OSError, ValidationError):
            return None
        age = (self._today - date.fromisoformat(found.asked_on)).days
        return found if 0 <= age < self._days else None

    def keep(self, key: str, found: Found | Headings) -> None:
        if self._days:
            write_atomically(self._folder / f"{key}.json", to_bytes(found))


class CachedSource:
    def __init__(self, source: LiteratureSource, shelf: Shelf) -> None:
        self._source, self._shelf = source, shelf

    @property
    def name(self) -> Source:
        return self._source.name

    @property
    def sections(self) -> frozenset[Section]:
        return self._source.sections

    @property
    def resolves(self) -> frozenset[IdKind]:
        return self._source.resolves

    def search(self, query: Query, limit: int) -> Found:
        asked = {"query": query.model_dump(mode="json"), "limit": limit}
        key = digest_json({"version": VERSION, "source": self.name, **asked})
        found = self._shelf.kept(key, Found)
        if found is None:
            found = self._source.search(query, limit)
            self._shelf.keep(key, found)
        return found


class CachedTerms:
    def __init__(self, source: TermSource, shelf: Shelf) -> None:
        self._source, self._shelf = source, shelf

    def headings(self, term: str) -> Headings:
        key = digest_json({"version": VERSION, "mesh": term})
        found = self._shelf.kept(key, Headings)
        if found is None:
            found = self._source.headings(term)
            self._shelf.keep(key, found)
        return found
