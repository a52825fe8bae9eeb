"""Which of many patterns may match a text: one pass of hyperscan instead of one search for each.

It never leaves out a pattern that `re` would find, so findings are the same without it: where
hyperscan is not installed, and for the first texts, every pattern may match.
"""

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from clinft.stages.audit import classes, kept, loosen
from clinft.stages.audit.loosen import NotLoosened, loosened
from clinft.stages.audit.shadow import STRANGE, shadow

if TYPE_CHECKING:
    from hyperscan import Database

# Building takes some seconds, in which the patterns alone read about so much.
WORTHWHILE_CHARACTERS = 700_000
# More patterns in one database take longer to build than in two, and two take longer to search.
PATTERNS_TOGETHER = 120


@cache
def available() -> bool:
    """pyproject.toml asks for it on Linux only."""
    return find_spec("hyperscan") is not None


class Built(NamedTuple):
    """`patterns`: their digest. `always`: positions of those that are in none of the databases."""

    patterns: str
    always: tuple[int, ...]
    databases: tuple[bytes, ...]


class Prefilter:
    """`use`: let hyperscan help once enough is read, or from the time its databases are built or loaded."""

    def __init__(self, patterns: Sequence[str], use: bool = True) -> None:
        self._patterns = patterns
        self._everything = range(len(patterns))
        self._use = use and available()
        self._unread = WORTHWHILE_CHARACTERS
        self._databases: list[Database] = []
        self._recalled = False
        self._always: list[int] = []  # patterns that are in no database
        # A database has room for one search at a time.
        self._lock = Lock()

    def expect(self, characters: int) -> None:
        """So many will be searched. Builds the databases once that is worth it.

        That takes seconds, so it must not fall into the time that reading one text may take.
        """
        if not self._use or self._databases:
            return
        self._recall()
        self._unread -= characters
        if self._unread <= 0:
            self.build()

    def candidates(self, text: str) -> Iterable[int]:
        """Positions of the patterns that may match; no other does."""
        if not self._databases or (not text.isascii() and STRANGE.search(text)):
            return self._everything
        hits, low = self._always.copy(), shadow(text)
        with self._lock:
            for database in self._databases:
                database.scan(low, _note, context=hits)
        return hits

    def build(self) -> None:
        """The databases, now, if hyperscan is there to make them and nobody has yet."""
        if not self._use or self._databases:
            return
        self._recall()
        if self._databases:
            return
        self._compile(dict(_expressions(self._patterns)))
        if self._databases:
            kept.save(_name(_digest(self._patterns)), _packed(self._dumped()))

    def _recall(self) -> None:
        """What was built here before, asked for once; nothing where this is the first time."""
        if self._recalled:
            return
        self._recalled = True
        packed = kept.load(_name(_digest(self._patterns)))
        if packed is None:
            return
        import hyperscan

        # Of another version, or for another processor.
        with suppress(hyperscan.error, ValueError, KeyError, TypeError):
            self.load(_unpacked(packed))

    def _compile(self, expressions: Mapping[int, bytes]) -> None:
        """All or, where something stops it in the middle, none: a part would hide the other patterns."""
        numbers = list(expressions)
        taken: set[int] = set()
        databases: list[Database] = []
        for first in range(0, len(numbers), PATTERNS_TOGETHER):
            together = {number: expressions[number] for number in numbers[first : first + PATTERNS_TOGETHER]}
            database = _compiled(together)
            if database is None:
                together = {number: one for number, one in together.items() if _compiled({number: one})}
                database = _compiled(together)
            if database is not None:
                databases.append(database)
                taken.update(together)
        self._always = [number for number in self._everything if number not in taken]
        self._databases = databases
        # A processor that hyperscan does not know refuses everything.
        self._use = bool(self._databases)

    def built(self) -> Built | None:
        """For `load` in another process on the same machine; None where hyperscan cannot help."""
        self.build()
        return self._dumped() if self._databases else None

    def _dumped(self) -> Built:
        import hyperscan

        return Built(
            _digest(self._patterns), tuple(self._always), tuple(map(hyperscan.dumpb, self._databases))
        )

    def load(self, built: Built | None) -> None:
        """What a prefilter of the very same patterns has made; any other is not believed.

        Positions of other patterns would hide what these find, e.g. where clinft was updated meanwhile.
        """
        if built is None or built.patterns != _digest(self._patterns):
            return
        import hyperscan

        databases = [hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK) for database in built.databases]
        for database in databases:
            database.scratch = hyperscan.Scratch(database)
        self._always, self._databases = list(built.always), databases


def _digest(patterns: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(patterns)).encode()).hexdigest()


def _name(patterns: str) -> str:
    """By the patterns, by how they are loosened, and by hyperscan."""
    here = f"{version('hyperscan')} {platform.machine()} {PATTERNS_TOGETHER} {patterns}"
    digest = hashlib.sha256(here.encode())
    for source in (loosen, classes):
        digest.update(Path(str(source.__file__)).read_bytes())
    return f"prefilter-{digest.hexdigest()[:32]}"


def _packed(built: Built) -> bytes:
    head = {
        "patterns": built.patterns,
        "always": built.always,
        "sizes": [len(database) for database in built.databases],
    }
    return b"".join((json.dumps(head).encode(), b"\n", *built.databases))


def _unpacked(packed: bytes) -> Built:
    line, _, rest = packed.partition(b"\n")
    head = json.loads(line)
    databases, at = [], 0
    for size in head["sizes"]:
        databases.append(rest[at : at + size])
        at += size
    return Built(head["patterns"], tuple(head["always"]), tuple(databases))


def _note(number: int, start: int, end: int, flags: int, hits: Any) -> None:
    hits.append(number)


def _expressions(patterns: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    for number, pattern in enumerate(patterns):
        try:
            yield number, loosened(pattern).encode("ascii")
        except NotLoosened:
            continue


def _compiled(expressions: Mapping[int, bytes]) -> "Database | None":
    """None if hyperscan refuses one of them, or there is none."""
    if not expressions:
        return None
    import hyperscan

    # One hit for each expression is enough, and an expression may have lost all that it needs.
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=list(expressions.values()),
            ids=list(expressions),
            elements=len(expressions),
            flags=flags,
        )
    except hyperscan.error:
        return None
    return database
