"""Numbers of a benchmark: hand-worked, and refused where lm-eval counts otherwise."""

import math

import pytest

from clinft.artifacts.results import ItemResult
from clinft.errors import ClinftError
from clinft.stages.benchmark.stage import change, check_against, metrics_of, standard_error
from clinft.statistics.proportions import wilson

LABELS = ("yes", "no")


def row(number: int, correct: bool, scoring: str = "closed_labels", gold: str = "yes") -> ItemResult:
    other = "no" if gold == "yes" else "yes"
    return ItemResult(
        item=f"x/{number}",
        item_sha256=f"{number:064x}",
        system="base",
        scoring=scoring,
        target=gold,
        prediction=gold if correct else other,
        correct=correct,
        answer_nll_nats=None,
        answer_tokens=None,
    )


def written(number: int, value: float) -> ItemResult:
    values = {"rouge_1": value, "rouge_2": value / 2, "rouge_l": value}
    return row(number, False).model_copy(
        update={"target": None, "prediction": None, "parsed": True, "values": values}
    )


def test_accuracy_has_wilsons_interval() -> None:
    rows = [row(number, number < 7) for number in range(10)]
    (accuracy,) = metrics_of(rows, (), "closed_labels", 0.95)
    assert accuracy.interval == wilson(7, 10)


def test_a_mean_over_labels_stands_where_all_items_have_the_same() -> None:
    """Always yes, 6 yes and 4 no: accuracy 0.6; F1 of yes 0.75, of no 0: macro 0.375."""
    rows = [row(number, True) for number in range(6)]
    rows += [row(number, False, gold="no") for number in range(6, 10)]
    found = {one.metric: one.interval for one in metrics_of(rows, LABELS, "closed_labels", 0.95)}
    assert list(found) == ["accuracy", "macro_f1"]
    assert found["macro_f1"] is not None
    assert found["macro_f1"].value == pytest.approx(0.375)


def test_free_answers_tell_how_many_could_not_be_read() -> None:
    rows = [row(0, True, "generated_text"), row(1, False, "generated_text")]
    rows[1] = rows[1].model_copy(update={"prediction": None})
    found = {one.metric: one for one in metrics_of(rows, (), "generated_text", 0.95)}
    failures = found["parse_failure_rate"]
    assert failures.interval is not None
    assert failures.interval.value == 0.5
    assert not failures.higher_is_better


def test_written_texts_have_means_with_intervals_that_hold_unseen_items_for_possible() -> None:
    rows = [written(number, 1.0) for number in range(20)]
    means = metrics_of(rows, (), "generated_text", 0.95)
    assert [one.metric for one in means] == ["rouge_l", "rouge_1", "rouge_2"]
    assert means[0].interval is not None
    assert means[0].interval.value == 1.0
    assert means[0].interval.low < 0.9, "20 perfect items prove no perfect model"


def test_the_standard_error_of_a_mean_by_hand() -> None:
    # Mean 0.5, squared distances 4 x 0.25: variance 1/3, over n = 4: 1/12.
    assert standard_error([0.0, 1.0, 1.0, 0.0]) == pytest.approx(math.sqrt(1 / 12))
    assert standard_error([0.3]) is None


@pytest.mark.parametrize(
    "peer",
    [
        {"acc": 0.75 + 2e-9, "acc_stderr": 0.25},
        {"acc": 0.75, "acc_stderr": 0.25 + 2e-9},
        {"acc": 0.75},
        {"acc": math.nan, "acc_stderr": 0.25},
    ],
)
def test_numbers_that_differ_from_lm_evals_are_not_kept(peer: dict[str, float]) -> None:
    rows = [row(number, number < 3) for number in range(4)]
    check_against(rows, {"acc": 0.75, "acc_stderr": 0.25})
    with pytest.raises(ClinftError, match="same answers"):
        check_against(rows, peer)


def test_tuned_minus_base_is_paired() -> None:
    """8 both, 6 gained, 0 lost, 6 neither: +0.3; exact McNemar 2 / 2^6."""
    base = [row(number, number < 8) for number in range(20)]
    tuned = [row(number, number < 14) for number in range(20)]
    found = change("medec", base, tuned, 0.95)
    assert found is not None
    assert found.difference.value == pytest.approx(0.3)
    assert found.difference.low > 0
    assert found.p_value == pytest.approx(2 / 64)


def test_written_texts_are_compared_pair_by_pair() -> None:
    base = [written(number, 0.2) for number in range(12)]
    tuned = [written(number, 0.5) for number in range(12)]
    found = change("medec", base, tuned, 0.95)
    assert found is not None
    assert (found.metric, round(found.difference.value, 9)) == ("rouge_l", 0.3)
    assert found.p_value < 0.01
    same = change("medec", base, base, 0.95)
    assert same is not None
    assert same.p_value == 1.0


def test_other_items_or_another_reading_are_not_compared() -> None:
    base = [row(number, True) for number in range(3)]
    assert change("medec", base, [row(number + 1, True) for number in range(3)], 0.95) is None
    assert change("medec", base, [row(number, True, "generated_text") for number in range(3)], 0.95) is None
