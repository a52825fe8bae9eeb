"""Metrics at their edges, and what all of them have in common."""

import importlib
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult
from clinft.metrics import TABLE
from clinft.metrics.metric import Question
from clinft.statistics.proportions import clopper_pearson, wilson
from tests.fakes.specs import LABELS

A, B, C, D = LABELS
CLOSED, GENERATED = "closed_labels", "generated_text"
Answered = tuple[str, str | None]


def row(
    target: str, prediction: str | None, scoring: str = GENERATED, nll: float = 1.0, tokens: int = 2
) -> ItemResult:
    scored = scoring == CLOSED
    return ItemResult(
        item="test-0001",
        item_sha256="0" * 64,
        system="tuned",
        scoring=scoring,
        target=target,
        prediction=prediction,
        correct=prediction == target,
        answer_nll_nats=nll if scored else None,
        answer_tokens=tokens if scored else None,
    )


def rows(*answered: Answered) -> list[ItemResult]:
    return [row(target, prediction) for target, prediction in answered]


def measure(
    slug: str, items: list[ItemResult], critical: tuple[str, ...] = (), confidence: float = 0.95
) -> Interval:
    found = TABLE[slug].measure(items, Question(LABELS, critical, items[0].scoring, confidence))
    assert isinstance(found, Interval), found
    return found


def missing(slug: str, items: list[ItemResult], critical: tuple[str, ...] = ()) -> str:
    found = TABLE[slug].measure(items, Question(LABELS, critical, items[0].scoring, 0.95))
    assert isinstance(found, str)
    return found


# A: hits 2 of 3, answered twice. B: hits 2 of 2, answered three times. C: never answered. D: answered, never right.
BY_HAND = rows((A, A), (A, A), (A, B), (B, B), (B, B), (C, D), (C, None))


@pytest.mark.parametrize("slug", TABLE)
def test_one_slug_names_module_and_metric(slug: str) -> None:
    module = importlib.import_module(f"clinft.metrics.{slug}")
    assert module.METRIC is TABLE[slug]
    assert module.__doc__


def test_accuracy() -> None:
    assert measure("accuracy", BY_HAND) == wilson(4, 7, 0.95)


@pytest.mark.parametrize(
    ("slug", "of_a", "of_b"),
    [
        ("macro_precision", 1.0, 2 / 3),
        ("macro_recall", 2 / 3, 1.0),
        ("macro_f1", 2 * 2 / (3 + 2), 2 * 2 / (2 + 3)),
    ],
)
def test_macro_metrics_average_the_labels_of_the_split_and_count_none_as_zero(
    slug: str, of_a: float, of_b: float
) -> None:
    found = measure(slug, BY_HAND)
    # C has support and no hit: 0. D has no support: left out, though it was answered.
    assert found.value == pytest.approx((of_a + of_b + 0.0) / 3)
    assert found.n == 7
    assert found.method == "percentile bootstrap, 2,000 resamples"


def test_macro_f1_of_perfect_answers_is_one_and_resamples_may_lack_a_label() -> None:
    found = measure("macro_f1", rows(*[(A, A)] * 12, (B, B)))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == 0.5  # more than one resample in forty lacks the only B


def test_parse_failures_are_answers_that_are_no_label() -> None:
    assert measure("parse_failure_rate", BY_HAND) == wilson(1, 7, 0.95)


def test_perplexity_is_of_all_tokens_not_the_mean_of_items() -> None:
    items = [row(A, A, CLOSED, 0.0, 3), row(B, A, CLOSED, 4 * math.log(2), 1)]
    found = measure("perplexity", items)
    assert found.value == pytest.approx(2.0)
    assert found.low == pytest.approx(1.0)
    assert found.high == pytest.approx(16.0)


def test_perplexity_of_a_hopeless_model_is_still_a_number() -> None:
    assert math.isfinite(measure("perplexity", [row(A, B, CLOSED, 1e9, 1)]).value)


def test_critical_recall_counts_the_critical_targets_only() -> None:
    assert measure("critical_recall", BY_HAND, critical=(A, C)) == clopper_pearson(2, 5, 0.95)


@pytest.mark.parametrize("critical", [(), (D,)])
def test_critical_recall_is_missing_without_critical_items(critical: tuple[str, ...]) -> None:
    assert "critical_labels" in missing("critical_recall", BY_HAND, critical)


@pytest.mark.parametrize("slug", TABLE)
def test_better_answers_are_a_better_value(slug: str) -> None:
    scoring = CLOSED if slug == "perplexity" else GENERATED
    good = [row(label, label, scoring, 0.1) for label in LABELS * 3]
    bad = [row(label, None, scoring, 5.0) for label in LABELS * 3]
    better, worse = measure(slug, good, LABELS).value, measure(slug, bad, LABELS).value
    assert (better > worse) is TABLE[slug].higher_is_better
    assert better != worse


@pytest.mark.parametrize("slug", TABLE)
def test_more_confidence_is_a_wider_interval(slug: str) -> None:
    scoring = CLOSED if slug == "perplexity" else GENERATED
    said = [(None, D, label, label, label, label, label)[n % 7] for n, label in enumerate(LABELS * 10)]
    items = [
        row(label, said[number], scoring, nll=1.0 + number % 7) for number, label in enumerate(LABELS * 10)
    ]
    narrow, wide = (measure(slug, items, LABELS, confidence) for confidence in (0.8, 0.99))
    assert narrow.confidence == 0.8
    assert wide.low < narrow.low < narrow.high < wide.high


answered = st.lists(
    st.tuples(
        st.sampled_from(LABELS),
        st.sampled_from((*LABELS, None)),
        st.floats(0.0, 60.0).map(lambda nll: round(nll, 6)),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("scoring", [CLOSED, GENERATED])
@pytest.mark.parametrize("slug", TABLE)
@settings(max_examples=8, deadline=None)
@given(drawn=answered, seed=st.integers(0, 99))
def test_every_metric_keeps_its_bounds_and_ignores_the_order(
    slug: str, scoring: str, drawn: list[tuple[str, str | None, float, int]], seed: int
) -> None:
    items = [row(target, said, scoring, nll, tokens) for target, said, nll, tokens in drawn]
    question = Question(LABELS, LABELS[:2], scoring, 0.95)
    found = TABLE[slug].measure(items, question)
    mixed = random.Random(seed).sample(items, len(items))
    again = TABLE[slug].measure(mixed, question)
    assert again == found
    if isinstance(found, str):
        assert found
        return
    lowest, highest = (1.0, math.inf) if slug == "perplexity" else (0.0, 1.0)
    assert lowest <= found.low <= found.value <= found.high <= highest
    assert 1 <= found.n <= len(items)
