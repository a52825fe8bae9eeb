"""What one rung of the ladder made of each item; all that verdict, errors and costs are reckoned from."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """`score`: 0 to 1 by the task's metric. `missed_critical`: None where the gold is not critical."""

    item: str
    score: float
    correct: bool
    parsed: bool
    missed_critical: bool | None = None
    # Which kind of error, where it is one: see errors.py.
    category: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    cost_usd: float | None = None
    # Items that are not independent of each other, such as notes of one scenario.
    cluster: str | None = None


@dataclass(frozen=True)
class Rung:
    """One prompt, read in one way, on the same items in the same order as every other rung."""

    name: str
    read: str  # generated_text or closed_labels
    outcomes: Sequence[Outcome]
