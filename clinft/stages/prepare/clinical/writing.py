"""A note while it is written: its pieces, which fact each piece tells, and what was done to them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from clinft.stages.prepare.clinical.lexicon import Lexicon
from clinft.stages.prepare.clinical.words import Wording
from clinft.stages.prepare.draw import Draw

Facts = dict[str, Any]
# Of the facts in a note with abbreviations, how many of a hundred are written short.
SHORT_PERCENT = 70


class Span(NamedTuple):
    """text[start:end] is what was written for this fact; `item` is its place in a list, else 0."""

    start: int
    end: int
    fact: str
    item: int


class Listing(NamedTuple):
    first: str
    between: str
    of_two: str
    last: str


LISTINGS: dict[str, Listing] = {
    "and": Listing("", ", ", " and ", ", and "),
    "or": Listing("", ", ", " or ", ", or "),
    "plus": Listing("", ", ", " plus ", ", plus "),
    "comma": Listing("", ", ", ", ", ", "),
    "semicolon": Listing("", "; ", "; ", "; "),
    "slash": Listing("", " / ", " / ", " / "),
    "bullets": Listing("- ", "\n- ", "\n- ", "\n- "),
    "stars": Listing("* ", "\n* ", "\n* ", "\n* "),
    "lines": Listing("", "\n", "\n", "\n"),
}


class Writing:
    """`kept[fact]`: (index, item) of a list's items that may be written."""

    __slots__ = (
        "correction", "draw", "facts", "kept", "lexicon", "noise", "other_units", "pieces", "position",
        "short", "spans", "wording",
    )  # fmt: skip

    def __init__(
        self, facts: Facts, kept: dict[str, Sequence[tuple[int, Any]]], lexicon: Lexicon, wording: Wording,
        draw: Draw,
    ) -> None:  # fmt: skip
        self.facts, self.kept, self.lexicon, self.wording, self.draw = facts, kept, lexicon, wording, draw
        self.short = self.other_units = False
        self.correction: dict[str, Any] = {}
        self.pieces: list[str] = []
        self.position = 0
        self.spans: list[Span] = []
        self.noise: list[dict[str, Any]] = []

    def say(self, text: str) -> None:
        self.pieces.append(text)
        self.position += len(text)

    def mark(self, text: str, fact: str, item: int = 0) -> None:
        end = self.position + len(text)
        self.spans.append(Span(self.position, end, fact, item))
        self.pieces.append(text)
        self.position = end

    def phrase(self, text: str, fact: str, item: int = 0) -> None:
        """In the pack's words, or abbreviated."""
        if self.short and self.draw.below(100) < SHORT_PERCENT:
            text = self._shortened(text, self.lexicon.shorten(text), fact, item)
        self.mark(text, fact, item)

    def name(self, text: str, fact: str, item: int = 0) -> None:
        """Of a condition, lab or medication: as it is, or one of its short names."""
        if self.short and self.draw.below(100) < SHORT_PERCENT:
            text = self._shortened(text, self.lexicon.short_name(text), fact, item)
        self.mark(text, fact, item)

    def _shortened(self, full: str, short: str, fact: str, item: int) -> str:
        if short != full:
            self.noted("abbreviation", fact, item, short, full)
        return short

    def noted(self, kind: str, fact: str, item: int, said: str, stands_for: str) -> None:
        """`stands_for`: the truth, or the full form."""
        self.noise.append(
            {"kind": kind, "fact": fact, "item": item, "written": said, "stands_for": stands_for}
        )
