"""One metric of two systems: each form, and why there is no difference to tell."""

from typing import Any

import pytest

from clinft.artifacts.results import ItemResult
from clinft.metrics import TABLE
from clinft.metrics.comparing import FLIPS, MCNEMAR, Change, compared
from clinft.metrics.metric import Question
from clinft.spec.evaluation import LOWER_IS_BETTER
from tests.fakes.evaluated import CLOSED, GENERATED, items, without

QUESTION = Question(("circulatory", "respiratory", "digestive", "mental"), ("circulatory",), GENERATED, 0.95)
SUMMARIES = Question((), (), GENERATED, 0.95, kind="summarization")


def rows(right: list[bool], **update: Any) -> list[ItemResult]:
    return [row.model_copy(update=update) for row in without(items(right), CLOSED)]


def pairs(before: list[ItemResult], now: list[ItemResult]) -> list[tuple[ItemResult, ItemResult]]:
    return list(zip(before, now, strict=True))


def change(
    name: str, before: list[ItemResult], now: list[ItemResult], question: Question = QUESTION
) -> Change:
    found = compared(name, pairs(before, now), question)
    assert isinstance(found, Change), found
    return found


def test_less_is_better_means_the_same_to_spec_and_metrics() -> None:
    assert {name for name, metric in TABLE.items() if not metric.higher_is_better} == LOWER_IS_BETTER


def test_a_share_is_mcnemar_s() -> None:
    found = change("accuracy", rows([True] * 20), rows([number >= 5 for number in range(20)]))
    assert (found.baseline, found.candidate, found.worse, found.better, found.test) == (
        1.0,
        0.75,
        5,
        0,
        MCNEMAR,
    )
    assert found.p_worse == pytest.approx(0.5**6)
    assert found.independent


def test_clusters_are_flipped_as_a_whole() -> None:
    def clustered(right: list[bool]) -> list[ItemResult]:
        return [
            row.model_copy(update={"cluster": f"s{number // 5}"}) for number, row in enumerate(rows(right))
        ]

    found = change("accuracy", clustered([True] * 20), clustered([number >= 5 for number in range(20)]))
    assert (found.test, found.p_worse) == (FLIPS, 0.25)
    assert not found.independent


def test_a_share_of_what_is_bad_turns_round() -> None:
    before = rows([True] * 10)
    silent = [row.model_copy(update={"prediction": None, "correct": False}) for row in before[:4]] + before[
        4:
    ]
    found = change("parse_failure_rate", before, silent)
    assert (found.difference.value, found.worse, found.better) == (0.4, 4, 0)
    assert found.p_worse == pytest.approx(0.5**5)


def test_a_ratio_of_sums_by_hand() -> None:
    def claiming(unsupported: list[int]) -> list[ItemResult]:
        return [
            row.model_copy(update={"values": {"claims": 2.0 + number % 2, "claims_unsupported": float(bad)}})
            for number, (row, bad) in enumerate(
                zip(rows([True] * len(unsupported)), unsupported, strict=True)
            )
        ]

    found = change("hallucination_rate", claiming([0] * 40), claiming([1] * 10 + [0] * 30), SUMMARIES)
    assert (found.baseline, found.candidate) == (0.0, 0.1)
    assert found.p_worse < 0.01
    assert (found.worse, found.test) == (None, "label swaps, 10,000 draws")
    assert found.difference.low > 0.0


def test_what_has_no_upper_bound_is_compared_in_shares_of_the_baseline() -> None:
    question = Question(QUESTION.labels, (), CLOSED, 0.95)
    before, now = (without(items([True] * 30, nll=nll), GENERATED) for nll in (2.0, 2.2))
    found = change("perplexity", before, now, question)
    assert found.difference.value == pytest.approx(2.718281828459045**0.1 - 1.0)
    assert found.unit == " of the baseline's perplexity"


@pytest.mark.parametrize(
    ("name", "question", "why"),
    [
        ("macro_f1", SUMMARIES, "not for task.kind summarization"),
        ("hallucination_rate", SUMMARIES, "counts of claims"),
        ("perplexity", QUESTION, "scored only where labels are scored (the baseline's)"),
    ],
)
def test_why_there_is_no_difference(name: str, question: Question, why: str) -> None:
    same = rows([True] * 5)
    found = compared(name, pairs(same, same), question)
    assert isinstance(found, str)
    assert why in found


@pytest.mark.parametrize("name", sorted(TABLE))
def test_no_metric_breaks_where_both_are_the_same(name: str) -> None:
    same = rows([number % 3 != 0 for number in range(30)])
    found = compared(name, pairs(same, same), QUESTION)
    if isinstance(found, Change):
        assert found.difference.value == 0.0
        assert found.difference.low <= 0.0 <= found.difference.high
        assert found.p_worse >= 0.5


def test_values_that_are_no_numbers_are_not_compared() -> None:
    bad = [row.model_copy(update={"score": float("nan")}) for row in rows([True] * 5)]
    assert compared("score", pairs(bad, bad), QUESTION) == "a value of an item is no number"
