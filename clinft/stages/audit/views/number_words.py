"""Digits in words: `six one seven, seven three six, five oh oh one`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.labels import Label, label_before
from clinft.stages.audit.views.number_forms import form_of, is_series
from clinft.stages.audit.views.reading import Edit
from clinft.stages.audit.views.signals import Signals

UNITS = {
    "zero": "0", "nought": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9", "hundred": "00",
}  # fmt: skip
TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8",
    "ninety": "9",
}  # fmt: skip
TIMES = {"double": 2, "triple": 3}
SIGNS = frozenset(("dash", "hyphen", "minus", "slash", "dot"))
WORD = "|".join((*UNITS, *TEENS, *TENS, *TIMES, *SIGNS))
RUN = regex(
    rf"(?i)(?<![\w-])(?:{WORD}|\d{{1,4}})(?:[\s,.;:()/-]{{1,4}}(?:{WORD}|\d{{1,4}})){{3,40}}(?![\w-])"
)
TOKEN = regex(r"[A-Za-z]+|\d+")
PARTING = regex(r"[^\s]|\n")
# A test of memory, counting aloud.
RECITED = regex(r"(?i)\b(?:digits?|spans?|repeat\w*|backwards?|forwards?|recall\w*|count\w*)\b")
LAST_FOUR = regex(r"(?i)\blast four\b")


@dataclass(frozen=True)
class Piece:
    """`digits` for the text from `start` to `end`."""

    start: int
    end: int
    digits: str


def suspected(signals: Signals) -> bool:
    """Two different ones; written out, for this is asked of every text."""
    lower = signals.lower
    return (
        ("one" in lower) + ("two" in lower) + ("three" in lower) + ("four" in lower) + ("five" in lower)
        + ("six" in lower) + ("seven" in lower) + ("eight" in lower) + ("nine" in lower) + ("zero" in lower)
    ) > 1  # fmt: skip


def edits(signals: Signals) -> Iterator[Edit]:
    for run in RUN.finditer(signals.text):
        pieces = list(_pieces(run))
        words = sum(not run.string[piece.start].isdigit() for piece in pieces)
        if len(pieces) > 2 * words:
            continue
        label = label_before(run.string, pieces[0].start, signals.context)
        if label or not _is_counting(run, pieces):
            yield from _as_number(run.string, pieces, label)


def _pieces(run: re.Match[str]) -> Iterator[Piece]:
    # `last four nine nine nine eight`
    label = LAST_FOUR.match(run.string, max(0, run.start() - 5))
    tokens = list(TOKEN.finditer(run.string, label.end() if label else run.start(), run.end()))
    taken = False
    for token, following in pairwise([*tokens, None]):
        assert token is not None
        word, after = token.group().lower(), following.group().lower() if following else ""
        if taken:
            taken = False
        elif word in TENS and after in UNITS and UNITS[after] not in ("0", "00") and following:
            taken = True
            yield Piece(token.start(), following.end(), TENS[word] + UNITS[after])
        elif word in TIMES and after in UNITS and following:
            taken = True
            yield Piece(token.start(), following.end(), UNITS[after] * TIMES[word])
        elif word in TENS:
            yield Piece(*token.span(), TENS[word] + "0")
        elif word not in SIGNS and word not in TIMES:
            yield Piece(*token.span(), UNITS.get(word) or TEENS.get(word) or word)


def _is_counting(run: re.Match[str], pieces: list[Piece]) -> bool:
    """Also an amount, `one hundred twenty`: after a hundred a telephone number goes on digit by digit."""
    amount = any(one.digits == "00" and len(two.digits) == 2 for one, two in pairwise(pieces))
    before = run.string[max(0, run.start() - 40) : run.start()]
    return amount or is_series([int(piece.digits) for piece in pieces]) or RECITED.search(before) is not None


def _as_number(text: str, pieces: list[Piece], label: Label | None) -> Iterator[Edit]:
    digits = "".join(piece.digits for piece in pieces)
    gaps = [text[one.end : two.start] for one, two in pairwise(pieces)]
    groups = _day_groups(pieces) if label == "day" else _groups(pieces, gaps)
    form = form_of(digits, groups, label, spoken=True)
    if form is None:
        return
    count = 0
    for piece, following in pairwise([*pieces, None]):
        assert piece is not None
        count += len(piece.digits)
        yield Edit(piece.start, piece.end, piece.digits)
        if following:
            yield Edit(piece.end, following.start, form.sign if count in form.after else "")


def _groups(pieces: list[Piece], gaps: list[str]) -> tuple[int, ...]:
    """Digits between commas, dashes and words for them; a text that parts every digit parts none."""
    sizes = [len(pieces[0].digits)]
    for piece, gap in zip(pieces[1:], gaps, strict=True):
        if PARTING.search(gap):
            sizes.append(len(piece.digits))
        else:
            sizes[-1] += len(piece.digits)
    return tuple(sizes)


def _day_groups(pieces: list[Piece]) -> tuple[int, ...]:
    """Month, day and the rest, a year: `two eleven forty nine`; a zero belongs to what follows."""
    sizes: list[int] = []
    for piece, before in zip(pieces, ["", *(piece.digits for piece in pieces)], strict=False):
        if len(sizes) == 3 or (before == "0" and len(piece.digits) == 1):
            sizes[-1] += len(piece.digits)
        else:
            sizes.append(len(piece.digits))
    return tuple(sizes)
