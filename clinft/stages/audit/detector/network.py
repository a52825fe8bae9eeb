"""The detector's network with NumPy alone, one thread: how likely each word of a text is part of what.

The vector of a word does not depend on the words around it. It is computed once and kept.
`detector/network.py` computes the same with torch.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clinft.stages.audit.detector import vectors
from clinft.stages.audit.detector.features import (
    FLAG,
    FLAGS,
    NOTHING,
    PIECES,
    PREFIX,
    SHAPE,
    SUFFIX,
    TOKEN,
    features,
    words_of,
)
from clinft.stages.audit.detector.files import folder

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

# PLACE: street, city, county, ZIP code, facility. ORGANISATION: employer, school. ID: any other free form.
LABELS = ("O", "NAME", "PLACE", "ORGANISATION", "ID")
DILATIONS = (1, 2, 4)
# Words kept; then all are forgotten: memory must not depend on the data.
WORDS = 1 << 14
# New words are computed so many at a time. A product of matrices of another size may differ in its last bit,
# and what is found in a text must not depend on the texts before it. Nor on a word's place in the block: four
# rows are one call of OpenBLAS's inner loop; of seven, on Haswell, the last three went through others.
BLOCK = 4
# OpenBLAS wakes its threads, which then wait busily, for products of more numbers than this (65536 times its
# GEMM_MULTITHREAD_THRESHOLD): rows are multiplied in blocks that stay below it.
ALONE = 262_144
BITS = 1 << np.arange(FLAGS)


class Word(NamedTuple):
    """`odds`: natural logarithm of the odds of being part of an identifier, as the network sees them."""

    start: int
    end: int
    label: str
    odds: float


class Network:
    def __init__(self, weights: Mapping[str, Floats] | None = None) -> None:
        given: Mapping[str, Floats] = np.load(folder() / "weights.npz") if weights is None else weights
        self._weights: dict[str, Floats] = {name: np.asarray(given[name], np.float32) for name in given}
        self._layers = [
            (
                dilation,
                np.split(self._turned(f"convolutions.{number}"), 3),
                self._weights[f"convolutions.{number}.bias"],
            )
            for number, dilation in enumerate(DILATIONS)
        ]
        self._last = self._turned("labels")
        self._width = self._last.shape[0]
        self._pieces = vectors.read()
        self._forget()

    def words(self, text: str, least: float) -> list[Word]:
        """The words whose odds are at least `least`, by start."""
        words = words_of(text)
        if not words:
            return []
        odds, labels = _odds(self.logits(self.rows(words)))
        found = np.flatnonzero(odds >= least).tolist()
        if not found:
            return []
        matches = list(TOKEN.finditer(text))
        return [
            Word(*matches[at].span(), LABELS[1 + labels[at]], float(odds[at]))
            for at in found
            if words[at][-1].isalnum()
        ]

    def logits(self, rows: Sequence[int]) -> Floats:
        """`rows`: those of the words of one text. A logit for each label."""
        known, width = self._known_words[rows], self._width
        near = known[:, 2 * width : 3 * width]
        _add_neighbours(near, known[:, width : 2 * width], known[:, 3 * width :], self._layers[0][0])
        here = known[:, :width] + np.maximum(near, 0)
        for dilation, (left, middle, right), bias in self._layers[1:]:
            near = _product(here, middle)
            _add_neighbours(near, _product(here, left), _product(here, right), dilation)
            near += bias
            np.maximum(near, 0, out=near)
            here += near
        return _product(here, self._last) + self._weights["labels.bias"]

    def rows(self, words: Sequence[str]) -> list[int]:
        """The rows of words in the table of vectors, where new ones are added."""
        new = self._unknown(words)
        if new and len(self._known) + len(new) > WORDS:
            self._forget()
            new = self._unknown(words)
        for first in range(0, len(new), BLOCK):
            self._learn(new[first : first + BLOCK])
        known = self._known
        return [known[word] for word in words]

    def _unknown(self, words: Sequence[str]) -> list[str]:
        return [word for word in dict.fromkeys(words) if word not in self._known]

    def _forget(self) -> None:
        self._known: dict[str, int] = {}
        # Of each word its vector, and what the first layer makes of it before, at and behind another word.
        self._known_words = np.zeros((BLOCK, 4 * self._width), np.float32)

    def _learn(self, words: Sequence[str]) -> None:
        rows = [features(word) for word in words]
        vectors_of_words = self._vectors_of(np.array(rows + [NOTHING] * (BLOCK - len(rows))))
        _, (left, middle, right), bias = self._layers[0]
        made = (_product(vectors_of_words, left), _product(vectors_of_words, middle) + bias)
        learnt = np.concatenate((vectors_of_words, *made, _product(vectors_of_words, right)), axis=1)
        first = len(self._known)
        if len(self._known_words) < first + BLOCK:
            self._known_words = np.concatenate((self._known_words, np.zeros_like(self._known_words)))
        self._known_words[first : first + BLOCK] = learnt
        self._known.update((word, first + place) for place, word in enumerate(words))

    def _vectors_of(self, words: Integers) -> Floats:
        numbers, weights = words[:, :PIECES], self._weights
        count = np.maximum((numbers > 0).sum(1, keepdims=True), 1).astype(np.float32)
        parts = (
            self._pieces[numbers].sum(1) / count,
            self._pieces[numbers[:, 0]],
            weights["words.shape.weight"][words[:, SHAPE]],
            weights["words.prefix.weight"][words[:, PREFIX]],
            weights["words.suffix.weight"][words[:, SUFFIX]],
            (words[:, FLAG, None] & BITS > 0).astype(np.float32),
        )
        return self._dense(self._dense(np.concatenate(parts, axis=1), "words.inner"), "words.outer")

    def _dense(self, rows: Floats, name: str) -> Floats:
        found: Floats = _product(rows, self._weights[f"{name}.weight"].T) + self._weights[f"{name}.bias"]
        return np.maximum(found, 0, out=found)

    def _turned(self, name: str) -> Floats:
        return np.ascontiguousarray(self._weights[f"{name}.weight"].T)


def _add_neighbours(near: Floats, before: Floats, behind: Floats, dilation: int) -> None:
    """To each row what the rows `dilation` before and behind it give."""
    near[dilation:] += before[:-dilation]
    near[:-dilation] += behind[dilation:]


def _product(rows: Floats, weight: Floats) -> Floats:
    """`rows` times `weight`, so few rows at a time that one thread does it."""
    most = max(1, ALONE // weight.size)
    if len(rows) <= most:
        return rows @ weight
    return np.concatenate([rows[first : first + most] @ weight for first in range(0, len(rows), most)])


def _odds(logits: Floats) -> tuple[Floats, list[int]]:
    """Logarithms of the odds of any identifier, and which one is likeliest, from 0."""
    named = logits[:, 1:]
    most = named.max(axis=1)
    odds: Floats = most + np.log(np.exp(named - most[:, None]).sum(axis=1)) - logits[:, 0]
    return odds, named.argmax(axis=1).tolist()
