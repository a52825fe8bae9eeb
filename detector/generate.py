"""Endless training texts: a fixed mixture of styles, identifiers and clean text that looks like them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from detector.draw import Draw
from detector.fields import fields
from detector.injected import injected
from detector.negatives import SOURCES, negative
from detector.noise import decoys, replaced
from detector.sample import Sample, Span
from detector.slots import SLOTS
from detector.template import Piece, Sequence_, fill, parse

TEMPLATES = Path(__file__).parent / "templates"
# How many sentences a text has, and what stands between two of them.
LENGTHS = (1, 1, 1, 2, 2, 3, 4, 6)
JOINS = (" ", " ", " ", "\n", "\n", "  ", "\n\n", " | ", "; ")
GENERAL_SHARE, NEGATIVE_SHARE, MIXED_SHARE = 0.32, 0.25, 0.22
# Of the clean sentences, those that come from templates.
CLEAN_TEMPLATES = 0.55
DECOY_SHARE, REPLACED_SHARE = 0.08, 0.35
FIELDS_SHARE, INJECTED_SHARE = 0.16, 0.14
UPPER_SHARE, LOWER_SHARE = 0.06, 0.09
# One sentence alone, in a text of other case.
SENTENCE_UPPER, SENTENCE_LOWER = 0.03, 0.04

# Every source of text that is no identifier.
CLEAN = frozenset((*SOURCES, "templates", "decoys", "replaced"))


def samples(seed: int, without: frozenset[str] = frozenset()) -> Iterator[Sample]:
    """The same seed gives the same texts anywhere. `without`: of CLEAN, what to leave out."""
    draw = Draw("detector", seed)
    while True:
        yield _sample(draw, without)


@lru_cache(maxsize=1)
def styles() -> dict[str, dict[str, tuple[Sequence_, ...]]]:
    """Templates by file and style."""
    return {
        path.stem: {
            style: tuple(parse(line, SLOTS) for line in lines.splitlines() if line.strip())
            for style, lines in yaml.safe_load(path.read_text("utf-8")).items()
        }
        for path in sorted(TEMPLATES.glob("*.yaml"))
    }


@lru_cache(maxsize=1)
def _pools() -> tuple[tuple[Sequence_, ...], ...]:
    """Clinical, general and clean templates; a template is as likely as any other of its pool."""
    clinical: list[Sequence_] = []
    general: list[Sequence_] = []
    clean: list[Sequence_] = []
    for file, by_style in styles().items():
        for style, templates in by_style.items():
            kind = (
                clean if style.startswith("negative") else general if file.startswith("general") else clinical
            )
            kind += templates
    return tuple(clinical), tuple(general), tuple(clean)


def _sample(draw: Draw, without: frozenset[str]) -> Sample:
    clinical, general, clean = _pools()
    draw.cast.clear()
    share = draw.share()
    pieces: list[Piece] = []
    count = draw.one(LENGTHS)
    for place in range(count):
        if place:
            pieces.append((draw.one(JOINS), None))
        if share < NEGATIVE_SHARE or (share > 1 - MIXED_SHARE and draw.chance(0.5)):
            made: list[Piece] = []
            if draw.chance(CLEAN_TEMPLATES) and "templates" not in without:
                fill(draw.one(clean), draw, made)
            else:
                made = negative(draw, without)
            pieces += _cased(made, draw, SENTENCE_UPPER, SENTENCE_LOWER)
        else:
            made = []
            if share < NEGATIVE_SHARE + GENERAL_SHARE:
                fill(draw.one(general), draw, made)
            else:
                _clinical(clinical, draw, made)
            made = decoys(made, draw) if draw.chance(DECOY_SHARE) and "decoys" not in without else made
            pieces += _cased(made, draw, SENTENCE_UPPER, SENTENCE_LOWER)
    if draw.chance(REPLACED_SHARE) and "replaced" not in without:
        pieces = replaced(pieces, draw)
    return joined(_cased(pieces, draw, UPPER_SHARE, LOWER_SHARE))


def _clinical(templates: Sequence[Sequence_], draw: Draw, pieces: list[Piece]) -> None:
    share = draw.share()
    if share < FIELDS_SHARE:
        pieces += fields(draw)
    elif share < FIELDS_SHARE + INJECTED_SHARE:
        pieces += injected(draw)
    else:
        fill(draw.one(templates), draw, pieces)


def _cased(pieces: list[Piece], draw: Draw, upper: float, lower: float) -> list[Piece]:
    """All in capitals or in lower case, each as often as its share says."""
    share = draw.share()
    if share < upper:
        return [(text.upper(), label) for text, label in pieces]
    if share < upper + lower:
        return [(text.lower(), label) for text, label in pieces]
    return pieces


def joined(pieces: list[Piece]) -> Sample:
    """One text; spans have no blanks at their ends. A given name and the surname after it are one span."""
    texts: list[str] = []
    spans: list[Span] = []
    at = 0
    for text, label in pieces:
        if label is not None and text.strip():
            start = at + len(text) - len(text.lstrip())
            if (
                spans
                and spans[-1].label == label == "NAME"
                and spans[-1].end == start - 1
                and texts[-1] == " "
            ):
                start = spans.pop().start
            spans.append(Span(start, at + len(text.rstrip()), label))
        texts.append(text)
        at += len(text)
    return Sample("".join(texts), tuple(spans))
