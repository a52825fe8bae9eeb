"""The power of the regression gate, predicted by clinft and simulated; part of bench/regress_null.py."""

import argparse
from collections.abc import Callable, Sequence
from functools import cache

SIZES = (50, 100, 200, 500, 1000)
MARGIN, ALPHA = 0.02, 0.05
# Whether n items with so many lost and won are a FAIL.
Fails = Callable[[int, int, int], bool]


def power(shares: Sequence[tuple[str, float]], fails: Fails, options: argparse.Namespace) -> list[str]:
    """Discordant items, as many as a real pair has, are lost more often than won: how often is it a FAIL?

    `shares`: a name and the share of discordant items.
    """
    import numpy as np

    from clinft.statistics.power import detectable_loss, failing_power, smallest_detectable

    rng = np.random.default_rng(options.seed + 2)
    lines = [
        "| pair | n | true loss | predicted | simulated | normal formula's loss for 80 % |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    apart = 0.0
    for name, share in shares:
        for n in SIZES:
            shown = detectable_loss(n, share, MARGIN, ALPHA)
            for loss in (shown, 0.05):
                discordance = max(share, loss)
                expected = failing_power(n, loss, discordance, MARGIN, ALPHA)
                pairs = rng.binomial(n, discordance, size=options.runs)
                lost = rng.binomial(pairs, (discordance + loss) / (2.0 * discordance))
                found = np.mean([fails(n, int(a), int(b)) for a, b in zip(lost, pairs - lost, strict=True)])
                apart = max(apart, abs(float(found) - expected))
                lines.append(
                    f"| {name} | {n:,} | {loss:.3f} | {expected:.1%} | {found:.1%} | "
                    f"{smallest_detectable(n, share):.3f} |"
                )
    return [
        "**Power.** Predicted by `statistics/power.py` (exact, margin included), and simulated.",
        "\n".join(lines),
        f"Largest distance of predicted and simulated: {100 * apart:.1f} points.",
    ]


def passes(options: argparse.Namespace) -> list[str]:
    """As many items as `n needed` says: are equal models shown equal in 80 % of comparisons?"""
    import numpy as np

    from clinft.statistics.power import items_for_margin, items_to_pass, passing_power

    rng = np.random.default_rng(options.seed + 3)
    lines = [
        "| discordant | margin | items needed | PASS, predicted | simulated | items by the normal formula |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    apart = 0.0
    for share in (0.05, 0.1, 0.2):
        for margin in (0.02, 0.05):
            n = items_to_pass(share, margin)
            expected = passing_power(n, share, margin)
            pairs = rng.binomial(n, share, size=min(options.runs, 2000))
            lost = rng.binomial(pairs, 0.5)
            found = np.mean(
                [_low(n, int(b), int(a)) > -margin for a, b in zip(lost, pairs - lost, strict=True)]
            )
            apart = max(apart, abs(float(found) - expected))
            lines.append(
                f"| {share:g} | {margin:g} | {n:,} | {expected:.1%} | {found:.1%} | "
                f"{items_for_margin(share, margin, alpha=0.025):,} |"
            )
    return [
        "**Items needed.** At that many, how often does the lower bound clear the margin for equal models?",
        "\n".join(lines),
        f"Largest distance of predicted and simulated: {100 * apart:.1f} points.",
    ]


@cache
def _low(n: int, won: int, lost: int) -> float:
    from clinft.statistics.paired import Unit, tango

    return tango([Unit(1, 0, 1)] * won + [Unit(0, 1, 1)] * lost + [Unit(0, 0, 1)] * (n - won - lost)).low
