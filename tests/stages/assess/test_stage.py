"""Is training needed? Verdicts from scripted models on 40 records, four labels."""

from collections.abc import Callable
from typing import Any

import pytest

from clinft.artifacts.answers import SLACK_TOKENS
from clinft.artifacts.data import Record
from clinft.artifacts.prompt_assessment import PromptAssessment, label
from clinft.errors import SpecError
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.assess.stage import assess
from clinft.statistics.proportions import wilson_bounds
from tests.fakes.scripted_answers import Counting, Scripted, answering, hostile, records, right, right_up_to
from tests.fakes.specs import project_spec

DEV_SHA256 = "d" * 64
DEV = records(10)
EXAMPLES = tuple(PromptExample(input=f"Example {n}.", output="mental") for n in range(5))
PROMPT = Prompt(system="Name the chapter.", examples=EXAMPLES)
TARGET = {"thresholds": [{"metric": "accuracy", "min": 0.6}]}
Answer = Callable[[int, Record], str]


def silent(number: int, asked: Record) -> str:
    return "I cannot tell."


def silent_pick(number: int, asked: Record) -> str:
    return "circulatory"


def judged(
    says: Answer, picks: Answer, target: dict[str, Any] | None = None, **changes: Any
) -> PromptAssessment:
    spec = project_spec(evaluation=TARGET if target is None else target, **changes)
    return assess(spec, PROMPT, DEV, DEV_SHA256, answering(DEV, says, picks), Counting()).payload


def test_each_strategy_is_read_in_both_ways() -> None:
    found = judged(right_up_to(20, "none of them"), right_up_to(10, "mental"))
    assert [label(result) for result in found.results] == [
        "zero_shot, closed_labels",
        "zero_shot, generated_text",
        "few_shot, closed_labels",
        "few_shot, generated_text",
    ]
    closed, generated = found.rungs[:2]
    assert closed.accuracy is not None
    assert generated.accuracy is not None
    # Ten are picked right, and `mental` is right for the last ten.
    assert (closed.accuracy.value, closed.parse_failures) == (0.5, None)
    assert (generated.accuracy.value, generated.parse_failures) == (0.5, 20)
    assert (generated.accuracy.low, generated.accuracy.high) == wilson_bounds(20, 40, 0.95)
    assert generated.score == generated.accuracy
    assert (found.dev_sha256, found.hosted, found.prices) == (DEV_SHA256, False, ())


def test_tokens_are_the_mean_of_what_is_sent_and_said() -> None:
    zero, few = judged(right, right).rungs[1], judged(right, right).rungs[3]
    # Three words of prompt and two of the note; three examples of two words and one label each.
    assert (zero.prompt_tokens_mean, few.prompt_tokens_mean) == (5, 5 + 3 * 3)
    assert (zero.completion_tokens_mean, judged(right, right).rungs[0].completion_tokens_mean) == (1, None)


def test_few_shot_shows_as_many_examples_as_the_spec_says_and_zero_shot_none() -> None:
    model = answering(DEV, right, right)
    assess(project_spec(prompt={"few_shot_examples": 2}), PROMPT, DEV, DEV_SHA256, model, Counting())
    assert {len(turns) for turns in model.asked} == {2, 2 + 2 * 2}
    assert all(turns[0].content == PROMPT.system for turns in model.asked)
    assert set(model.most_new_tokens) == {1 + SLACK_TOKENS}


def test_a_prompt_that_surely_reaches_the_target_suffices() -> None:
    found = judged(right, silent_pick)
    assert found.verdict == "PROMPT_SUFFICIENT"
    assert "zero_shot, generated_text" in found.reason
    assert (found.target, found.target_metric, found.recommended) == (0.6, "accuracy", "zero_shot")
    assert found.best is not None
    assert label(found.best) == "zero_shot, generated_text"


def test_likeliest_labels_that_reach_the_target_suffice_too() -> None:
    found = judged(silent, right)
    assert found.verdict == "PROMPT_SUFFICIENT"
    assert found.best is not None
    assert label(found.best) == "zero_shot, closed_labels"


def test_training_is_indicated_where_every_strategy_surely_stays_below() -> None:
    found = judged(silent, silent_pick)
    assert found.verdict == "FINE_TUNE"
    assert "0.250 [" in found.reason


# Every rung may be the one recommended, so all four lower bounds hold together (Bonferroni, 98.75 % each):
# 31 of 40 [0.579, 0.897], 32 [0.606, 0.914]. All must lie below at 95 %: 17 [0.285, 0.578], 18 [0.307, 0.602].
@pytest.mark.parametrize(
    ("found_right", "verdict"),
    [(17, "HYBRID"), (18, "INCONCLUSIVE"), (31, "INCONCLUSIVE"), (32, "PROMPT_SUFFICIENT")],
)
def test_the_verdict_turns_where_the_interval_passes_the_target(found_right: int, verdict: str) -> None:
    assert judged(right_up_to(found_right, "?"), silent_pick).verdict == verdict


def test_one_strategy_within_reach_is_enough_to_leave_it_open() -> None:
    assert judged(silent, right_up_to(18, "circulatory")).verdict == "INCONCLUSIVE"


def test_an_open_verdict_says_how_many_records_would_close_it() -> None:
    found = judged(right_up_to(20, "?"), silent_pick)
    assert found.verdict == "INCONCLUSIVE"
    assert found.decision is not None
    assert found.decision.n_needed is not None
    assert f"About {found.decision.n_needed:,} items would decide" in found.reason


def test_no_number_of_records_decides_where_the_accuracy_is_the_target() -> None:
    found = judged(right_up_to(24, "?"), silent_pick)
    assert found.verdict == "INCONCLUSIVE"
    assert "No number of items would decide" in found.reason


@pytest.mark.parametrize(
    "evaluation",
    [
        {},
        {"thresholds": [{"metric": "accuracy", "max": 0.9}]},
        {"thresholds": [{"metric": "macro_f1", "min": 0.6}]},
    ],
)
def test_without_a_least_accuracy_nothing_can_be_reached(evaluation: dict[str, Any]) -> None:
    found = judged(right, right, target=evaluation)
    assert (found.verdict, found.target) == ("INCONCLUSIVE", None)
    assert "evaluation.thresholds" in found.reason


def test_the_least_accuracy_is_the_target_wherever_it_stands() -> None:
    both = [{"metric": "accuracy", "max": 0.99}, {"metric": "accuracy", "min": 0.6}]
    assert judged(right, right, target={"thresholds": both}).target == 0.6


def test_a_least_recall_of_critical_cases_must_be_certified_too() -> None:
    thresholds = [{"metric": "accuracy", "min": 0.6}, {"metric": "critical_recall", "min": 0.9}]
    found = judged(
        right, right, target={"thresholds": thresholds}, regression={"critical_labels": ["mental"]}
    )
    # Ten cases, none missed: far too few for a recall of 0.9.
    assert found.verdict == "INCONCLUSIVE"
    assert found.decision is not None
    assert found.decision.critical is not None
    assert (found.decision.critical.status, found.decision.critical.cases) == ("NOT_CERTIFIABLE", 10)
    recall = found.rungs[0].critical_recall
    assert recall is not None
    assert (recall.value, recall.n, found.rungs[0].critical_n) == (1.0, 10, 10)


def test_each_rung_is_compared_with_the_one_before_and_with_zero_shot() -> None:
    model = TwoPrompts((right_up_to(20, "?"), silent_pick), (right_up_to(30, "?"), silent_pick))
    spec = project_spec(evaluation=TARGET)
    found = assess(spec, PROMPT, DEV, DEV_SHA256, model, Counting()).payload
    assert found.decision is not None
    (against_zero,) = found.decision.differences
    assert (against_zero.of, against_zero.against, against_zero.only_of) == ("few_shot", "zero_shot", 10)
    assert against_zero.difference.value == 0.25
    assert [(one.of, one.against) for one in found.neighbours] == [
        ("few_shot, closed_labels", "zero_shot, closed_labels"),
        ("few_shot, generated_text", "zero_shot, generated_text"),
    ]
    assert [one.difference.value for one in found.neighbours] == [0.0, 0.25]
    assert "Bonferroni" in found.decision.adjustment


def test_errors_are_told_by_kind() -> None:
    found = judged(right_up_to(30, "no label"), silent_pick)
    assert found.decision is not None
    assert [(one.category, one.count) for one in found.decision.errors] == [("format", 10)]


class TwoPrompts(Scripted):
    """Says different things once examples are shown."""

    def __init__(self, zero: tuple[Answer, Answer], few: tuple[Answer, Answer]) -> None:
        self._zero, self._few = answering(DEV, *zero), answering(DEV, *few)

    def score_labels(self, conversations: Any, labels: Any, task: Any) -> Any:
        return self._of(conversations).score_labels(conversations, labels, task)

    def generate(self, conversations: Any, max_new_tokens: Any, task: Any) -> Any:
        return self._of(conversations).generate(conversations, max_new_tokens, task)

    def _of(self, conversations: Any) -> Scripted:
        return self._few if len(conversations[0]) > 2 else self._zero


@pytest.mark.parametrize(
    ("zero", "few", "recommended"),
    [
        ((right_up_to(20, "?"), silent_pick), (right_up_to(21, "?"), silent_pick), "few_shot"),
        ((right_up_to(20, "?"), silent_pick), (right_up_to(20, "?"), silent_pick), "zero_shot"),
        ((silent, silent_pick), (silent, right), "few_shot"),
        ((silent, silent_pick), (silent, silent_pick), "zero_shot"),
    ],
    ids=["better answers", "equal answers, shorter", "no answers, better labels", "equal, shorter"],
)
@pytest.mark.parametrize("strategies", [["zero_shot", "few_shot"], ["few_shot", "zero_shot"]])
def test_the_recommended_prompt_is_best_then_shortest(
    zero: tuple[Answer, Answer], few: tuple[Answer, Answer], recommended: str, strategies: list[str]
) -> None:
    spec = project_spec(prompt={"strategies": strategies})
    found = assess(spec, PROMPT, DEV, DEV_SHA256, TwoPrompts(zero, few), Counting())
    assert found.payload.recommended == recommended


def test_progress_counts_every_record_of_every_strategy() -> None:
    progress = Counting()
    assess(project_spec(), PROMPT, DEV, DEV_SHA256, answering(DEV, right, right), progress)
    assert progress.tasks == {
        "assess zero_shot, likeliest labels": [40, 40],
        "assess zero_shot, free answers": [40, 40],
        "assess few_shot, likeliest labels": [40, 40],
        "assess few_shot, free answers": [40, 40],
    }


def test_what_a_model_says_stays_out_of_the_assessment() -> None:
    found = judged(hostile, silent_pick)
    assert found.rungs[1].parse_failures == 40
    assert "Quackenbush" not in found.model_dump_json()


def test_another_kind_of_task_is_refused_before_the_model_is_asked() -> None:
    task = {"kind": "generation", "description": "Summarise.", "labels": []}
    spec: ProjectSpec = project_spec(task=task)
    model = answering(DEV, right, right)
    with pytest.raises(SpecError, match="generation"):
        assess(spec, PROMPT, DEV, DEV_SHA256, model, Counting())
    assert model.asked == []
