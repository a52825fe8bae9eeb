"""Note styles as data: templates of lines with slots, checked and compiled to pieces once.

Findings are symptoms and signs mixed: no wording may say that the patient tells them.
"""

import re
from collections.abc import Set
from dataclasses import dataclass, field
from functools import cache, cached_property
from string import Formatter
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Line, Slug, Strict, conflict
from clinft.stages.prepare.clinical import words
from clinft.stages.prepare.clinical.lexicon import Lexicon
from clinft.stages.prepare.clinical.slots import SLOTS, Slot
from clinft.stages.prepare.clinical.writing import LISTINGS

# Tables of the same folder that are no styles.
NO_STYLE = frozenset({"abbreviations", "questions", "wording"})
SUFFIX = ".yaml"
WordingText = Annotated[str, StringConstraints(min_length=4, max_length=600, pattern=r"\S$")]
# What every note must tell where it can: a label rests on it. A wording without it is for facts without it.
MUST = frozenset({"dx", "findings", "red_flags", "vitals"})
# Where a sentence begins: at the start of a line, after a full stop, after who speaks.
BEGINS = re.compile(r"(?:^|\n|[.?!] )[ ]*$")
SPEAKERS = ("Patient: ", "PATIENT: ", "Pt: ", "Clinician: ", "CLINICIAN: ", "Doctor: ", "Dr: ",
            "Nurse practitioner: ")  # fmt: skip
# In capitals, or with one, a word may be a heading or stand where a name could: it is not mistyped.
WORD = re.compile(r"(?<![A-Za-z])[a-z]{6,}(?![A-Za-z])")


class LineRow(Strict):
    """One line of a note: its wordings, one of which is used, and its chance in percent."""

    texts: tuple[WordingText, ...] = Field(min_length=1, max_length=3)
    chance: int = Field(default=100, ge=1, le=100)

    @model_validator(mode="after")
    def slots_exist(self) -> Self:
        for index, text in enumerate(self.texts):
            for trouble in _troubles(text):
                raise conflict(trouble, "texts", index, next_step=f"There are: {', '.join(SLOTS)}.")
        return self


class TemplateRow(Strict):
    separator: Literal[" ", "\n", "\n\n"]
    lines: tuple[LineRow, ...] = Field(min_length=3)


class StyleTable(Strict):
    version: Literal[1]
    title: Line
    spoken: bool = Field(default=False, description="A transcript: nobody says an abbreviation.")
    templates: tuple[TemplateRow, ...] = Field(min_length=3)

    @model_validator(mode="after")
    def no_two_share_a_wording(self) -> Self:
        """Else what a model learns by heart in training would be read again in testing."""
        seen: dict[str, int] = {}
        for index, template in enumerate(self.templates):
            for text in {text for line in template.lines for text in line.texts}:
                # A line of one slot only, such as `{correction}`, is no wording.
                if seen.setdefault(text, index) != index and len(text.split()) > 1:
                    raise conflict(f"another template has the line `{text}`", "templates", index)
        return self


class Piece(NamedTuple):
    """Template words, then a slot (None at the end of a line)."""

    literal: str
    slot: Slot | None
    listing: str
    capital: bool


@dataclass(frozen=True)
class Wording:
    """`parts`: what must be there. `typable`: (piece, start, end) of words that a typing error may hit."""

    text: str
    pieces: tuple[Piece, ...]
    parts: frozenset[str]
    typable: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class WrittenLine:
    wordings: tuple[Wording, ...]
    chance: int

    @cached_property
    def must(self) -> frozenset[str]:
        """Of MUST, what some of the wordings tell and others do not."""
        parts = [wording.parts & MUST for wording in self.wordings]
        return frozenset().union(*parts) - frozenset.intersection(*parts)

    def possible(self, there: Set[str]) -> list[Wording]:
        """The wordings that have something to say."""
        found = [wording for wording in self.wordings if wording.parts <= there]
        if len(found) > 1 and self.must:
            most = max(len(wording.parts & self.must) for wording in found)
            found = [wording for wording in found if len(wording.parts & self.must) == most]
        return found


@dataclass(frozen=True)
class Template:
    style: str
    number: int
    separator: str
    lines: tuple[WrittenLine, ...]
    spoken: bool = False
    _short: dict[tuple[int, str], tuple[Wording, Any]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def name(self) -> str:
        return f"{self.style}/{self.number}"

    @cached_property
    def parts(self) -> frozenset[str]:
        """Everything that a note of this template can tell."""
        return frozenset(part for line in self.lines for wording in line.wordings for part in wording.parts)

    def shortened(self, wording: Wording, lexicon: Lexicon) -> tuple[Wording, tuple[tuple[str, str], ...]]:
        """With abbreviations in the template's words, and (short, full) of each; made once per pack."""
        key = id(lexicon), wording.text
        found = self._short.get(key)
        if found is None:
            pieces = tuple(piece._replace(literal=lexicon.shorten(piece.literal)) for piece in wording.pieces)
            changes = tuple(pair for piece in wording.pieces for pair in lexicon.shorten.pairs(piece.literal))
            short = Wording(wording.text, pieces, wording.parts, _typable(pieces))
            found = self._short[key] = short, changes
        return found


@cache
def templates() -> dict[str, tuple[Template, ...]]:
    """By style, in alphabetical order. SpecError with every problem of a table."""
    names = sorted(
        entry.name.removesuffix(SUFFIX) for entry in words.folder().iterdir() if entry.name.endswith(SUFFIX)
    )
    return {name: compiled(name, words.table(StyleTable, name)) for name in names if name not in NO_STYLE}


def compiled(style: Slug, table: StyleTable) -> tuple[Template, ...]:
    return tuple(
        Template(
            style,
            number,
            row.separator,
            tuple(
                WrittenLine(tuple(_wording(text) for text in line.texts), line.chance) for line in row.lines
            ),
            table.spoken,
        )
        for number, row in enumerate(table.templates, start=1)
    )


def _troubles(text: str) -> list[str]:
    """Only names of SLOTS in braces, and after a colon how a list is joined."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        return ["a brace is not closed, or not opened"]
    found = []
    for _, name, listing, conversion in parsed:
        if name is None:
            continue
        slot = SLOTS.get(name)
        if slot is None:
            found.append("a slot does not exist")
        elif conversion or (listing and (not slot.listing or listing not in LISTINGS)):
            found.append(f"`{name}` cannot be written in this form")
    return found


def _wording(text: str) -> Wording:
    pieces, before = [], ""
    for literal, name, listing, _ in Formatter().parse(text):
        before += literal
        slot = None if name is None else SLOTS[name]
        begins = listing != "lines" and (bool(BEGINS.search(before)) or before.endswith(SPEAKERS))
        pieces.append(Piece(literal, slot, listing or "", begins))
        before += "" if name is None else name
    made = tuple(pieces)
    parts = frozenset(piece.slot.part for piece in made if piece.slot is not None)
    return Wording(text, made, parts, _typable(made))


def _typable(pieces: tuple[Piece, ...]) -> tuple[tuple[int, int, int], ...]:
    kept = words.wording().kept
    return tuple(
        (index, *match.span())
        for index, piece in enumerate(pieces)
        for match in WORD.finditer(piece.literal)
        if match.group() not in kept
    )
