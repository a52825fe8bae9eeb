"""Is training needed? Verdicts from scripted models on 40 records, four labels."""

from collections.abc import Callable
from typing import Any

import pytest

from clinft.artifacts.answers import SLACK_TOKENS
from clinft.artifacts.data import Record
from clinft.artifacts.planning import PromptAssessment
from clinft.errors import SpecError
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.assess import assess
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
    return assess(spec, PROMPT, DEV, DEV_SHA256, answering(DEV, says, picks), Counting())


def test_each_strategy_is_read_in_both_ways() -> None:
    found = judged(right_up_to(20, "none of them"), right_up_to(10, "mental"))
    assert [result.strategy for result in found.strategies] == [
        "zero_shot, closed_labels",
        "zero_shot, generated_text",
        "few_shot, closed_labels",
        "few_shot, generated_text",
    ]
    closed, generated = found.strategies[:2]
    # Ten are picked right, and `mental` is right for the last ten.
    assert (closed.accuracy.value, closed.parse_failures) == (0.5, None)
    assert (generated.accuracy.value, generated.parse_failures) == (0.5, 20)
    assert (generated.accuracy.low, generated.accuracy.high) == wilson_bounds(20, 40, 0.95)
    assert found.dev_sha256 == DEV_SHA256


def test_prompt_tokens_are_the_mean_of_what_is_sent() -> None:
    few, zero = judged(right, right).strategies[3], judged(right, right).strategies[1]
    # Three words of prompt and two of the note; three examples of two words and one label each.
    assert zero.prompt_tokens_mean == 5
    assert few.prompt_tokens_mean == 5 + 3 * 3


def test_few_shot_shows_as_many_examples_as_the_spec_says_and_zero_shot_none() -> None:
    model = answering(DEV, right, right)
    assess(project_spec(prompt={"few_shot_examples": 2}), PROMPT, DEV, DEV_SHA256, model, Counting())
    assert {len(turns) for turns in model.asked} == {2, 2 + 2 * 2}
    assert all(turns[0].content == PROMPT.system for turns in model.asked)
    assert set(model.most_new_tokens) == {2 + SLACK_TOKENS}


def test_a_prompt_that_surely_reaches_the_target_suffices() -> None:
    found = judged(right, silent_pick)
    assert found.verdict == "PROMPT_SUFFICIENT"
    assert "zero_shot, generated_text" in found.reason
    assert "Training is not needed." in found.reason
    assert found.target == 0.6


def test_likeliest_labels_that_reach_the_target_suffice_too() -> None:
    found = judged(silent, right)
    assert found.verdict == "PROMPT_SUFFICIENT"
    assert "zero_shot, closed_labels" in found.reason


def test_training_is_indicated_where_every_strategy_surely_stays_below() -> None:
    found = judged(silent, silent_pick)
    assert found.verdict == "FINE_TUNE"
    assert "0.250 [" in found.reason


# Wilson 95 % on 40 records: 17 [0.285, 0.578], 18 [0.307, 0.602], 30 [0.598, 0.858], 31 [0.625, 0.877].
@pytest.mark.parametrize(
    ("found_right", "verdict"),
    [(17, "FINE_TUNE"), (18, "INCONCLUSIVE"), (30, "INCONCLUSIVE"), (31, "PROMPT_SUFFICIENT")],
)
def test_the_verdict_turns_where_the_interval_passes_the_target(found_right: int, verdict: str) -> None:
    assert judged(right_up_to(found_right, "?"), silent_pick).verdict == verdict


def test_one_strategy_within_reach_is_enough_to_leave_it_open() -> None:
    assert judged(silent, right_up_to(18, "circulatory")).verdict == "INCONCLUSIVE"


def test_an_open_verdict_says_how_many_records_would_close_it() -> None:
    found = judged(right_up_to(20, "?"), silent_pick)
    assert found.verdict == "INCONCLUSIVE"
    needed = int(found.reason.split("About ")[1].split(" records")[0].replace(",", ""))
    assert wilson_bounds(0.5 * needed, needed, 0.95)[1] < 0.6
    assert wilson_bounds(0.5 * (needed - 1), needed - 1, 0.95)[1] >= 0.6


def test_no_number_of_records_decides_where_the_accuracy_is_the_target() -> None:
    found = judged(right_up_to(24, "?"), silent_pick)
    assert found.verdict == "INCONCLUSIVE"
    assert "No number of records" in found.reason


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
        ((right_up_to(20, "?"), right), (right_up_to(21, "?"), silent_pick), "few_shot"),
        ((right_up_to(20, "?"), right), (right_up_to(20, "?"), silent_pick), "zero_shot"),
        ((silent, silent_pick), (silent, right), "few_shot"),
        ((silent, silent_pick), (silent, silent_pick), "zero_shot"),
    ],
    ids=["better answers", "equal answers, better labels", "no answers, better labels", "equal, shorter"],
)
@pytest.mark.parametrize("strategies", [["zero_shot", "few_shot"], ["few_shot", "zero_shot"]])
def test_the_recommended_prompt_answers_best_then_ranks_best_then_is_shortest(
    zero: tuple[Answer, Answer], few: tuple[Answer, Answer], recommended: str, strategies: list[str]
) -> None:
    spec = project_spec(prompt={"strategies": strategies})
    found = assess(spec, PROMPT, DEV, DEV_SHA256, TwoPrompts(zero, few), Counting())
    assert found.recommended == recommended


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
    assert found.strategies[1].parse_failures == 40
    assert "Quackenbush" not in found.model_dump_json()


def test_another_kind_of_task_is_refused_before_the_model_is_asked() -> None:
    task = {"kind": "generation", "description": "Summarise.", "labels": []}
    spec: ProjectSpec = project_spec(task=task)
    model = answering(DEV, right, right)
    with pytest.raises(SpecError, match="generation"):
        assess(spec, PROMPT, DEV, DEV_SHA256, model, Counting())
    assert model.asked == []
