"""A vote of the judge, believed only as far as its quotes stand in the source."""

import re
from dataclasses import dataclass
from typing import Any

from clinft.artifacts.judgement import VERDICTS, Outcome
from clinft.artifacts.scoring.reading import read_json

# What is shorter stands in every text.
LEAST_CHARACTERS = 4
Span = tuple[int, int]


@dataclass(frozen=True)
class Vote:
    """`outcome` None: nothing readable was said of this claim. `quoted`: whether it gave a quote at all."""

    outcome: Outcome | None
    quoted: bool = False
    span: Span | None = None


UNREAD = Vote(None)


def read_votes(answer: str, claims: int, source: str) -> tuple[Vote, ...]:
    """One vote for each claim; a claim that is named twice has none."""
    try:
        listed = read_json(answer)
    except ValueError:
        return (UNREAD,) * claims
    rows = listed if isinstance(listed, list) else []
    named: dict[int, list[Any]] = {}
    for row in rows:
        if isinstance(row, dict) and type(row.get("claim")) is int:
            named.setdefault(row["claim"], []).append(row)
    return tuple(
        _vote(named[number][0], source) if len(named.get(number, ())) == 1 else UNREAD
        for number in range(1, claims + 1)
    )


def _vote(row: dict[str, Any], source: str) -> Vote:
    verdict, quote = row.get("verdict"), row.get("quote")
    if verdict not in VERDICTS:
        return UNREAD
    if verdict == "absent":
        # Nothing can be quoted for what is not there.
        return Vote("absent")
    if not isinstance(quote, str) or not quote.strip():
        return Vote("unverified")
    span = found(quote, source)
    return Vote("unverified", True) if span is None else Vote(verdict, True, span)


def found(quote: str, source: str) -> Span | None:
    """Where the quote stands in the source, letter for letter but for white space and case.

    Whole words only: `no fever` is not found by quoting `fever` out of `feverish`.
    """
    words = quote.split()
    if len("".join(words)) < LEAST_CHARACTERS:
        return None
    pattern = r"\s+".join(re.escape(word) for word in words)
    match = re.search(rf"(?<!\w){pattern}(?!\w)", source, re.IGNORECASE)
    return None if match is None else match.span()
