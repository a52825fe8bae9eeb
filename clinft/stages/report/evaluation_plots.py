"""Plots of an evaluation as SVG: before and after, classes, confusion, reliability."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, LabelResult, SystemResult
from clinft.stages.report import numbers, words
from clinft.stages.report.plots import BLUE, GREY, ORANGE, drawing, say_missing, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# More rows are not told apart on a page; the table has all.
MOST_CLASSES = 40
MOST_CELLS = 25
# A confusion of one colour: light where few, dark where many.
SHADES = "Blues"
DARK = 0.6

ALT = {
    "plots/accuracy.svg": "Main metric of each system with its interval, as in the table above",
    "plots/before_after.svg": "Base and tuned model: each metric with its interval",
    "plots/classes.svg": "Recall of each class with its interval",
    "plots/confusion.svg": "Right answers against the model's answers",
    "plots/reliability.svg": "How often the model is right where it is so and so sure",
}


def shown(evaluation: EvaluationReport) -> dict[str, str]:
    """File name to the text for those who do not see it."""
    made = ("plots/accuracy.svg", *render(evaluation, draw=False))
    return {name: ALT[name] for name in ALT if name in made}


def render(evaluation: EvaluationReport, *, draw: bool = True) -> dict[str, str]:
    """`draw` False: the names alone."""
    result = words.primary(evaluation)
    scored = next((one for one in evaluation.systems if one.system == "tuned" and one.reliability), None)
    plots: dict[str, Callable[[], str]] = {}
    if pairs := _pairs(evaluation):
        plots["plots/before_after.svg"] = lambda: before_after(evaluation, pairs)
    if result is not None and result.labels:
        plots["plots/classes.svg"] = lambda: classes(result.labels)
    if result is not None and result.confusion:
        plots["plots/confusion.svg"] = lambda: confusion(result)
    if scored is not None:
        plots["plots/reliability.svg"] = lambda: reliability(scored)
    return {name: plot() if draw else "" for name, plot in plots.items()}


Pair = tuple[str, Interval, Interval]


def _pairs(evaluation: EvaluationReport) -> list[Pair]:
    """Metric, base and tuned, read in the same way; of the strongest base: its prompt where it has one."""
    tuned = words.primary(evaluation)
    if tuned is None:
        return []
    bases = [
        one for one in evaluation.systems if one.scoring == tuned.scoring and one.system.startswith("base")
    ]
    if not bases:
        return []
    base = bases[-1]
    found = []
    for measured in tuned.metrics:
        other = words.find_metric(base, measured.metric)
        if (
            measured.interval
            and other
            and other.interval
            and _on_unit_scale(measured.interval, other.interval)
        ):
            found.append((measured.metric, other.interval, measured.interval))
    return found


def _on_unit_scale(*intervals: Interval) -> bool:
    return all(one.low >= 0.0 and one.high <= 1.0 for one in intervals)


def before_after(evaluation: EvaluationReport, pairs: Sequence[Pair]) -> str:
    with drawing(height_inches=1.6 + 0.55 * len(pairs)) as figure:
        axes = figure.add_subplot()
        for place, (_, before, after) in enumerate(pairs):
            _bar(axes, place - 0.12, before, GREY, "s", "base model" if place == 0 else None)
            _bar(axes, place + 0.12, after, BLUE, "o", "tuned model" if place == 0 else None)
        axes.set_yticks(range(len(pairs)), [words.metric(name) for name, _, _ in pairs])
        axes.set_ylim(len(pairs) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xlabel(f"measured on the test split (n = {evaluation.n:,})")
        axes.set_title("Before and after training", loc="left", fontweight="bold")
        axes.grid(axis="x", color="#dddddd")
        axes.legend(frameon=False, loc="best")
        return svg(figure)


def classes(labels: Sequence[LabelResult]) -> str:
    known = labels[:MOST_CLASSES]
    with drawing(height_inches=1.4 + 0.32 * len(known)) as figure:
        axes = figure.add_subplot()
        axes.barh(range(len(known)), [row.recall.value for row in known], color="#9ecae1", height=0.6)
        for place, row in enumerate(known):
            _bar(axes, place, row.recall, BLUE, "o", None)
        axes.set_yticks(range(len(known)), [f"{row.label} (n = {row.support:,})" for row in known])
        axes.set_ylim(len(known) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xlabel("recall of the tuned model")
        axes.set_title("Recall of each class", loc="left", fontweight="bold")
        axes.grid(axis="x", color="#dddddd")
        return svg(figure)


def confusion(result: SystemResult) -> str:
    """Shares of each right answer; the empty name stands for answers that cannot be read."""
    targets = sorted(result.confusion)
    said = [*targets, *sorted({name for row in result.confusion.values() for name in row} - {*targets, ""})]
    if any("" in row for row in result.confusion.values()):
        said.append("")
    with drawing(height_inches=1.8 + 0.36 * len(targets)) as figure:
        axes = figure.add_subplot()
        if len(said) > MOST_CELLS:
            say_missing(axes, f"missing: {len(said)} answers are too many to draw; the table has them")
            axes.set_axis_off()
            return svg(figure)
        shares = []
        for target in targets:
            row = result.confusion[target]
            total = sum(row.values())
            shares.append([row.get(name, 0) / total if total else 0.0 for name in said])
        axes.imshow(shares, cmap=SHADES, vmin=0.0, vmax=1.0, aspect="auto")
        for line, target in enumerate(targets):
            for column, name in enumerate(said):
                if count := result.confusion[target].get(name, 0):
                    colour = "white" if shares[line][column] > DARK else "black"
                    axes.text(column, line, f"{count:,}", ha="center", va="center", color=colour, fontsize=9)
        axes.set_xticks(range(len(said)), [name or "(unreadable)" for name in said], rotation=45, ha="right")
        axes.set_yticks(range(len(targets)), targets)
        axes.set_xlabel("the model's answer")
        axes.set_ylabel("right answer")
        axes.set_title("Confusion, in items; shade: share of the row", loc="left", fontweight="bold")
        return svg(figure)


def reliability(result: SystemResult) -> str:
    bins = result.reliability
    with drawing(height_inches=4.2) as figure:
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1.2, label="perfectly calibrated")
        lengths = [
            [max(0.0, one.right.value - one.right.low) for one in bins],
            [max(0.0, one.right.high - one.right.value) for one in bins],
        ]
        axes.errorbar(
            [one.confidence for one in bins], [one.right.value for one in bins], yerr=lengths,
            color=ORANGE, marker="o", linewidth=0, elinewidth=2, capsize=4, label="tuned model",
        )  # fmt: skip
        for one in bins:
            axes.annotate(f"n = {one.n:,}", (one.confidence, one.right.low), (0, -12), ha="center",
                          textcoords="offset points", fontsize=8, annotation_clip=False)  # fmt: skip
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel("confidence in the likeliest label")
        axes.set_ylabel("share that is right")
        axes.set_title("Reliability", loc="left", fontweight="bold")
        axes.grid(color="#dddddd")
        axes.legend(frameon=False, loc="upper left")
        return svg(figure)


def _bar(axes: "Axes", place: float, found: Interval, colour: str, marker: str, label: str | None) -> None:
    lengths = [[max(0.0, found.value - found.low)], [max(0.0, found.high - found.value)]]
    axes.errorbar(
        [found.value], [place], xerr=lengths, color=colour, marker=marker, markersize=6, capsize=3,
        linewidth=2, clip_on=False, label=label,
    )  # fmt: skip
    axes.annotate(
        numbers.interval(found), (1.0, place), (8, 0), va="center", fontsize=8, color=colour,
        xycoords=("axes fraction", "data"), textcoords="offset points", annotation_clip=False,
    )  # fmt: skip
