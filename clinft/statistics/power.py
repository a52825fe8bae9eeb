"""How many items a question needs, and how small a difference a set can show."""

import math
from functools import cache
from statistics import NormalDist
from typing import Any

from clinft.statistics.proportions import wilson_bounds

# With more pairs the normal approximation is as good as the exact sum, and quick.
MOST_EXACT = 5000
HALVINGS = 20
NEGLIGIBLE, ROUNDING = 1e-9, 1e-9
# Beyond this no test set of a project grows.
MOST_ITEMS = 10_000_000


def _z(alpha: float, power: float) -> float:
    normal = NormalDist()
    return normal.inv_cdf(1.0 - alpha) + normal.inv_cdf(power)


def items_for_margin(discordance: float, margin: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Pairs needed to show that equal systems differ by less than `margin`.

    One-sided `alpha`; `discordance` is the share of items on which the two disagree, or the variance of
    the difference of one item where that is not yes or no (Miller 2024, arXiv 2411.00640).
    """
    if margin <= 0.0:
        raise ValueError("no number of items rules out a loss of nothing")
    return math.ceil(_z(alpha, power) ** 2 * discordance / margin**2)


def smallest_detectable(n: int, discordance: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """The loss that `n` pairs would show with that power, one-sided; a proportion."""
    if n <= 0:
        raise ValueError("there are no items")
    return min(1.0, _z(alpha, power) * math.sqrt(discordance / n))


def items_for_proportion(expected: float, bound: float, confidence: float = 0.95) -> int | None:
    """Smallest n whose Wilson interval around `expected` leaves out `bound`; None where they are equal."""
    if math.isclose(expected, bound):
        return None
    low, high = 1, 1
    while not _leaves_out(expected, bound, high, confidence):
        low, high = high, high * 2
        if high > MOST_ITEMS:
            return None
    while low < high:
        middle = (low + high) // 2
        if _leaves_out(expected, bound, middle, confidence):
            high = middle
        else:
            low = middle + 1
    return high


def _leaves_out(expected: float, bound: float, n: int, confidence: float) -> bool:
    low, high = wilson_bounds(expected * n, n, confidence)
    return not low <= bound <= high


def failing_power(n: int, loss: float, discordance: float, margin: float = 0.0, alpha: float = 0.05) -> float:
    """How often `n` yes-or-no pairs show a true loss: as large as `margin` and with mid-p at most `alpha`.

    Exact: over all numbers of discordant pairs, and of lost ones among them (McNemar's test with mid-p).
    `discordance`: share of items that the two answer differently; at least the loss.
    """
    import numpy as np

    if n <= 0:
        raise ValueError("there are no items")
    discordance = min(1.0, max(discordance, abs(loss)))
    if discordance == 0.0:
        return 0.0
    share_lost = (discordance + loss) / (2.0 * discordance)
    total = 0.0
    chances = _binomial(n, discordance)
    for pairs in np.nonzero(chances > NEGLIGIBLE)[0].tolist():
        # Of so many discordant pairs as many must be lost for either condition.
        least = max(_fewest_lost(pairs, alpha), math.ceil((pairs + margin * n - ROUNDING) / 2.0))
        total += float(chances[pairs]) * float(_binomial(pairs, share_lost)[least:].sum())
    return min(1.0, total)


def detectable_loss(
    n: int, discordance: float, margin: float = 0.0, alpha: float = 0.05, power: float = 0.8
) -> float:
    """The smallest true loss that `failing_power` sees with that power; 1 where it sees none."""
    if n > MOST_EXACT:
        return max(smallest_detectable(n, discordance, alpha, power), margin + _z_of(power, n, discordance))
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        enough = failing_power(n, middle, discordance, margin, alpha) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


def _z_of(power: float, n: int, discordance: float) -> float:
    """What a loss needs above the margin to be found as large as the margin so often."""
    return NormalDist().inv_cdf(power) * math.sqrt(discordance / n)


def passing_power(n: int, discordance: float, margin: float, confidence: float = 0.95) -> float:
    """How often Tango's interval of `n` pairs clears the margin where the two systems are equally good.

    Exact: over all numbers of discordant pairs, and of lost ones among them.
    """
    import numpy as np

    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    chances = _binomial(n, discordance)
    total = 0.0
    for pairs in np.nonzero(chances > NEGLIGIBLE)[0].tolist():
        lost = np.arange(pairs + 1)
        score = _tango_score(pairs - lost, lost, n, -margin)
        total += float(chances[pairs]) * float(_binomial(pairs, 0.5)[score > z].sum())
    return min(1.0, total)


def _tango_score(won: Any, lost: Any, n: int, difference: float) -> Any:
    """As in `paired`, of many outcomes at once; `difference` is no bound of its range."""
    import numpy as np

    b = -won - lost + (2.0 * n - won + lost) * difference
    c = -lost * difference * (1.0 - difference)
    share_lost = (np.sqrt(np.maximum(0.0, b * b - 8.0 * n * c)) - b) / (4.0 * n)
    return (won - lost - n * difference) / np.sqrt(n * (2.0 * share_lost + difference * (1.0 - difference)))


def items_to_pass(discordance: float, margin: float, confidence: float = 0.95, power: float = 0.8) -> int:
    """Pairs whose interval clears the margin for equal systems with that power.

    The normal formula (`items_for_margin`) asks for too few where the two seldom differ: at a discordance
    of 5 % and a margin of 5 points its 157 items reach 67 % (docs/regress.md).
    """
    rough = items_for_margin(discordance, margin, (1.0 - confidence) / 2.0, power)
    if rough > MOST_EXACT or margin >= 1.0:
        return rough
    low, high = 1, rough
    while passing_power(high, discordance, margin, confidence) < power:
        low, high = high, high + max(1, high // 4)
    while high - low > max(1, high // 200):
        middle = (low + high) // 2
        enough = passing_power(middle, discordance, margin, confidence) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high


@cache
def _fewest_lost(pairs: int, alpha: float) -> int:
    """Of so many discordant pairs; more than there are where no number is significant."""
    import numpy as np

    chances = _binomial(pairs, 0.5)
    above = np.cumsum(chances[::-1])[::-1]
    significant = np.nonzero(above - chances / 2.0 <= alpha)[0]
    return int(significant[0]) if len(significant) else pairs + 1


def _binomial(n: int, share: float) -> Any:
    """P(X = k) for k from 0 to n."""
    import numpy as np

    if share >= 1.0:
        return np.eye(1, n + 1, n)[0]
    if share <= 0.0:
        return np.eye(1, n + 1)[0]
    logs = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, n + 1)))))
    k = np.arange(n + 1)
    return np.exp(logs[n] - logs - logs[::-1] + k * math.log(share) + (n - k) * math.log1p(-share))
