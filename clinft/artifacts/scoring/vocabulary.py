"""The clinical words that clinft knows, from its tables: what means the same, and names of things by kind.

Conditions, findings, medications, laboratory tests and studies are those of the packs and of the tables they
share; two names of one row are one concept. Stems of words that mean the same are replaced by one of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from clinft.artifacts.scoring.porter import stem
from clinft.artifacts.scoring.spelling import words

Stems = tuple[str, ...]
# Of a pack's condition: lists whose texts name something that a note may claim.
FINDINGS = ("findings", "red_flags", "denies")
# Short forms that are words of every text once case is gone, or units.
NO_SHORT_FORMS = frozenset(
    {"all", "am", "art", "as", "at", "be", "by", "do", "go", "ha", "has", "he", "hi", "in", "is", "it", "mg"}
    | {"no", "of", "on", "or", "so", "to", "us", "we"}
)
SHORT_FORM = re.compile(r"[A-Za-z]{2,}")
# A name as short as `Na` or `K` is a syllable or a unit as often as a test.
SHORTEST_NAME = 3


class Term(NamedTuple):
    """`at`, `end`: places among the stems. `name` is the same for all names of one thing."""

    kind: str
    name: str
    at: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """`same`, `terms`: first stem to what begins with it, the longest first. `short`: of words, unstemmed."""

    short: Mapping[str, Stems]
    same: Mapping[str, tuple[tuple[Stems, Stems], ...]]
    terms: Mapping[str, tuple[tuple[Stems, str, str], ...]]
    anticoagulants: frozenset[str]

    def stems(self, found: Sequence[str]) -> Stems:
        """Of words in one spelling: each stemmed, and those that mean the same replaced."""
        return self.replaced([one for word in found for one in self.short.get(word, (stem(word),))])

    def replaced(self, plain: Sequence[str]) -> Stems:
        """From left to right, the longest phrases first."""
        made: list[str] = []
        at = 0
        while at < len(plain):
            for phrase, other in self.same.get(plain[at], ()):
                if tuple(plain[at : at + len(phrase)]) == phrase:
                    made += other
                    at += len(phrase)
                    break
            else:
                made.append(plain[at])
                at += 1
        return tuple(made)

    def find(self, stems: Stems) -> Iterator[Term]:
        """From left to right, the longest names first; none overlap."""
        at = 0
        while at < len(stems):
            for phrase, kind, name in self.terms.get(stems[at], ()):
                if stems[at : at + len(phrase)] == phrase:
                    yield Term(kind, name, at, at + len(phrase))
                    at += len(phrase)
                    break
            else:
                at += 1


@cache
def vocabulary() -> Vocabulary:
    """Read once, in a fifth of a second."""
    table = _read(_tables() / "terms" / "synonyms.yaml")
    same = _same((other, row[0]) for row in table["same"] for other in row[1:])
    known = {other for row in table["same"] for other in row[1:]}
    short = {
        short.casefold(): _stemmed(full) for full, short in _abbreviations() if short.casefold() not in known
    }
    # Names are looked up in the stems that this makes of a text, so they are made in the same way.
    bare = Vocabulary(short, same, {}, frozenset())
    names: dict[Stems, tuple[str, str]] = {}
    for kind, name, other in _names():
        key = bare.stems(words(other))
        if key and len(other) >= SHORTEST_NAME:
            names.setdefault(key, (kind, name))
    terms = _by_first((key, kind, name) for key, (kind, name) in names.items())
    anticoagulants = frozenset("-".join(bare.stems(words(name))) for name in table["anticoagulants"])
    return Vocabulary(short, same, terms, anticoagulants)


def _same(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[tuple[Stems, Stems], ...]]:
    """What comes first stands."""
    known: dict[Stems, Stems] = {}
    for other, first in pairs:
        key, value = _stemmed(other), _stemmed(first)
        if key != value:
            known.setdefault(key, value)
    # What a phrase is replaced by may hold words that are replaced themselves: `pulmonary`, by `lung`.
    bare = Vocabulary({}, _by_first(known.items()), {}, frozenset())
    return _by_first((key, bare.replaced(value)) for key, value in known.items())


def _stemmed(text: str) -> Stems:
    return tuple(stem(word) for word in words(text))


def _by_first(rows: Iterable[Any]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0][0], []).append(row)
    return {first: tuple(sorted(of, key=lambda row: (-len(row[0]), row))) for first, of in found.items()}


def _abbreviations() -> Iterator[tuple[str, str]]:
    """(full, short) of the packs and, above them, of the styles; none of one letter, which is a word."""
    tables = [pack.get("abbreviations", {}) for pack in _packs()]
    tables.append(_read(_tables() / "styles" / "abbreviations.yaml").get("words", {}))
    for table in tables:
        for full, short in table.items():
            if full[0].isalpha() and SHORT_FORM.fullmatch(short) and short.casefold() not in NO_SHORT_FORMS:
                yield full, short


def _names() -> Iterator[tuple[str, str, str]]:
    """(kind, the name it goes by, a name)."""
    for folder, kind in (("medications", "medication"), ("labs", "lab")):
        for entry in sorted((_tables() / "clinical" / folder).iterdir(), key=lambda file: file.name):
            if entry.name.endswith(".yaml"):
                yield from _of_rows(kind, _read(entry).get(folder, {}).values())
    for pack in _packs():
        yield from _of_rows("medication", pack.get("medications", {}).values())
        yield from _of_rows("lab", pack.get("labs", {}).values())
        for condition in pack.get("conditions", ()):
            yield from _of_rows("condition", [condition, *condition.get("mimics", ())])
            for kind in FINDINGS:
                for text in condition.get(kind, ()):
                    yield "finding", text, text
            for study in condition.get("studies", ()):
                yield "study", study["study"], study["study"]


def _of_rows(kind: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        for name in (row["name"], *row.get("also", ())):
            yield kind, row["name"], name


@cache
def _packs() -> tuple[dict[str, Any], ...]:
    files = sorted((_tables() / "domains").iterdir(), key=lambda file: file.name)
    return tuple(_read(file) for file in files if file.name.endswith(".yaml"))


def _tables() -> Traversable:
    return resources.files("clinft") / "tables"


def _read(file: Traversable) -> dict[str, Any]:
    """Of a table that comes with clinft; the quick loader, since nobody else writes it."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506
    return found
