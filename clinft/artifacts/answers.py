"""From what a model says to one of the labels, or to none."""

from collections.abc import Sequence

# What models wrap an answer in: quotes, emphasis, a full stop.
WRAPPING = " \t\"'`*_.,;:!()[]“”‘’"


def parse_answer(answer: str, labels: Sequence[str]) -> str | None:
    """The label that the first line of the answer is, but for case and wrapping; else None.

    A label inside a sentence does not count: who uses the model would have to read the sentence.
    """
    lines = answer.strip().splitlines()
    if not lines:
        return None
    said = lines[0].strip(WRAPPING).casefold()
    return next((label for label in labels if label.strip(WRAPPING).casefold() == said), None)


def likeliest(labels: Sequence[str], scores: Sequence[float]) -> str:
    """The label with the highest score; the first of equals."""
    best = max(range(len(labels)), key=lambda index: (scores[index], -index))
    return labels[best]
