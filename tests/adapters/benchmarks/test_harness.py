"""The same answers give lm-eval's numbers and ours, digit for digit; every question arrives as it was written."""

import math
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.adapters.benchmarks import TABLE, Item, files
from clinft.adapters.benchmarks.harness import Harnessed, run
from clinft.errors import MissingExtra, ServiceError
from clinft.ports.models import LabelScore
from clinft.stages.benchmark.stage import SAME, check_against, main_values, standard_error
from tests.fakes import benchmark_files
from tests.fakes.benchmark_files import Answering
from tests.fakes.progress import Quiet

CHOICES = ("pubmedqa", "medqa", "mmlu-medical", "medec")
WRITTEN = ("mts-dialog", "aci-bench")


def items_of(slug: str, folder: Path) -> list[Item]:
    benchmark_files.WRITERS[slug](folder)
    return TABLE[slug].read(files.located(slug, TABLE[slug].files, folder, "terms"))


def ask(slug: str, items: list[Item], model: Answering) -> Harnessed:
    return run(TABLE[slug], items, model, "base", Quiet())


def half_right(items: list[Item]) -> Callable[[str], str]:
    wrong = {item.id: next(one for one in item.choices if one != item.gold) for item in items}
    table = {
        item.question: item.gold if number % 2 == 0 else wrong[item.id] for number, item in enumerate(items)
    }
    return table.__getitem__


@pytest.mark.parametrize("scored", [True, False])
@pytest.mark.parametrize("slug", CHOICES)
def test_accuracy_and_standard_error_are_lm_evals(slug: str, scored: bool, tmp_path: Path) -> None:
    items = items_of(slug, tmp_path)
    made = ask(slug, items, Answering(half_right(items), scored))
    right = sum(half_right(items)(item.question) == item.gold for item in items)
    accuracy = right / len(items)
    assert 0 < right < len(items), "an answer that is always the same would prove little"
    assert made.scoring == ("closed_labels" if scored else "generated_text")
    assert sum(row.correct for row in made.rows) == right
    assert made.peer["acc"] == pytest.approx(accuracy, abs=SAME)
    # Of a share: sqrt(p (1 - p) / (n - 1)).
    expected = math.sqrt(accuracy * (1 - accuracy) / (len(items) - 1))
    assert made.peer["acc_stderr"] == pytest.approx(expected, abs=SAME)
    assert standard_error(main_values(made.rows)) == pytest.approx(expected, abs=SAME)
    check_against(made.rows, made.peer)


def test_a_model_sees_the_instruction_and_the_question_as_turns(tmp_path: Path) -> None:
    items = items_of("pubmedqa", tmp_path)
    for scored in (True, False):
        model = Answering(lambda question: "yes", scored)
        ask("pubmedqa", items, model)
        assert [tuple(turns) for turns in model.asked] == [
            TABLE["pubmedqa"].conversation(item) for item in items
        ]


def test_an_answer_that_is_no_choice_is_wrong_and_counted(tmp_path: Path) -> None:
    items = items_of("pubmedqa", tmp_path)
    made = ask("pubmedqa", items, Answering(lambda question: "It depends: yes.", has_logprobs=False))
    assert [row.prediction for row in made.rows] == [None] * len(items)
    assert made.peer["acc"] == 0.0


@pytest.mark.parametrize("slug", WRITTEN)
def test_a_written_text_is_judged_by_rouge_and_not_kept(slug: str, tmp_path: Path) -> None:
    items = items_of(slug, tmp_path)
    by_question = {item.question: item.gold for item in items}
    perfect = ask(slug, items, Answering(by_question.__getitem__))
    nothing = ask(slug, items, Answering(lambda question: ""))
    assert all(row.values["rouge_1"] == 1.0 and row.parsed for row in perfect.rows)
    assert all(row.values["rouge_l"] == 0.0 and not row.parsed for row in nothing.rows)
    assert all(item.gold not in row.model_dump_json() for row in perfect.rows for item in items)
    check_against(perfect.rows, perfect.peer)


def test_rouge_by_hand(tmp_path: Path) -> None:
    """Gold: cough for two days (4 words). Answer: dry cough (2): precision 1/2, recall 1/4, F1 1/3."""
    items = items_of("mts-dialog", tmp_path)[1:]
    (row,) = ask("mts-dialog", items, Answering(lambda question: "dry cough")).rows
    assert row.values["rouge_1"] == pytest.approx(1 / 3)
    assert row.values["rouge_2"] == 0.0


def test_one_item_has_no_standard_error_and_is_no_error(tmp_path: Path) -> None:
    items = items_of("aci-bench", tmp_path)
    made = ask("aci-bench", items, Answering(lambda question: "Knee pain."))
    assert "rouge_l_stderr" not in made.peer
    assert standard_error(main_values(made.rows)) is None


def test_rows_hold_no_text_of_the_benchmark(tmp_path: Path) -> None:
    items = items_of("medec", tmp_path)
    for scored in (True, False):
        made = ask("medec", items, Answering(lambda question: "yes", scored))
        text = "".join(row.model_dump_json() for row in made.rows)
        assert "Insulin" not in text
        assert "cough" not in text
        assert '"item":"medec/ms-1"' in text


def test_log_probabilities_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    class Damaged(Answering):
        def score_labels(self, conversations, labels, task):  # type: ignore[no-untyped-def]
            return [[LabelScore(math.nan, 1) for _ in labels] for _ in conversations]

    items = items_of("pubmedqa", tmp_path)
    with pytest.raises(ServiceError, match="not numbers"):
        ask("pubmedqa", items, Damaged(lambda question: "yes"))


def test_equal_questions_with_other_answers_are_scored_each(tmp_path: Path) -> None:
    items = [
        Item(f"i{number}", "The same?", gold, ("yes", "no")) for number, gold in enumerate(("yes", "no"))
    ]
    made = ask("medec", items, Answering(lambda question: "yes"))
    assert [row.correct for row in made.rows] == [True, False]


def test_without_lm_eval_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = items_of("pubmedqa", tmp_path)
    monkeypatch.setitem(sys.modules, "lm_eval", None)
    with pytest.raises(MissingExtra, match="benchmarks"):
        ask("pubmedqa", items, Answering(lambda question: "yes"))


def test_nothing_of_ours_is_reseeded_or_left_silent(tmp_path: Path) -> None:
    import logging

    from lm_eval.api import task

    items, level, bar = items_of("pubmedqa", tmp_path), logging.getLogger("lm_eval").level, task.tqdm
    random.seed(5)
    expected = random.Random(5).random()
    ask("pubmedqa", items, Answering(lambda question: "yes"))
    assert random.random() == expected
    assert logging.getLogger("lm_eval").level == level
    assert task.tqdm is bar
