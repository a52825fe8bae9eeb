"""How often do clinft's intervals hold the truth? Each kind that is printed, at n = 30, 100 and 300.

Data are drawn from a known truth, the interval is computed by the product's own functions, and it is counted
how often it holds the truth: 95 % is promised. Shares of one system are summed exactly over all outcomes, the
rest is simulated. What else is printed of one system: bench/metric_coverage.py.
"""

import argparse
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

TITLE, COMMAND = "Coverage of intervals", "bench/coverage.py --record"
SIZES = (30, 100, 300)
SHARES = (0.5, 0.7, 0.8, 0.9, 0.95)
# Draws within one bootstrap interval, so that thousands of them take minutes.
DRAWS = 500
CLUSTER = 3
LABELS = "abcd"


class Case(NamedTuple):
    """`interval` draws one set of n items and gives low, high and the truth."""

    kind: str
    where: str
    interval: Callable[[int, Any], tuple[float, float, float]]
    # The part of --runs that it gets: slow kinds are drawn less often.
    part: float = 1.0


def main() -> None:
    options = _options()
    rows: dict[tuple[str, str], list[float]] = defaultdict(list)
    for kind, where, found in _exact():
        rows[kind, where].append(found)
    for case in _cases():
        if options.only in case.kind:
            for n in SIZES:
                rows[case.kind, case.where].append(_covered(case, n, options))
            print(case.kind, case.where, rows[case.kind, case.where], flush=True)
    text = _section(rows, options)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000, help="simulated sets of each kind and size")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    return parser.parse_args()


def _section(rows: dict[tuple[str, str], list[float]], options: argparse.Namespace) -> str:
    from record import processor

    lines = ["| interval | of what | n = 30 | n = 100 | n = 300 |", "|---|---|---:|---:|---:|"]
    lines += [
        f"| {kind} | {where} | " + " | ".join(f"{100 * one:.1f} %" for one in found) + " |"
        for (kind, where), found in rows.items()
    ]
    low = [(kind, where) for (kind, where), found in rows.items() if min(found) < 0.93]
    high = [(kind, where) for (kind, where), found in rows.items() if max(found) > 0.97]
    return "\n\n".join(
        (
            f"{datetime.now(UTC).date()}, {processor()}, up to {options.runs:,} simulated sets each "
            f"(standard error of 95 %: {100 * math.sqrt(0.95 * 0.05 / options.runs):.1f} points), seed "
            f"{options.seed}. Promised: 95 %. `exact`: summed over all outcomes.",
            "\n".join(lines),
            "Below 93 %: " + (_listed(low) or "none") + ".",
            "Above 97 %, so wider than need be: " + (_listed(high) or "none") + ".",
        )
    )


def _listed(found: list[tuple[str, str]]) -> str:
    return "; ".join(f"{kind}, {where}" for kind, where in found)


def _covered(case: Case, n: int, options: argparse.Namespace) -> float:
    import numpy as np

    rng = np.random.default_rng([options.seed, n])
    runs = max(200, int(options.runs * case.part))
    inside = 0
    for _ in range(runs):
        low, high, truth = case.interval(n, rng)
        inside += low - 1e-9 <= truth <= high + 1e-9
    return inside / runs


def _exact() -> Iterator[tuple[str, str, float]]:
    """Shares of one system: the mean over true shares, and the least."""
    from clinft.statistics.proportions import clopper_pearson, wilson

    fine = [number / 200 for number in range(100, 199)]
    for name, interval in (("Wilson", wilson), ("Clopper-Pearson", clopper_pearson)):
        covered = {n: [_of_share(interval, n, share) for share in fine] for n in SIZES}
        for n in SIZES:
            yield f"{name}, exact", "a share, mean of true shares 0.5 to 0.99", sum(covered[n]) / len(fine)
        for n in SIZES:
            yield f"{name}, exact", "the worst of these true shares", min(covered[n])


def _of_share(interval: Callable[[int, int], Any], n: int, share: float) -> float:
    total = 0.0
    for k in range(n + 1):
        found = _bounds(interval, k, n)
        if found[0] <= share <= found[1]:
            total += math.comb(n, k) * share**k * (1 - share) ** (n - k)
    return total


@cache
def _bounds(interval: Callable[[int, int], Any], k: int, n: int) -> tuple[float, float]:
    found = interval(k, n)
    return found.low, found.high


def _cases() -> Iterator[Case]:
    yield from _paired_shares()
    yield from _clustered()
    yield from _ratios()
    yield from _macros()


def _paired_shares() -> Iterator[Case]:
    from clinft.statistics.paired import newcombe_paired

    for discordance, loss in ((0.05, 0.0), (0.1, 0.02), (0.2, 0.0), (0.3, 0.1)):
        cells = ((discordance - loss) / 2, (discordance + loss) / 2)
        where = f"difference {-loss:g}, {100 * discordance:g} % discordant"

        def tango_of(n: int, rng: Any, cells: Any = cells, loss: float = loss) -> tuple[float, float, float]:
            won, lost, _ = rng.multinomial(n, [*cells, 1 - sum(cells)])
            return (*_tango(int(won), int(lost), n), -loss)

        def newcombe_of(
            n: int, rng: Any, cells: Any = cells, loss: float = loss
        ) -> tuple[float, float, float]:
            rest = 1 - sum(cells)
            both, won, lost, neither = rng.multinomial(n, [0.8 * rest, *cells, 0.2 * rest])
            found = newcombe_paired(int(both), int(won), int(lost), int(neither))
            return found.low, found.high, -loss

        yield Case("Tango, paired shares", where, tango_of)
        yield Case("Newcombe, paired shares", where, newcombe_of)


@cache
def _tango(won: int, lost: int, n: int) -> tuple[float, float]:
    from clinft.statistics.paired import Unit, tango

    found = tango([Unit(1, 0, 1)] * won + [Unit(0, 1, 1)] * lost + [Unit(0, 0, 1)] * (n - won - lost))
    return found.low, found.high


def _clustered() -> Iterator[Case]:
    """Items of one cluster share their fate half of the time."""
    import numpy as np

    from clinft.statistics.paired import Unit, tango

    for discordance in (0.1, 0.3):

        def interval(n: int, rng: Any, share: float = discordance) -> tuple[float, float, float]:
            k = n // CLUSTER
            chance = [share / 2, share / 2, 1 - share]
            own = rng.choice([1, -1, 0], p=chance, size=(k, CLUSTER))
            common = rng.choice([1, -1, 0], p=chance, size=(k, 1))
            fate = np.where(rng.random((k, CLUSTER)) < 0.5, common, own).tolist()
            found = tango([Unit(row.count(1), row.count(-1), CLUSTER) for row in fate])
            return found.low, found.high, 0.0

        yield Case(
            "Tango with design effect", f"clusters of {CLUSTER}, {100 * discordance:g} % discordant", interval
        )


def _ratios() -> Iterator[Case]:
    """Unsupported over all claims of two systems: counts that vary from item to item."""
    import numpy as np

    from clinft.statistics.paired_resampling import Sums, paired_interval

    for rate, size in ((0.03, 1), (0.15, 1), (0.15, CLUSTER)):

        def interval(n: int, rng: Any, rate: float = rate, size: int = size) -> tuple[float, float, float]:
            k = n // size
            sides = []
            hard = rng.beta(1.0, 1.0 / rate - 1.0, size=(k, 1))
            for _ in range(2):
                claims = 1 + rng.poisson(5.0, size=(k, size))
                wrong = rng.binomial(claims, hard * np.ones((k, size)))
                sides.append(np.column_stack((wrong.sum(axis=1), claims.sum(axis=1))).astype(float))
            outcomes = _Quick(Sums(sides[0], sides[1], lambda sums: sums[..., 0] / sums[..., 1]))
            found, _ = paired_interval(outcomes, n, 0.95, 1.0)
            return found.low, found.high, 0.0

        where = f"ratio of sums near {rate:g}" + (f", clusters of {size}" if size > 1 else "")
        yield Case("Paired bootstrap and jackknife", where, interval)


class _Quick:
    """The same outcomes with fewer draws."""

    def __init__(self, outcomes: Any) -> None:
        self.counts, self.differing, self.draws = outcomes.counts, outcomes.differing, DRAWS
        self.weighted, self.swapped = outcomes.weighted, outcomes.swapped


def _answers(n: int, accuracy: float, rng: Any) -> tuple[list[str], list[str], list[str]]:
    """Targets with unequal shares, and two systems that are right together more often than by chance."""
    targets = rng.choice(list(LABELS), p=[0.4, 0.3, 0.2, 0.1], size=n).tolist()
    common = rng.random(n) < 0.5
    fate = rng.random(n) < accuracy
    sides = []
    for _ in range(2):
        right = [
            bool(f if c else own) for f, c, own in zip(fate, common, rng.random(n) < accuracy, strict=True)
        ]
        other = rng.integers(1, 4, size=n).tolist()
        sides.append([
            target if hit else LABELS[(LABELS.index(target) + step) % 4]
            for target, hit, step in zip(targets, right, other, strict=True)
        ])  # fmt: skip
    return targets, sides[0], sides[1]


def _macros() -> Iterator[Case]:
    from clinft.statistics.paired_resampling import Counted, paired_interval
    from clinft.statistics.per_label import macro

    for accuracy in (0.7, 0.85, 0.95):

        def interval(n: int, rng: Any, accuracy: float = accuracy) -> tuple[float, float, float]:
            targets, one, two = _answers(n, accuracy, rng)
            rows = [[[pair] for pair in zip(targets, said, strict=True)] for said in (one, two)]
            outcomes = _Quick(Counted(rows[0], rows[1], macro("macro_f1", targets)))
            found, _ = paired_interval(outcomes, n, 0.95, 1.0)
            return found.low, found.high, 0.0

        yield Case("Paired bootstrap and jackknife", f"macro-F1, accuracy {accuracy:g}", interval, 0.5)


if __name__ == "__main__":
    main()
