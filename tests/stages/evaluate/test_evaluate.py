"""Systems, gains and thresholds from scripted models."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from clinft.artifacts.results import EvaluationReport, ItemResult, SystemResult
from clinft.errors import SpecError
from clinft.ports.models import LanguageModel
from clinft.stages.evaluate.scoring import items_sha256
from clinft.stages.evaluate.stage import evaluate
from tests.fakes.progress import Quiet
from tests.fakes.scripted import LABELS, PROMPT, Scripted, records, right_for
from tests.fakes.specs import project_spec

# Each a case of its own: variants of one case are no independent items.
TEST = [one.model_copy(update={"scenario": one.id}) for one in records("test", 30)]
RAMBLING = Scripted(lambda text, turns: "The note describes a patient who ...")
METRICS = ["accuracy", "macro_f1", "parse_failure_rate", "perplexity", "critical_recall"]


def run(
    base: LanguageModel, tuned: LanguageModel, **changes: Any
) -> tuple[EvaluationReport, list[ItemResult]]:
    evaluation = {"metrics": METRICS, **changes.pop("evaluation", {})}
    spec = project_spec(evaluation=evaluation, regression={"critical_labels": ["circulatory"]}, **changes)
    models: dict[str, LanguageModel] = {"base": base, "tuned": tuned}
    opened: list[str] = []

    def open_model(which: str) -> LanguageModel:
        opened.append(which)
        return models[which]

    found = evaluate(spec, PROMPT, TEST, "a" * 64, open_model, Quiet())
    assert opened == ["base", "tuned"]
    return found


def system(report: EvaluationReport, name: str, scoring: str) -> SystemResult:
    (found,) = [one for one in report.systems if (one.system, one.scoring) == (name, scoring)]
    return found


def accuracy(result: SystemResult) -> float:
    (found,) = [metric.interval for metric in result.metrics if metric.metric == "accuracy"]
    assert found is not None
    return found.value


def test_each_system_is_read_in_both_ways() -> None:
    report, items = run(RAMBLING, Scripted(right_for(24)))
    assert [(one.system, one.scoring) for one in report.systems] == [
        (name, scoring)
        for name in ("base_zero_shot", "base_prompt", "tuned")
        for scoring in ("closed_labels", "generated_text")
    ]
    assert accuracy(system(report, "base_zero_shot", "generated_text")) == 0.0
    # The likeliest label of a model that rambles is always the first: right for a quarter.
    assert accuracy(system(report, "base_zero_shot", "closed_labels")) == 0.25
    assert accuracy(system(report, "tuned", "generated_text")) == 0.8
    assert len(items) == 6 * len(TEST)
    assert report.n == len(TEST) == 120


def test_the_base_prompt_shows_examples_and_the_others_do_not() -> None:
    seen: set[int] = set()

    def says(text: str, turns: int) -> str:
        seen.add(turns)
        return text.split(maxsplit=1)[0] if turns > 2 else "?"

    report, _ = run(Scripted(says), Scripted(right_for(30)))
    assert seen == {2, 8}
    assert accuracy(system(report, "base_prompt", "generated_text")) == 1.0
    assert accuracy(system(report, "base_zero_shot", "generated_text")) == 0.0


def test_gains_are_paired_and_include_the_hardest_comparison() -> None:
    report, _ = run(RAMBLING, Scripted(right_for(24)))
    gains = {(gain.against, gain.scoring): gain for gain in report.gains}
    assert set(gains) == {
        (against, scoring)
        for against in ("base_zero_shot", "base_prompt")
        for scoring in ("closed_labels", "generated_text", "generated_text_vs_closed_labels")
    }
    hardest = gains["base_zero_shot", "generated_text_vs_closed_labels"]
    assert hardest.difference.value == pytest.approx(0.8 - 0.25)
    assert hardest.p_value < 1e-6
    assert not hardest.intervals_overlap
    same, _ = run(Scripted(right_for(24)), Scripted(right_for(24)))
    assert {gain.difference.value for gain in same.gains} == {0.0}
    assert {gain.p_value for gain in same.gains} == {1.0}
    assert all(gain.intervals_overlap for gain in same.gains)


@pytest.mark.parametrize(
    ("threshold", "met", "detail"),
    [
        ({"metric": "accuracy", "min": 0.70}, True, "lower bound 0.720 of 0.800"),
        ({"metric": "accuracy", "min": 0.75}, False, "lower bound 0.720 of 0.800"),
        ({"metric": "parse_failure_rate", "max": 0.05}, True, "upper bound 0.031 of 0.000"),
        (
            {"metric": "parse_failure_rate", "max": 0.01},
            None,
            "not certifiable with 120 items: even a perfect result would need 381",
        ),
        ({"metric": "perplexity", "max": 10}, True, "of 1."),
        ({"metric": "macro_recall", "min": 0.1}, None, "not among evaluation.metrics"),
    ],
)
def test_a_threshold_is_judged_on_the_bound_that_could_be_worse(
    threshold: dict[str, Any], met: bool | None, detail: str
) -> None:
    report, _ = run(RAMBLING, Scripted(right_for(24)), evaluation={"thresholds": [threshold]})
    (found,) = report.thresholds
    assert found.met is met
    assert detail in found.detail
    assert report.thresholds_met is (met is True)


def test_labels_and_confusion() -> None:
    report, _ = run(RAMBLING, Scripted(right_for(24)))
    tuned = system(report, "tuned", "generated_text")
    assert [row.label for row in tuned.labels] == list(LABELS)
    assert tuned.confusion["digestive"] == {"digestive": 24, "circulatory": 6}
    assert tuned.labels[0].precision == pytest.approx(24 / (24 + 18))
    rambling = system(report, "base_zero_shot", "generated_text")
    assert rambling.confusion["mental"] == {"": 30}
    assert rambling.labels[0].precision is None


HOSTILE = (
    "SSN 078-05-1120 \x1b[31m<script>alert(1)</script>",
    "ignore the note\u202e and deploy",
    "x" * 100_000,
    '{"label": "circulatory"}',
)


@pytest.mark.parametrize("text", HOSTILE, ids=("markup", "bidi", "long", "json"))
def test_what_a_model_says_is_never_kept(text: str) -> None:
    report, items = run(Scripted(lambda asked, turns: text), Scripted(lambda asked, turns: text))
    stored = report.model_dump_json() + "".join(item.model_dump_json() for item in items)
    assert text[:20] not in stored
    assert json.dumps(text[:20])[1:-1] not in stored
    free = [item for item in items if item.scoring == "generated_text"]
    assert {item.prediction for item in free} == {None}


def test_items_are_digested_per_system() -> None:
    report, items = run(RAMBLING, Scripted(right_for(24)))
    for result in report.systems:
        own = [item for item in items if (item.system, item.scoring) == (result.system, result.scoring)]
        assert result.items_sha256 == items_sha256(own)
    assert not any(record.text in item.model_dump_json() for record, item in zip(TEST, items, strict=False))


def test_the_tuned_model_is_measured_even_where_the_spec_leaves_it_out() -> None:
    spec = project_spec(evaluation={"compare": ["base_zero_shot"]})
    report, _ = evaluate(spec, PROMPT, TEST, "a" * 64, lambda which: RAMBLING, Quiet())
    assert {one.system for one in report.systems} == {"base_zero_shot", "tuned"}


def refuse(which: str) -> LanguageModel:
    raise AssertionError("nothing may be opened")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: (project_spec(task={"kind": "generation", "labels": []}), TEST), "task.kind generation"),
        (lambda: (project_spec(), []), "test split is empty"),
        (lambda: (project_spec(task={"labels": ["skin", "injury"]}), TEST), "holds targets"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_before_a_model_is_opened(
    make: Callable[[], tuple[Any, Any]], message: str
) -> None:
    spec, test = make()
    with pytest.raises(SpecError, match=message):
        evaluate(spec, PROMPT, test, "a" * 64, refuse, Quiet())
