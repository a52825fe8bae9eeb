"""How long texts and answers are, in the tokens of whoever counts."""

from collections.abc import Callable, Sequence
from typing import Literal

from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import Lengths

# Of each text; None where no tokenizer is at hand.
CountTokens = Callable[[Sequence[str]], Sequence[int] | None]


def lengths(split: str, sample: Sequence[Record], count: CountTokens) -> tuple[Lengths, ...] | None:
    if not sample:
        return ()
    texts = count([record.text for record in sample])
    targets = count([record.target for record in sample])
    if texts is None or targets is None:
        return None
    return (_of(split, "text", texts), _of(split, "target", targets))


def _of(split: str, field: Literal["text", "target"], counts: Sequence[int]) -> Lengths:
    ordered = sorted(counts)

    def at(percent: int) -> int:
        """Nearest rank: a length that occurs."""
        return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]

    return Lengths(
        split=split,
        field=field,
        n=len(ordered),
        p5=at(5),
        p50=at(50),
        p95=at(95),
        p99=at(99),
        most=ordered[-1],
    )
