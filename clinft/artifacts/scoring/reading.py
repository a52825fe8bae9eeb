"""Reading JSON out of an answer, and text in one spelling: shared by the kinds that need them."""

import json
import re
from typing import Any

FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)*")
ARTICLES = frozenset({"a", "an", "the"})
# Far more than any answer is allowed to hold.
MOST = 100_000


def read_json(answer: str) -> Any:
    """The one JSON value that the answer is, fenced or bare; ValueError for anything around it."""
    fenced = FENCED.fullmatch(answer.strip())
    text = fenced.group(1) if fenced else answer.strip()
    if len(text) > MOST:
        raise ValueError("longer than any answer")
    try:
        return json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def normalised(text: str) -> str:
    """Words in lower case, without articles and punctuation; numbers keep their point."""
    return " ".join(word for word in WORD.findall(text.casefold()) if word not in ARTICLES)


def words(text: str) -> list[str]:
    return normalised(text).split()


def canonical(value: Any) -> Any:
    """Equal for what means the same: spelling of text, 1 and 1.0, order of lists of plain values."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value) if abs(value) < 2**53 else str(value)
    if isinstance(value, str):
        return normalised(value)
    if isinstance(value, list):
        made = [canonical(one) for one in value]
        return sorted(made, key=lambda one: json.dumps(one, sort_keys=True, default=str))
    return {normalised(str(key)): canonical(one) for key, one in value.items()}


def spelt(value: Any) -> str:
    return json.dumps(canonical(value), sort_keys=True, ensure_ascii=False)
