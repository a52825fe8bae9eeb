"""One contract over all metrics, and each by hand."""

import math
import random
from typing import get_args

import pytest

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult
from clinft.metrics import TABLE
from clinft.metrics.metric import Question
from clinft.spec.evaluation import MetricName

LABELS = ("a", "b", "c")
CLOSED = Question(LABELS, ("a",), "closed_labels", 0.95)
GENERATED = Question(LABELS, ("a",), "generated_text", 0.95)


def item(number: int, target: str, prediction: str | None, nll: float | None = None) -> ItemResult:
    return ItemResult(
        item=f"i{number}",
        item_sha256=f"{number:064x}",
        system="tuned",
        scoring="closed_labels" if nll is not None else "generated_text",
        target=target,
        prediction=prediction,
        correct=target == prediction,
        answer_nll_nats=nll,
        answer_tokens=None if nll is None else 2,
    )


# a: 3 of 4 right; b: 1 of 2; c: 0 of 2, one of them no label at all.
OUTCOMES = [("a", "a")] * 3 + [("a", "b"), ("b", "b"), ("b", "a"), ("c", None), ("c", "a")]
FREE = [item(number, target, said) for number, (target, said) in enumerate(OUTCOMES)]
SCORED = [item(number, target, said or "b", math.log(4)) for number, (target, said) in enumerate(OUTCOMES)]


def value(name: str, items: list[ItemResult], question: Question) -> float:
    measured = TABLE[name].measure(items, question)
    assert isinstance(measured, Interval), measured
    return measured.value


def test_the_table_holds_the_names_of_the_spec() -> None:
    assert set(TABLE) == set(get_args(MetricName))


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize(("items", "question"), [(FREE, GENERATED), (SCORED, CLOSED)], ids=("free", "closed"))
def test_a_metric_gives_an_interval_or_says_why_not(
    name: str, items: list[ItemResult], question: Question
) -> None:
    measured = TABLE[name].measure(items, question)
    if isinstance(measured, str):
        assert len(measured) > 10
        return
    assert measured.low <= measured.value <= measured.high
    assert measured.confidence == 0.95
    assert measured.method
    shuffled = random.Random(2).sample(items, len(items))
    assert TABLE[name].measure(shuffled, question) == measured


def test_values_worked_by_hand() -> None:
    assert value("accuracy", FREE, GENERATED) == 4 / 8
    assert value("parse_failure_rate", FREE, GENERATED) == 1 / 8
    assert value("critical_recall", FREE, GENERATED) == 3 / 4
    assert value("macro_recall", FREE, GENERATED) == pytest.approx((3 / 4 + 1 / 2 + 0) / 3)
    assert value("macro_precision", FREE, GENERATED) == pytest.approx((3 / 5 + 1 / 2 + 0) / 3)
    assert value("macro_f1", FREE, GENERATED) == pytest.approx((6 / 9 + 2 / 4 + 0) / 3)
    # ln 4 nats over two tokens each: two equally likely choices per token.
    assert value("perplexity", SCORED, CLOSED) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("name", "items", "question", "why"),
    [
        ("perplexity", FREE, GENERATED, "only where labels are scored"),
        ("parse_failure_rate", SCORED, CLOSED, "always one of the labels"),
        ("critical_recall", FREE, Question(LABELS, (), "generated_text", 0.95), "critical_labels"),
    ],
)
def test_what_cannot_be_measured_is_said(
    name: str, items: list[ItemResult], question: Question, why: str
) -> None:
    measured = TABLE[name].measure(items, question)
    assert isinstance(measured, str)
    assert why in measured


def test_better_is_named_right() -> None:
    worse_when_higher = {name for name, metric in TABLE.items() if not metric.higher_is_better}
    assert worse_when_higher == {"perplexity", "parse_failure_rate"}
