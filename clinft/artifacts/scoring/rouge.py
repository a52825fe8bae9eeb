"""ROUGE-1, ROUGE-2 and ROUGE-L F (Lin 2004), stemmed; equal to rouge-score 0.1.2 of Google Research."""

import re
from collections import Counter
from collections.abc import Sequence

from clinft.artifacts.scoring.porter import stem

TOKEN = re.compile(r"[a-z0-9]+")


def rouge(gold: str, said: str) -> dict[str, float]:
    """F by name: rouge_1, rouge_2, rouge_l. 0 where one of the two has no words."""
    wanted, found = tokens(gold), tokens(said)
    return {
        "rouge_1": _of_ngrams(wanted, found, 1),
        "rouge_2": _of_ngrams(wanted, found, 2),
        "rouge_l": _f(_common(wanted, found), len(wanted), len(found)),
    }


def tokens(text: str) -> list[str]:
    """Words and numbers in lower case; those of more than three letters are stemmed."""
    return [stem(token) if len(token) > 3 else token for token in TOKEN.findall(text.lower())]


def _of_ngrams(wanted: Sequence[str], found: Sequence[str], n: int) -> float:
    gold, said = (Counter(zip(*(of[start:] for start in range(n)), strict=False)) for of in (wanted, found))
    return _f((gold & said).total(), gold.total(), said.total())


def _f(shared: int, gold: int, said: int) -> float:
    if not shared:
        return 0.0
    precision, recall = shared / said, shared / gold
    return 2 * precision * recall / (precision + recall)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence, a row of the table at a time as bits (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << place
    whole = (1 << len(one)) - 1
    row = whole
    for token in other:
        matches = row & places.get(token, 0)
        row = ((row + matches) | (row - matches)) & whole
    return len(one) - row.bit_count()
