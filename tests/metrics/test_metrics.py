"""One contract over all metrics, and each by hand."""

import math
import random
from collections.abc import Sequence
from typing import get_args

import pytest

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult
from clinft.metrics import TABLE
from clinft.metrics.metric import Question
from clinft.spec.evaluation import LOWER_IS_BETTER, UNBOUNDED, MetricName
from tests.fakes.metric_rows import (
    CLOSED,
    CODES,
    COUNTED,
    FREE,
    GENERATED,
    LABELS,
    OBJECTS,
    SCORED,
    SUMMARIES,
    item,
    point,
)


def measure(name: str, items: Sequence[ItemResult], question: Question) -> Interval:
    measured = TABLE[name].measure(items, question)
    assert isinstance(measured, Interval), measured
    return measured


def value(name: str, items: Sequence[ItemResult], question: Question) -> float:
    return measure(name, items, question).value


def test_the_table_holds_the_names_of_the_spec() -> None:
    assert set(TABLE) == set(get_args(MetricName))


def test_better_is_named_as_the_spec_has_it() -> None:
    assert {name for name, metric in TABLE.items() if not metric.higher_is_better} == LOWER_IS_BETTER


SETS = [
    pytest.param(FREE, GENERATED, id="free"),
    pytest.param(SCORED, CLOSED, id="closed"),
    pytest.param(COUNTED, SUMMARIES, id="summaries"),
    pytest.param(COUNTED, CODES, id="codes"),
    pytest.param(COUNTED, OBJECTS, id="objects"),
]


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize(("items", "question"), SETS)
def test_a_metric_gives_an_interval_or_says_why_not(
    name: str, items: list[ItemResult], question: Question
) -> None:
    measured = TABLE[name].measure(items, question)
    if isinstance(measured, str):
        assert len(measured) > 10
        return
    assert 0.0 <= measured.low <= measured.value <= measured.high
    assert name in UNBOUNDED or measured.high <= 1.0
    assert measured.confidence == 0.95
    assert measured.method
    assert measured.n <= len(items)
    shuffled = random.Random(2).sample(items, len(items))
    assert TABLE[name].measure(shuffled, question) == measured
    note = TABLE[name].note(items, question)
    assert note is None or TABLE[name].note(shuffled, question) == note


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("question", [GENERATED, CLOSED, SUMMARIES, CODES, OBJECTS])
def test_of_no_items_nothing_is_said(name: str, question: Question) -> None:
    assert isinstance(TABLE[name].measure([], question), str)


def test_each_metric_is_measured_somewhere_here() -> None:
    measured = {
        name
        for name, metric in TABLE.items()
        for case in SETS
        if isinstance(metric.measure(case.values[0], case.values[1]), Interval)  # type: ignore[arg-type]
    }
    # The labels a, b and c have no order of urgency but that of critical and not.
    assert measured == set(TABLE)


BY_HAND = [
    ("accuracy", FREE, GENERATED, 4 / 8),
    ("parse_failure_rate", FREE, GENERATED, 1 / 8),
    ("critical_recall", FREE, GENERATED, 3 / 4),
    # Of the four that are not critical, two are called a.
    ("over_triage_rate", FREE, GENERATED, 2 / 4),
    ("macro_recall", FREE, GENERATED, (3 / 4 + 1 / 2 + 0) / 3),
    ("macro_precision", FREE, GENERATED, (3 / 5 + 1 / 2 + 0) / 3),
    ("macro_f1", FREE, GENERATED, (6 / 9 + 2 / 4 + 0) / 3),
    ("weighted_f1", FREE, GENERATED, (4 * 6 / 9 + 2 * 2 / 4 + 0) / 8),
    # Seven labels were given, four of them right, for eight items.
    ("micro_precision", FREE, GENERATED, 4 / 7),
    ("micro_recall", FREE, GENERATED, 4 / 8),
    ("micro_f1", FREE, GENERATED, 8 / 15),
    ("exact_match", FREE, GENERATED, 4 / 8),
    ("score", FREE, GENERATED, 4 / 8),
    ("refusal_rate", FREE, GENERATED, 0.0),
    # ln 4 nats over two tokens each: two equally likely choices per token; two bits over eight bytes.
    ("perplexity", SCORED, CLOSED, 2.0),
    ("bits_per_byte", SCORED, CLOSED, 0.25),
    # Sums of squares: a and right (3), a for b (1), a for c (1), b and right (1), b for a (1), b for c (1).
    ("brier", SCORED, CLOSED, (3 * 0.26 + 0.86 + 1.26 + 0.14 + 1.14 + 1.34) / 16),
    (
        "log_loss",
        SCORED,
        CLOSED,
        -(3 * math.log(0.6) + math.log(0.3) + math.log(0.1) + math.log(0.7) + math.log(0.2) + math.log(0.1))
        / 8,
    ),
    # Bin of 0.6: five items, three right, so 0.6 is just so. Bin of 0.7: three, one right: |1/3 - 0.7|.
    ("calibration_error", SCORED, CLOSED, 3 / 8 * (0.7 - 1 / 3)),
    # a: four items with 0.6, 0.6, 0.6, 0.2 against 0.2, 0.6, 0.2, 0.6; c: all say 0.1; b: 0.7, 0.3 against ...
    ("auroc", SCORED, CLOSED, ((3 * (2 + 2 / 2) + 2 / 2) / 16 + (1 * (4 + 2 / 2) + 4 / 2) / 12 + 0.5) / 3),
    ("score", COUNTED, SUMMARIES, 0.375),
    ("micro_f1", COUNTED, CODES, 6 / 11),
    ("micro_precision", COUNTED, CODES, 3 / 6),
    ("micro_recall", COUNTED, CODES, 3 / 5),
    ("category_credit", COUNTED, CODES, 6 / 11),
    ("code_validity", COUNTED, CODES, 4 / 6),
    ("clinical_term_accuracy", COUNTED, SUMMARIES, 6 / 14),
    ("clinical_term_accuracy_relaxed", COUNTED, SUMMARIES, 8 / 14),
    ("hallucination_rate", COUNTED, SUMMARIES, 1 / 25),
    ("hallucinated_share", COUNTED, SUMMARIES, 1 / 2),
    ("omission_rate", COUNTED, SUMMARIES, 7 / 15),
    ("critical_omission_rate", COUNTED, SUMMARIES, 2 / 5),
    ("schema_validity", COUNTED, OBJECTS, 1 / 2),
    ("rouge_1", COUNTED, SUMMARIES, 0.25),
    ("rouge_2", COUNTED, SUMMARIES, 0.125),
    ("rouge_l", COUNTED, SUMMARIES, 0.2),
]


@pytest.mark.parametrize(("name", "items", "question", "wanted"), BY_HAND)
def test_values_worked_by_hand(name: str, items: list[ItemResult], question: Question, wanted: float) -> None:
    assert value(name, items, question) == pytest.approx(wanted, abs=1e-12)


def test_every_metric_is_worked_by_hand() -> None:
    assert {name for name, *_ in BY_HAND} == set(TABLE)


@pytest.mark.parametrize(
    ("name", "items", "question", "why"),
    [
        ("perplexity", FREE, GENERATED, "only where labels are scored"),
        ("bits_per_byte", FREE, GENERATED, "no log-probabilities"),
        ("parse_failure_rate", SCORED, CLOSED, "always one of the labels"),
        ("refusal_rate", SCORED, CLOSED, "no way to refuse"),
        ("critical_recall", FREE, Question(LABELS, (), "generated_text", 0.95), "critical_labels"),
        ("over_triage_rate", FREE, Question(LABELS, (), "generated_text", 0.95), "no order of urgency"),
        ("over_triage_rate", FREE[:3], GENERATED, "every item is of the most urgent"),
        ("brier", FREE, GENERATED, "no probabilities"),
        ("auroc", SCORED[:3], CLOSED, "of one label"),
        ("rouge_1", FREE, SUMMARIES, "no ROUGE values"),
        ("omission_rate", COUNTED, GENERATED, "not for task.kind classification"),
        ("omission_rate", [item(0, values={"facts": 0.0, "facts_told": 0.0})], SUMMARIES, "no item"),
        ("micro_f1", [item(0, values={"gold": 1.0, "said": 1.0, "shared": 2.0})], CODES, "contradicts"),
        ("rouge_1", [FREE[0].model_copy(update={"values": {"rouge_1": math.nan}})], SUMMARIES, "no number"),
        ("score", [item(0, score=1.5)], SUMMARIES, "no number, or contradicts"),
    ],
)
def test_what_cannot_be_measured_is_said(
    name: str, items: list[ItemResult], question: Question, why: str
) -> None:
    measured = TABLE[name].measure(items, question)
    assert isinstance(measured, str)
    assert why in measured


@pytest.mark.parametrize(
    "probabilities",
    [(math.nan, 0.5, 0.5), (math.inf, 0.0, 0.0), (0.6, 0.6, 0.6), (1.2, -0.1, -0.1), (0.0,) * 3],
)
@pytest.mark.parametrize("name", ["brier", "log_loss", "auroc", "calibration_error"])
def test_probabilities_that_are_none_are_no_figure(name: str, probabilities: tuple[float, ...]) -> None:
    items = [*SCORED, SCORED[0].model_copy(update={"probabilities": probabilities})]
    assert "add up to 1" in str(TABLE[name].measure(items, CLOSED))
    assert TABLE["calibration_error"].note(items, CLOSED) is None


@pytest.mark.parametrize("name", ["brier", "log_loss", "auroc", "calibration_error"])
def test_probabilities_of_some_items_alone_are_no_figure(name: str) -> None:
    assert "no probabilities" in str(TABLE[name].measure([*SCORED, item(9, "a", "a", 1.0)], CLOSED))


def test_a_sure_error_costs_much_and_not_without_end() -> None:
    assert value(
        "log_loss", [item(0, "a", "b", 1.0, probabilities=(0.0, 1.0, 0.0))], CLOSED
    ) == pytest.approx(-math.log(2.0**-52))


ACUITY = ("non-urgent", "immediate", "urgent")


@pytest.mark.parametrize(
    ("labels", "urgency", "pairs", "wanted"),
    [
        # The order of the words, not of the spec.
        (ACUITY, (), [("urgent", "immediate"), ("urgent", "non-urgent")], 1 / 2),
        (ACUITY, (), [("urgent", "urgent"), ("immediate", "urgent")], 0.0),
        # Two steps too urgent are one item; what cannot be read is not called anything.
        (ACUITY, (), [("non-urgent", "immediate"), ("non-urgent", None)], 1 / 2),
        # An order that is told is taken.
        (LABELS, ("c", "b", "a"), [("a", "c"), ("b", "a"), ("c", "a")], 1 / 2),
    ],
)
def test_over_triage(
    labels: tuple[str, ...],
    urgency: tuple[str, ...],
    pairs: list[tuple[str, str | None]],
    wanted: float,
) -> None:
    items = [item(number, target, said) for number, (target, said) in enumerate(pairs)]
    question = Question(labels, (), "generated_text", 0.95, urgency=urgency)
    assert value("over_triage_rate", items, question) == wanted


def test_note_of_calibration_tells_what_a_perfect_model_would_show() -> None:
    note = TABLE["calibration_error"].note(SCORED, CLOSED)
    assert note is not None
    assert "perfectly calibrated" in note
    assert "95 of 100" in note


def test_note_of_codes_tells_how_many_can_be_billed() -> None:
    assert TABLE["code_validity"].note(COUNTED, CODES) == "3 of 6 codes can be billed: leaves of the release"


def test_the_point_is_the_value() -> None:
    for name, items, question, wanted in BY_HAND:
        assert point(name, items, question) == pytest.approx(wanted, abs=1e-12)
