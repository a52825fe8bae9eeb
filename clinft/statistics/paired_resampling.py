"""Two systems on the same clusters of items: interval and test for statistics that no formula covers.

Clusters are drawn as a whole, both systems' outcomes together. All is seeded, and sorted outcomes in give
the same numbers out, whatever the order of items was.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from statistics import NormalDist
from typing import Any, Protocol

from clinft.artifacts.planning import Interval
from clinft.statistics.proportions import t_value, z_value

DRAWS = 2000
# Sums are quick; more draws steady the ends of an interval.
DRAWS_OF_SUMS = 10_000
MANY = 2000
# So few clusters that differ do not show how far others would.
FEW = 10
# Weights held at once: 32 MB.
AT_ONCE = 4_000_000
# Digits beyond these differ between processors.
PLACES = 9
ROUNDING = 1e-12

Differ = Callable[[Any, Any], Any]


def difference(before: Any, after: Any) -> Any:
    return after - before


class Outcomes(Protocol):
    """What both systems did on `units` clusters; `counts`: how many there are of each different kind.

    Arrays are (draws, kinds); one number comes back a draw.
    """

    @property
    def counts(self) -> Any: ...

    @property
    def differing(self) -> int:
        """Clusters on which the two systems did not do the same."""

    @property
    def draws(self) -> int: ...

    def weighted(self, weights: Any) -> Any:
        """The difference, second minus first, where there are so many of each kind."""

    def swapped(self, swaps: Any) -> Any:
        """The difference where so many of each kind give their outcomes to the other system."""


class Sums:
    """A statistic of sums: `first` and `second` hold (units, sums), `of` turns (draws, sums) into values."""

    def __init__(
        self, first: Any, second: Any, of: Callable[[Any], Any], differ: Differ = difference
    ) -> None:
        import numpy as np

        kinds, self.counts = np.unique(np.hstack((first, second)), axis=0, return_counts=True)
        self.first, self.second = kinds[:, : first.shape[1]], kinds[:, first.shape[1] :]
        self.of, self.differ = of, differ
        self.differing = int(self.counts[(self.first != self.second).any(axis=1)].sum())
        self.draws = DRAWS_OF_SUMS if len(kinds) <= MANY else DRAWS

    def weighted(self, weights: Any) -> Any:
        return self.differ(self.of(weights @ self.first), self.of(weights @ self.second))

    def swapped(self, swaps: Any) -> Any:
        moved = swaps @ (self.second - self.first)
        before, after = self.counts @ self.first + moved, self.counts @ self.second - moved
        return self.differ(self.of(before), self.of(after))


class Counted:
    """A statistic of counted rows: `first[i]` and `second[i]` are the rows of unit i's items."""

    def __init__(
        self,
        first: Sequence[Sequence[Hashable]],
        second: Sequence[Sequence[Hashable]],
        of: Callable[[Counter[Any]], float],
        differ: Differ = difference,
    ) -> None:
        import numpy as np

        self.of, self.differ, self.draws = of, differ, DRAWS
        found = Counter(zip(map(tuple, first), map(tuple, second), strict=True))
        kinds = sorted(found, key=repr)
        self.counts = np.array([found[kind] for kind in kinds])
        self.differing = sum(count for (one, two), count in found.items() if one != two)
        self._rows = sorted({row for kind in kinds for side in kind for row in side}, key=repr)
        place = {row: number for number, row in enumerate(self._rows)}
        # Of every item of each side: which row, and which kind of unit it belongs to.
        self._sides = tuple(
            (
                np.array([place[row] for kind in kinds for row in kind[side]], dtype=np.int64),
                np.array([number for number, kind in enumerate(kinds) for _ in kind[side]], dtype=np.int64),
            )
            for side in (0, 1)
        )

    def weighted(self, weights: Any) -> Any:
        return self._each([(self._sides[0], weights)], [(self._sides[1], weights)])

    def swapped(self, swaps: Any) -> Any:
        kept = self.counts - swaps
        one, two = self._sides
        return self._each([(one, kept), (two, swaps)], [(two, kept), (one, swaps)])

    def _each(self, first: list[tuple[Any, Any]], second: list[tuple[Any, Any]]) -> Any:
        import numpy as np

        draws = range(len(first[0][1]))
        before = np.array([self._value(first, draw) for draw in draws])
        after = np.array([self._value(second, draw) for draw in draws])
        return self.differ(before, after)

    def _value(self, parts: list[tuple[Any, Any]], draw: int) -> float:
        import numpy as np

        total = np.zeros(len(self._rows))
        for (rows, kinds), weights in parts:
            total += np.bincount(rows, weights=weights[draw][kinds], minlength=len(self._rows))
        found = np.nonzero(total)[0]
        counts = total[found].tolist()
        return self.of(
            Counter({self._rows[row]: count for row, count in zip(found.tolist(), counts, strict=True)})
        )


def paired_interval(
    outcomes: Outcomes, n: int, confidence: float, span: float | None = None, seed: int = 0
) -> tuple[Interval, float]:
    """The difference with its interval, and the variance of one item's part (infinite where unknown).

    Percentile bootstrap over clusters with Hesterberg's wider quantiles (2015, American Statistician 69,
    section 4.5), united with the jackknife's interval (Tukey 1958; Student's t), for the percentiles of so
    few items are too narrow: coverage of each in docs/regress.md. `span`: how far the statistic reaches, 1
    for a share. Then, where hardly any cluster differs, the interval is not narrower than that of systems
    that were not seen to differ at all, z²/(k + z²) of k clusters (Tango, Wilson). `n`: items; ValueError
    for one cluster and no span.
    """
    import numpy as np

    counts = outcomes.counts
    k = int(counts.sum())
    value = float(outcomes.weighted(counts[None, :].astype(float))[0])
    if k < 2:
        if span is None:
            raise ValueError("one cluster tells nothing of others")
        whole = Interval(value=value, low=-span, high=span, n=n, confidence=confidence, method="one cluster")
        return whole, math.inf
    rng = np.random.default_rng(seed)
    values = np.sort(np.concatenate([
        outcomes.weighted(rng.multinomial(k, counts / k, size=draws).astype(float))
        for draws in _chunks(outcomes.draws, len(counts))
    ]))  # fmt: skip
    t = t_value(confidence, k - 1)
    tail = 1.0 - NormalDist().cdf(math.sqrt(k / (k - 1)) * t) if math.isfinite(t) else 0.0
    outside = max(0, int(tail * (len(values) - 1)))
    low, high = float(values[outside]), float(values[-1 - outside])
    error, method = float(values.std()), f"paired bootstrap, {outcomes.draws:,} resamples"
    if len(counts) <= MANY:
        error, method = _jackknife_error(outcomes), f"{method}, and jackknife"
        low, high = min(low, value - t * error), max(high, value + t * error)
    if span is not None:
        z = z_value(confidence)
        least = span * z * z / (k + z * z) if outcomes.differing < FEW else 0.0
        low, high = max(-span, min(low, value - least)), min(span, max(high, value + least))
    scale = 10**PLACES
    return Interval(
        value=value,
        low=min(value, math.floor(low * scale) / scale),
        high=max(value, math.ceil(high * scale) / scale),
        n=n,
        confidence=confidence,
        method=method if k == n else f"{method}, {k:,} clusters",
    ), n * error**2


def _jackknife_error(outcomes: Outcomes) -> float:
    """Standard error from leaving out one cluster after the other; those of a kind leave out the same."""
    import numpy as np

    counts = outcomes.counts
    kinds, k = len(counts), int(counts.sum())
    values, start = [], 0
    for rows in _chunks(kinds, kinds):
        weights = np.repeat(counts[None, :].astype(float), rows, axis=0)
        weights[np.arange(rows), start + np.arange(rows)] -= 1.0
        values.append(outcomes.weighted(weights))
        start += rows
    left = np.concatenate(values)
    mean = float((counts * left).sum()) / k
    return math.sqrt((k - 1) / k * float((counts * (left - mean) ** 2).sum()))


def swap_p(outcomes: Outcomes, sign: int, seed: int = 0) -> float:
    """One-sided p of a loss: the share of random swaps of whole clusters that lose as much or more.

    Fisher 1935: were the systems equal, either outcome could as well be the other's. `sign` 1: more is
    better. The data count as one of the swaps, so p is never 0 (Phipson and Smyth 2010).
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    counts = outcomes.counts
    seen = -sign * float(outcomes.swapped(np.zeros((1, len(counts))))[0]) - ROUNDING
    as_large = 0
    for draws in _chunks(outcomes.draws, len(counts)):
        swaps = rng.binomial(counts, 0.5, size=(draws, len(counts))).astype(float)
        as_large += int((-sign * outcomes.swapped(swaps) >= seen).sum())
    return (as_large + 1) / (outcomes.draws + 1)


def _chunks(draws: int, k: int) -> Iterator[int]:
    rows = max(1, AT_ONCE // k)
    for start in range(0, draws, rows):
        yield min(rows, draws - start)
