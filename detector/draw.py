"""Random choices of the generator of training texts: the audit's own stream, with shares and a cast."""

from collections.abc import Sequence
from typing import TypeVar

from clinft.stages.audit.sensitivity import draw

Item = TypeVar("Item")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Draw(draw.Draw):
    """`share` gives the next number from 0 to 1.

    `cast` holds the given name and surname of every person of the text at hand.
    """

    def __init__(self, *name: str | int) -> None:
        super().__init__(*name)
        self.share = self._next
        self.cast: list[tuple[str, str]] = []

    def chance(self, share: float) -> bool:
        return self.share() < share

    def pick(self, weighted: Sequence[tuple[float, Item]]) -> Item:
        """One of the items, each as often as its weight says."""
        rest = self.share() * sum(weight for weight, _ in weighted)
        for weight, item in weighted:
            rest -= weight
            if rest < 0:
                return item
        return weighted[-1][1]

    def letters(self, count: int) -> str:
        return "".join(self.one(LETTERS) for _ in range(count))
