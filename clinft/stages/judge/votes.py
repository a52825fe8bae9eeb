"""Votes on one claim come to an outcome, or to none."""

from collections import Counter
from collections.abc import Sequence

from clinft.artifacts.judgement import Outcome
from clinft.stages.judge.reading import Span, Vote

UNREAD = "unread"


def outcome(votes: Sequence[Vote]) -> Outcome:
    """What more than half of all votes say; votes that cannot be read count against it."""
    counted = Counter(vote.outcome for vote in votes if vote.outcome is not None)
    for name, count in counted.items():
        if 2 * count > len(votes):
            return name
    return "undecided"


def named(votes: Sequence[Vote]) -> tuple[str, ...]:
    return tuple(vote.outcome or UNREAD for vote in votes)


def span(votes: Sequence[Vote], settled: Outcome) -> Span | None:
    """The quote that most votes for the outcome gave; of equals the first in the source."""
    counted = Counter(vote.span for vote in votes if vote.outcome == settled and vote.span is not None)
    return min(counted, key=lambda one: (-counted[one], one), default=None)
