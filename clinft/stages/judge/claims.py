"""An answer as claims, each of which a source can support or contradict by itself."""

import re
from collections.abc import Iterator
from typing import Any

from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.scoring.reading import read_json

# Of one answer: more is no answer to a short note, and would cost more than it is worth.
MOST_CLAIMS = 40
MOST_CHARACTERS = 600
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
WORDY = re.compile(r"[^\W\d_]{2}")
# Kinds whose right answer is one of a list: scoring already knows, so that there is nothing to adjudicate.
EXACT = ("classification", "coding")


def claims(answer: str) -> tuple[str, ...]:
    """Fields of a JSON value as `path: value`, else sentences; what says nothing is left out."""
    try:
        value = read_json(answer)
    except ValueError:
        value = None
    if isinstance(value, dict | list):
        found = [f"{path.strip('.') or 'value'}: {said}" for path, said in _leaves(value)]
    else:
        parts = (" ".join(part.split()) for part in SENTENCE_END.split(answer))
        found = [part for part in parts if WORDY.search(part)]
    return tuple(one[:MOST_CHARACTERS] for one in dict.fromkeys(found))[:MOST_CLAIMS]


def claim_sha256(claim: str) -> str:
    return digest_bytes(claim.encode(errors="replace"))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
    elif value is not None and value != "":
        yield path, str(value)
