"""How each system is asked, in which order, and what is kept of the answers."""

import gc
import math
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.answers import SLACK_TOKENS
from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.formatting import conversation
from clinft.artifacts.jsonl import write_models
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.errors import ServiceError
from clinft.ports.models import Conversation, LabelScore, LanguageModel
from clinft.ports.progress import ProgressTask
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.evaluate.stage import evaluate
from clinft.statistics.paired import Unit, mcnemar_mid_p, tango
from tests.fakes.scripted_answers import Counting, Scripted, answering, hostile, records, right, right_up_to
from tests.fakes.specs import LABELS, project_spec

TEST = records(5)
EXAMPLES = tuple(PromptExample(input=f"Example {n}.", output="mental") for n in range(5))
PROMPT = Prompt(system="Name the chapter.", examples=EXAMPLES)


def run(
    base: Scripted, tuned: Scripted, progress: Counting | None = None, **changes: Any
) -> tuple[EvaluationReport, list[ItemResult]]:
    models: dict[str, LanguageModel] = {"base": base, "tuned": tuned}
    spec = project_spec(**changes)
    return evaluate(spec, PROMPT, TEST, "a" * 64, models.__getitem__, progress or Counting())


def always_right() -> Scripted:
    return answering(TEST, right, right)


def test_the_tuned_model_is_asked_exactly_as_it_was_trained() -> None:
    base, tuned = always_right(), always_right()
    run(base, tuned, prompt={"few_shot_examples": 2})
    plain = [conversation(PROMPT, record.text) for record in TEST]
    shown = [conversation(PROMPT, record.text, 2) for record in TEST]
    assert tuned.asked == plain * 2  # for its labels and for its answer
    assert base.asked == plain * 2 + shown * 2


def test_a_free_answer_may_be_as_long_as_the_longest_label_and_some() -> None:
    base, tuned = always_right(), always_right()
    run(base, tuned)
    assert set(base.most_new_tokens + tuned.most_new_tokens) == {1 + SLACK_TOKENS}


def test_results_and_rows_come_in_the_order_of_the_spec() -> None:
    report, items = run(always_right(), always_right(), evaluation={"compare": ["tuned", "base_prompt"]})
    order = [
        (name, scoring)
        for name in ("tuned", "base_prompt")
        for scoring in ("closed_labels", "generated_text")
    ]
    assert [(one.system, one.scoring) for one in report.systems] == order
    assert [(one.system, one.scoring, one.item) for one in items] == [
        (*which, record.id) for which in order for record in TEST
    ]
    assert {gain.against for gain in report.gains} == {"base_prompt"}


def test_the_base_model_is_let_go_before_the_tuned_one_is_opened() -> None:
    opened: list[str] = []
    base: list[weakref.ref[Scripted]] = []

    def open_model(which: str) -> LanguageModel:
        gc.collect()
        assert all(reference() is None for reference in base)
        opened.append(which)
        model = always_right()
        base.append(weakref.ref(model))
        return model

    evaluate(project_spec(), PROMPT, TEST, "a" * 64, open_model, Counting())
    assert opened == ["base", "tuned"]


def test_without_a_base_system_the_base_model_is_never_opened() -> None:
    models: dict[str, LanguageModel] = {"tuned": always_right()}
    spec = project_spec(evaluation={"compare": ["tuned"]})
    report, _ = evaluate(spec, PROMPT, TEST, "a" * 64, models.__getitem__, Counting())
    assert report.gains == ()


def test_progress_counts_every_record_of_every_system() -> None:
    progress = Counting()
    run(always_right(), always_right(), progress)
    assert progress.tasks == {
        f"evaluate {system}, {how}": [20, 20]
        for system in ("base_zero_shot", "base_prompt", "tuned")
        for how in ("likeliest labels", "free answers")
    }


def test_a_row_pins_the_item_and_the_likelihood_of_the_right_answer() -> None:
    _, items = run(always_right(), answering(TEST, right, lambda number, asked: "mental"))
    closed, generated = [
        next(
            item for item in items if (item.system, item.scoring, item.item) == ("tuned", scoring, TEST[0].id)
        )
        for scoring in ("closed_labels", "generated_text")
    ]
    assert closed.item_sha256 == digest_json({"text": TEST[0].text, "target": TEST[0].target})
    # Two nats for the target, not the one of the label that was picked.
    assert (closed.prediction, closed.answer_nll_nats, closed.answer_tokens) == ("mental", 2.0, 2)
    assert (generated.prediction, generated.answer_nll_nats, generated.answer_tokens) == (
        LABELS[0],
        None,
        None,
    )


def test_the_digest_of_a_system_is_that_of_its_lines(tmp_path: Path) -> None:
    report, items = run(always_right(), always_right())
    for result in report.systems:
        path = tmp_path / f"{result.system}-{result.scoring}.jsonl"
        write_models(
            path, [one for one in items if (one.system, one.scoring) == (result.system, result.scoring)]
        )
        assert digest_bytes(path.read_bytes()) == result.items_sha256


def units(won: int, lost: int, alike: int) -> list[Unit]:
    return [Unit(1, 0, 1)] * won + [Unit(0, 1, 1)] * lost + [Unit(0, 0, 1)] * alike


def test_gains_are_counted_by_hand() -> None:
    base = answering(TEST, right_up_to(8, "?"), right_up_to(12, LABELS[0]))
    tuned = answering(TEST, lambda number, asked: asked.target if number >= 2 else "?", right)
    report, _ = run(base, tuned, evaluation={"confidence": 0.9})
    found = {gain.scoring: gain for gain in report.gains if gain.against == "base_prompt"}
    # Free answers: the base has 0-7 right, the tuned model 2-19.
    assert found["generated_text"].difference == tango(units(12, 2, 6), 0.9)
    assert found["generated_text"].p_value == pytest.approx(
        2 * min(mcnemar_mid_p(12, 2), mcnemar_mid_p(2, 12))
    )
    assert not found["generated_text"].intervals_overlap
    # Likeliest labels of the base: 0-11.
    assert found["generated_text_vs_closed_labels"].difference == tango(units(8, 2, 10), 0.9)
    assert found["closed_labels"].difference == tango(units(8, 0, 12), 0.9)


def test_without_thresholds_all_are_met_and_accuracy_is_measured_anyway() -> None:
    report, _ = run(always_right(), always_right(), evaluation={"metrics": ["macro_f1"]})
    assert (report.thresholds, report.thresholds_met) == ((), True)
    assert [metric.metric for metric in report.systems[0].metrics] == ["accuracy", "macro_f1"]


def test_one_threshold_that_is_not_met_or_not_measured_is_enough_to_fail() -> None:
    met = {"metric": "accuracy", "min": 0.5}
    for other in ({"metric": "parse_failure_rate", "max": 0.01}, {"metric": "critical_recall", "min": 0.1}):
        report, _ = run(always_right(), always_right(), evaluation={"thresholds": [met, other]})
        assert report.thresholds[0].met is True
        assert report.thresholds[1].met is not True
        assert not report.thresholds_met


def test_free_answers_judge_the_tuned_model_but_labels_its_perplexity() -> None:
    rambling = answering(TEST, lambda number, asked: "Well.", right)
    wanted = [{"metric": "accuracy", "min": 0.1}, {"metric": "perplexity", "max": 2}]
    report, _ = run(always_right(), rambling, evaluation={"thresholds": wanted})
    assert [threshold.met for threshold in report.thresholds] == [False, True]
    assert "upper bound 1.649 of 1.649" in report.thresholds[1].detail  # exp(1 nat / 2 tokens)


def test_what_is_counted_as_wrong_has_no_name_but_that_of_a_label() -> None:
    report, items = run(answering(TEST, hostile, right), answering(TEST, hostile, right))
    text = report.model_dump_json() + "".join(item.model_dump_json() for item in items)
    assert "Quackenbush" not in text
    assert "\\u" not in text
    assert len(text) < 100_000
    assert {item.prediction for item in items if item.scoring == "generated_text"} == {None}
    tuned = report.systems[-1]
    assert tuned.confusion == {label: {"": 5} for label in LABELS}
    assert {(row.precision, row.recall.value, row.f1) for row in tuned.labels} == {(None, 0.0, None)}


def test_nothing_of_the_records_is_in_the_rows() -> None:
    report, items = run(always_right(), always_right())
    text = report.model_dump_json() + "".join(item.model_dump_json() for item in items)
    assert not any(record.text in text for record in TEST)


class Diverged(Scripted):
    """As after a training run with too high a learning rate."""

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        return [[LabelScore(math.nan, 1) for _ in labels] for _ in conversations]


def test_a_model_whose_scores_are_no_numbers_is_not_measured() -> None:
    said = {record.text: record.target for record in TEST}
    with pytest.raises(ServiceError, match="not numbers"):
        run(always_right(), Diverged(said, said))


def test_a_model_without_log_probabilities_is_read_by_its_answers_alone() -> None:
    base, tuned = always_right(), always_right()
    tuned.has_logprobs = False
    report, items = run(base, tuned, evaluation={"metrics": ["accuracy", "perplexity"]})
    assert [result.scoring for result in report.systems if result.system == "tuned"] == ["generated_text"]
    assert {item.scoring for item in items if item.system == "tuned"} == {"generated_text"}
    # Against the base model's free answers and its likeliest labels; never a label score that nobody has.
    assert {gain.scoring for gain in report.gains} == {"generated_text", "generated_text_vs_closed_labels"}
    assert tuned.asked == [conversation(PROMPT, record.text) for record in TEST]


def test_a_threshold_that_needs_log_probabilities_is_not_met_without_them() -> None:
    base, tuned = always_right(), always_right()
    tuned.has_logprobs = False
    wanted = {"metrics": ["accuracy", "perplexity"], "thresholds": [{"metric": "perplexity", "max": 9.0}]}
    report, _ = run(base, tuned, evaluation=wanted)
    assert report.thresholds[0].met is None
    assert "no log-probabilities" in report.thresholds[0].detail
    assert not report.thresholds_met
