"""What a month costs at each volume: the best prompt, the tuned model, and where their lines cross."""

from decimal import Decimal

from clinft.artifacts.assessment import BreakEven

# The same figure and the same bytes as the plots of a run.
from clinft.stages.report.plots import BLUE, GREY, ORANGE, drawing, say_missing, svg

UNITS = ((10**9, "B"), (10**6, "M"), (10**3, "k"))
POINTS = 120
# Decades beyond the volumes that were asked for, so that a line does not end at its last point.
FEWEST, MOST = 10, 10**9


def monthly_cost(found: BreakEven) -> str:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    with drawing(height_inches=4.0) as figure:
        axes = figure.add_subplot()
        axes.set_title("Cost of a month", loc="left", fontweight="bold")
        axes.set_xlabel("requests a month")
        axes.set_ylabel("USD a month")
        volumes = _volumes(found)
        prompt = [volume * float(found.prompt_usd_per_request) for volume in volumes]
        fixed, each = float(found.tuned_usd_per_month), float(found.tuned_usd_per_request)
        tuned = [fixed + volume * each for volume in volumes]
        if not any(prompt) or not any(tuned):
            say_missing(axes, "missing: one of the two ways costs nothing that is known")
            return svg(figure)
        # A line at 0 has no place on a logarithmic axis.
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.plot(volumes, prompt, color=BLUE, linewidth=2, label="best prompt")
        label = "tuned model" if found.probability_basis == "measured" else "tuned model, errors assumed"
        axes.plot(volumes, tuned, color=ORANGE, linewidth=2, linestyle="--", label=label)
        crossing = found.requests_per_month
        if crossing is not None and volumes[0] <= crossing <= volumes[-1]:
            cost = crossing * float(found.prompt_usd_per_request)
            late = crossing**2 > volumes[0] * volumes[-1]
            axes.axvline(crossing, color=GREY, linewidth=1, linestyle=":")
            axes.plot([crossing], [cost], color=GREY, marker="o", markersize=7)
            axes.annotate(
                f"break-even: {crossing:,} a month", (crossing, 0.02), (-6 if late else 6, 0),
                ha="right" if late else "left",
                xycoords=("data", "axes fraction"), textcoords="offset points", color=GREY, fontsize=10,
            )  # fmt: skip
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(base=10, numticks=9))
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        axes.grid(color="#dddddd")
        axes.legend(frameon=False, loc="upper left")
        return svg(figure)


def short(value: float) -> str:
    """1.5k, 20M, 0.01: as few characters as a tick has room for."""
    for unit, letter in UNITS:
        if value >= unit:
            return f"{value / unit:g}{letter}"
    return f"{value:g}"


def _volumes(found: BreakEven) -> list[float]:
    """Evenly spread over the decades of the volumes and of the break-even."""
    asked = [one.requests_per_month for one in found.volumes if one.requests_per_month > 0]
    crossing = found.requests_per_month
    near = [crossing // 3, crossing * 3] if crossing is not None and 0 < crossing <= MOST else []
    low = max(FEWEST, min([*asked, *near], default=FEWEST))
    high = max(low * 10, *asked, *near) if asked or near else low * 1000
    steps = Decimal(high) / Decimal(low)
    ratio = float(steps) ** (1 / (POINTS - 1))
    return [low * ratio**step for step in range(POINTS - 1)] + [float(high)]
