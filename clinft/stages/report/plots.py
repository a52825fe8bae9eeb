"""The two plots of a run as SVG: the same facts give the same bytes, and no date is in them."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from clinft.artifacts.model import LossPoint
from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport
from clinft.spec.evaluation import Threshold
from clinft.stages.report import numbers, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito, "Color Universal Design", 2008: told apart under every common colour blindness.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"
BY_SCORING = {"closed_labels": (GREY, "s"), "generated_text": (BLUE, "o")}
WIDTH_INCHES = 8.0
SETTINGS = {
    # Glyphs as paths: no reader's font changes the picture.
    "svg.fonttype": "path",
    "svg.hashsalt": "clinft",
    "font.family": "DejaVu Sans",  # shipped inside matplotlib
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.1,
    "text.parse_math": False,
}


def loss(points: Sequence[LossPoint]) -> str:
    from matplotlib.ticker import MaxNLocator

    with drawing(height_inches=3.6) as figure:
        axes = figure.add_subplot()
        training = [(p.step, p.training_loss) for p in points if p.training_loss is not None]
        validation = [(p.step, p.validation_loss) for p in points if p.validation_loss is not None]
        if training:
            axes.plot(*zip(*training, strict=True), color=GREY, linewidth=1.2, label="training")
        if validation:
            axes.plot(
                *zip(*validation, strict=True), color=ORANGE, marker="o", linewidth=2, label="validation"
            )
        axes.set_title("Loss over training", loc="left", fontweight="bold")
        axes.set_xlabel("optimizer step")
        axes.set_ylabel("nats per answer token")
        if training or validation:
            axes.set_ylim(bottom=0)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(axis="y", color="#dddddd")
            axes.legend(frameon=False)
        else:
            say_missing(axes, "missing: the provider reported no loss")
        return svg(figure)


def accuracy(evaluation: EvaluationReport, thresholds: Sequence[Threshold]) -> str:
    rows = [
        (result.system, result.scoring, found.interval)
        for result in evaluation.systems
        if (found := words.find_metric(result, evaluation.main_metric)) is not None and found.interval
    ]
    main = words.metric(evaluation.main_metric)
    with drawing(height_inches=1.7 + 0.45 * max(len(rows), 1)) as figure:
        axes = figure.add_subplot()
        for place, (_, scoring, measured) in enumerate(rows):
            _interval(axes, place, scoring, measured)
        axes.set_yticks(range(len(rows)), [f"{words.system(s)}\n{words.scoring(how)}" for s, how, _ in rows])
        axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xlabel(f"{main} on the test split (n = {evaluation.n:,})")
        axes.set_title(
            f"{main[:1].upper()}{main[1:]} with its interval", loc="left", fontweight="bold", pad=24
        )
        axes.grid(axis="x", color="#dddddd")
        for threshold in thresholds:
            if threshold.metric == evaluation.main_metric and threshold.min is not None:
                axes.axvline(threshold.min, color=ORANGE, linestyle="--", linewidth=1.5)
                axes.annotate(
                    f"threshold {threshold.min:g} for the tuned model's lower end",
                    (threshold.min, 1.0), (0, 4), ha="center",
                    xycoords=("data", "axes fraction"), textcoords="offset points", color=ORANGE, fontsize=9,
                )  # fmt: skip
        if not rows:
            say_missing(axes, f"missing: {main} was not measured")
        return svg(figure)


def _interval(axes: "Axes", place: int, scoring: str, found: Interval) -> None:
    colour, marker = BY_SCORING.get(scoring, (GREY, "D"))
    # A bootstrap's interval need not hold its value; matplotlib refuses negative lengths.
    lengths = [[max(0.0, found.value - found.low)], [max(0.0, found.high - found.value)]]
    axes.errorbar(
        [found.value],
        [place],
        xerr=lengths,
        color=colour,
        marker=marker,
        markersize=7,
        capsize=4,
        linewidth=2,
        clip_on=False,
    )
    axes.annotate(
        numbers.interval(found), (1.0, place), (8, 0), va="center",
        xycoords=("axes fraction", "data"), textcoords="offset points", annotation_clip=False,
    )  # fmt: skip


def say_missing(axes: "Axes", text: str) -> None:
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes)


@contextmanager
def drawing(height_inches: float) -> Iterator["Figure"]:
    """A figure under our settings alone: whoever has a matplotlibrc gets the same bytes."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")


def svg(figure: "Figure") -> str:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out = io.StringIO()
    FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
