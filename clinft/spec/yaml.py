"""A strict YAML loader that keeps positions: PyYAML's parser events → plain values.

Smaller than YAML on purpose: text keys once each, no tags, no merge keys, few aliases, one
document. The builder keeps its own stack, so no input can exhaust Python's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from clinft.errors import Problem
from clinft.spec.scalars import RefusedScalarError, Sentences, resolve
from clinft.spec.text import MAX_PROBLEMS, Position, decode, hidden_character, refused
from clinft.spec.yaml_errors import (
    ALIASES,
    DUPLICATE,
    EMPTY,
    GENERIC,
    HIDDEN_ESCAPE,
    KEY_NOT_TEXT,
    MERGE_KEY,
    NESTED_ALIAS,
    SECOND_DOCUMENT,
    TAGGED,
    TOO_DEEP,
    TOO_MANY,
    UNKNOWN_ALIAS,
    explain,
)

Loc = tuple[str | int, ...]

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_NODES = 20_000  # aliases count as often as they are used
MAX_ALIASES = 20
REFUSED_KEY = -1  # no mapping has it: keys are text


@dataclass(frozen=True)
class Rewritten:
    """A scalar whose text differs from what the file shows: escapes, folded or indented lines."""

    first_line: int
    column: int
    last_line: int
    text: str


@dataclass(frozen=True)
class Document:
    """One parsed file. Positions are (line, column), both from 1."""

    path: str
    text: str
    value: object
    keys: Mapping[Loc, Position]
    values: Mapping[Loc, Position]
    rewritten: tuple[Rewritten, ...] = ()

    def where(self, loc: Loc) -> Position:
        """Place of the value at `loc` (a collection: of its key); absent: of its nearest parent."""
        while loc and loc not in self.values:
            loc = loc[:-1]
        return self.values.get(loc, (1, 1))

    def where_key(self, loc: Loc) -> Position:
        """Place of the key at `loc`, or of the value where there is no such key."""
        return self.keys.get(loc) or self.where(loc)


def parse(text: str | bytes, path: str) -> Document:
    """The document, or SpecError with every problem that could be collected."""
    document, problems = compose(decode(text, path, MAX_BYTES), path)
    if problems or document is None:
        raise refused(problems)
    return document


def compose(text: str, path: str) -> tuple[Document | None, list[Problem]]:
    """The document as far as it could be read (refused scalars are None), and the problems.

    `text` comes from `clinft.spec.text.decode`. None: nothing was read.
    """
    builder = _Builder(path, text)
    loader = yaml.SafeLoader(text)
    complete = False
    try:
        while loader.check_event():
            builder.take(loader.get_event())  # type: ignore[no-untyped-call]  # PyYAML has no types
        complete = True
    except _StopError:
        pass
    except yaml.MarkedYAMLError as error:
        builder.problem(*explain(error, text))
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML passes a "\U00110000" escape to chr(), which raises ValueError.
        builder.problem((loader.line + 1, loader.column + 1), GENERIC)
    finally:
        loader.dispose()
    if complete and builder.root is None and not builder.problems:
        builder.problem((1, 1), EMPTY)
    if not complete or not builder.documents:
        return None, builder.problems
    document = Document(path, text, builder.root, builder.keys, builder.values, tuple(builder.rewritten))
    return document, builder.problems


class _StopError(Exception):
    """Reading further makes no sense; the problem is already noted."""


@dataclass
class _Frame:
    """A collection that is still open."""

    container: dict[str, object] | list[object]
    loc: Loc
    anchor: str | None
    key: str | int | None = None  # of the value that comes next in a mapping
    has_alias: bool = False
    first_seen: dict[str, Position] = field(default_factory=dict)
    nodes: int = 1


@dataclass(frozen=True)
class _Anchored:
    value: object
    nodes: int
    has_alias: bool


class _Builder:
    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.root: object = None
        self.documents = 0
        self.problems: list[Problem] = []
        self.keys: dict[Loc, Position] = {}
        self.values: dict[Loc, Position] = {}
        self.rewritten: list[Rewritten] = []
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchored | None] = {}  # None: still open
        self._aliases = 0
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        if len(self.problems) > MAX_PROBLEMS:
            raise _StopError
        place = start.line + 1, start.column + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event, place)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, place)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place, self._hidden(event.value, place, start.index, end.index, end.line + 1))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event, place)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()

    def problem(self, place: Position, sentences: Sentences) -> None:
        self.problems.append(Problem(self.path, *place, *sentences))

    def _stop(self, place: Position, sentences: Sentences) -> None:
        self.problem(place, sentences)
        raise _StopError

    def _document(self, event: yaml.DocumentStartEvent, place: Position) -> None:
        self.documents += 1
        if event.tags:
            self._stop(place, TAGGED)
        if self.documents > 1:
            self._stop(place, SECOND_DOCUMENT)

    def _alias(self, event: yaml.AliasEvent, place: Position) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            self._stop(place, ALIASES)
        if self._expects_key():
            self._stop(place, KEY_NOT_TEXT)
        name = event.anchor or ""
        target = self._anchors.get(name)
        if name not in self._anchors:
            self.problem(place, UNKNOWN_ALIAS)
        elif target is None or target.has_alias:
            self._stop(place, NESTED_ALIAS)
        for frame in self._frames:
            frame.has_alias = True
        self._count(target.nodes if target else 1, place)
        self._place(target.value if target else None, place)

    def _scalar(self, event: yaml.ScalarEvent, place: Position, hidden: Sentences | None) -> None:
        self._count(1, place)
        plain = event.style is None
        value: object = None
        sentences = TAGGED if event.tag is not None else hidden
        if sentences is None:
            try:
                value = resolve(event.value) if plain else event.value
            except RefusedScalarError as error:
                sentences = error.sentences
        if sentences is not None:
            self.problem(place, sentences)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, 1, has_alias=False)
        if not self._expects_key():
            self._place(value, place)
        elif sentences is not None:
            self._frames[-1].key = REFUSED_KEY
        else:
            self._key(value, place, merge=plain and value == "<<")

    def _hidden(self, value: str, place: Position, start: int, end: int, last: int) -> Sentences | None:
        """Keep a text that the file does not show as it is, and refuse invisible characters in it."""
        if value in self.text[start:end]:
            return None
        self.rewritten.append(Rewritten(*place, last, value))
        kind = hidden_character(value)
        return (f"An escape sequence here makes {kind}.", *HIDDEN_ESCAPE) if kind else None

    def _key(self, key: object, place: Position, merge: bool) -> None:
        frame = self._frames[-1]
        if merge or not isinstance(key, str):
            self.problem(place, MERGE_KEY if merge else KEY_NOT_TEXT)
            frame.key = REFUSED_KEY
        elif key in frame.first_seen:
            line, column = frame.first_seen[key]
            message = f"This key was already given at line {line}, column {column}."
            self.problem(place, (message, *DUPLICATE))
            frame.key = REFUSED_KEY
        else:
            frame.first_seen[key] = self.keys[(*frame.loc, key)] = place
            frame.key = key

    def _open(self, event: yaml.CollectionStartEvent, place: Position) -> None:
        self._count(1, place)
        if self._expects_key():
            self._stop(place, KEY_NOT_TEXT)
        if len(self._frames) >= MAX_DEPTH:
            self._stop(place, TOO_DEEP)
        if event.tag is not None:
            self._stop(place, TAGGED)
        loc = self._child()
        self.values[loc] = self.keys.get(loc, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._frames.append(_Frame({} if mapping else [], loc, event.anchor))

    def _close(self) -> None:
        frame = self._frames.pop()
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchored(frame.container, frame.nodes, frame.has_alias)
        self._place(frame.container, None)

    def _place(self, value: object, place: Position | None) -> None:
        """Put a finished value where it belongs; `place` is None when its position is already kept."""
        if place is not None:
            self.values[self._child()] = place
        if not self._frames:
            self.root = value
            return
        frame = self._frames[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        else:
            if isinstance(frame.key, str):
                frame.container[frame.key] = value
            frame.key = None

    def _child(self) -> Loc:
        if not self._frames:
            return ()
        frame = self._frames[-1]
        if isinstance(frame.container, list):
            return (*frame.loc, len(frame.container))
        return (*frame.loc, REFUSED_KEY if frame.key is None else frame.key)

    def _expects_key(self) -> bool:
        return bool(
            self._frames and isinstance(self._frames[-1].container, dict) and self._frames[-1].key is None
        )

    def _count(self, nodes: int, place: Position) -> None:
        self._nodes += nodes
        for frame in self._frames:
            frame.nodes += nodes
        if self._nodes > MAX_NODES:
            self._stop(place, TOO_MANY)
