"""The training records most like a note: cosine of TF-IDF over words, as scikit-learn weighs them."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from clinft.artifacts.data import Record

WORD = re.compile(r"[^\W_]{2,}")
# Of a larger training split the first ones: more change little, and each costs memory.
MOST_RECORDS = 20_000


class Neighbours:
    """Only what is given here can be found, so no record of another split is."""

    def __init__(self, train: Sequence[Record]) -> None:
        import numpy as np

        self._records = train[:MOST_RECORDS]
        counts = [_counts(record.text) for record in self._records]
        documents = Counter(word for words in counts for word in words)
        n = len(counts)
        self._idf = {word: math.log((1 + n) / (1 + times)) + 1 for word, times in documents.items()}
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for index, words in enumerate(counts):
            for word, weight in self._weights(words).items():
                rows, weights = postings.setdefault(word, ([], []))
                rows.append(index)
                weights.append(weight)
        self._postings: dict[str, tuple[Any, Any]] = {
            word: (np.array(rows, dtype=np.int64), np.array(weights))
            for word, (rows, weights) in postings.items()
        }

    def nearest(self, record: Record, k: int) -> list[Record]:
        """Up to `k`, the nearest last, beside what is asked about. Never the record itself or its like.

        Records of its scenario and copies of its text would give the answer away; equals keep their order.
        """
        import numpy as np

        likeness = np.zeros(len(self._records))
        for word, weight in sorted(self._weights(_counts(record.text)).items()):
            if word in self._postings:
                rows, weights = self._postings[word]
                likeness[rows] += weights * weight
        found: list[Record] = []
        # Rounded: sums in another order of two machines must not change who is nearer.
        for index in np.argsort(-np.round(likeness, 9), kind="stable"):
            one = self._records[int(index)]
            if one.scenario != record.scenario and one.id != record.id and one.text != record.text:
                found.append(one)
                if len(found) == k:
                    break
        return found[::-1]

    def _weights(self, words: Counter[str]) -> dict[str, float]:
        weights = {word: times * self._idf[word] for word, times in words.items() if word in self._idf}
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()} if length else {}


def _counts(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.casefold()))
