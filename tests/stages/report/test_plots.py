"""The plots: same bytes each time, whatever the user's own matplotlib settings are."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import matplotlib
import pytest

from clinft.stages.report import evaluation_plots, plots
from tests.fakes.run_facts import evaluation, full_run_facts, model, spec

RENDERERS: dict[str, Callable[[], str]] = {
    "loss": lambda: plots.loss(model().loss),
    "accuracy": lambda: plots.accuracy(evaluation(), spec().evaluation.thresholds),
    "no loss": lambda: plots.loss(()),
    **{
        name: lambda name=name: evaluation_plots.render(full_run_facts().evaluation)[name]
        for name in evaluation_plots.ALT
        if name != "plots/accuracy.svg"
    },
    "no system": lambda: plots.accuracy(evaluation().model_copy(update={"systems": ()}), ()),
}


@pytest.mark.parametrize("name", RENDERERS)
def test_plot_has_the_same_bytes_under_any_settings(name: str) -> None:
    first = RENDERERS[name]()
    with matplotlib.rc_context():
        matplotlib.rcParams.update(
            {"font.size": 30, "axes.titlesize": 40, "svg.hashsalt": "other", "svg.fonttype": "none"}
        )
        assert RENDERERS[name]() == first
        assert matplotlib.rcParams["font.size"] == 30


@pytest.mark.parametrize("name", RENDERERS)
def test_plot_holds_no_date_no_script_and_no_address_but_namespaces(name: str) -> None:
    svg = RENDERERS[name]()

    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert re.search(r"20\d\d-\d\d-\d\d|<dc:date|<script|Matplotlib v", svg) is None
    assert "<text" not in svg


def test_plots_differ_when_the_facts_differ() -> None:
    points = model().loss

    assert plots.loss(points) != plots.loss(points[:-1])
    assert plots.accuracy(evaluation(), ()) != plots.accuracy(evaluation(), spec().evaluation.thresholds)


def test_system_name_is_never_read_as_mathematics() -> None:
    systems = evaluation().systems
    odd = systems[0].model_copy(update={"system": r"$\frac{$"})

    plots.accuracy(evaluation().model_copy(update={"systems": (odd, *systems[1:])}), ())
