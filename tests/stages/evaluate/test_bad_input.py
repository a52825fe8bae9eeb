"""Sets that are empty or one-sided, models that break or refuse, other items: a clear word, never a number."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from clinft.artifacts.results import EvaluationReport, MetricResult
from clinft.errors import ServiceError, SpecError
from clinft.ports.models import Conversation, LabelScore, LanguageModel
from clinft.ports.progress import ProgressTask
from clinft.spec.prompt import Prompt
from clinft.stages.evaluate.stage import evaluate
from tests.fakes.case_records import TARGETS, Answering, spec_of
from tests.fakes.case_records import records as cases
from tests.fakes.progress import Quiet
from tests.fakes.scripted_answers import answering, records, right
from tests.fakes.specs import LABELS, project_spec

PROMPT = Prompt(system="Answer.", examples=())
SHA = "b" * 64


def metric(report: EvaluationReport, system: str, name: str) -> MetricResult:
    (result,) = [one for one in report.systems if (one.system, one.scoring) == (system, "generated_text")]
    return next(one for one in result.metrics if one.metric == name)


@pytest.mark.parametrize("kind", TARGETS)
def test_an_empty_test_set_is_refused(kind: str) -> None:
    with pytest.raises(SpecError, match="The test split is empty"):
        evaluate(spec_of(kind), PROMPT, [], SHA, lambda which: Answering(str), Quiet())


def test_one_class_only_is_said_and_nothing_is_told_of_the_others() -> None:
    test = records(20, LABELS[:1])
    model = answering(test, right, right)
    spec = project_spec(evaluation={"metrics": ["accuracy", "macro_f1", "auroc"], "compare": ["tuned"]})
    report, _ = evaluate(spec, PROMPT, test, SHA, lambda which: model, Quiet())
    assert report.caveats[0].startswith("All 20 test items have one label, circulatory")
    assert [row.label for row in report.systems[0].labels] == ["circulatory"]
    closed = next(one for one in report.systems if one.scoring == "closed_labels")
    auroc = next(one for one in closed.metrics if one.metric == "auroc")
    assert (auroc.interval, auroc.missing) == (
        None,
        "all items are of one label, so there is nothing to tell apart",
    )


def test_labels_without_an_item_are_named() -> None:
    test = records(5, LABELS[:2])
    model = answering(test, right, right)
    report, _ = evaluate(project_spec(), PROMPT, test, SHA, lambda which: model, Quiet())
    assert report.caveats == ("The test split has no item of digestive, mental: nothing is known of them.",)


class Broken(Answering):
    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        return [LabelScore(math.nan, 1) for _ in answers]


def test_a_likelihood_that_is_no_number_is_not_measured() -> None:
    with pytest.raises(ServiceError, match="not numbers"):
        evaluate(spec_of("coding"), PROMPT, cases(3, "coding"), SHA, lambda which: Broken(str), Quiet())


@pytest.mark.parametrize("refusal", ["", "I'm sorry, but I can't help with that."])
def test_a_provider_that_refuses_half_the_items_is_told_beside_its_figures(refusal: str) -> None:
    def half(text: str) -> str:
        return refusal if int(text.rstrip(".").split()[-1]) % 2 else TARGETS["coding"]

    report, items = evaluate(
        spec_of("coding"), PROMPT, cases(30, "coding"), SHA, lambda which: Answering(half, False), Quiet()
    )
    assert (
        "tuned refused 15 of 30 items or answered nothing; its figures count these as wrong."
        in report.caveats
    )
    refused = metric(report, "tuned", "refusal_rate").interval
    assert refused is not None
    assert refused.value == 0.5
    score = metric(report, "tuned", "score").interval
    assert score is not None
    assert score.value == 0.5
    assert sum(item.refused for item in items if item.system == "tuned") == 15


def test_a_metric_of_another_kind_has_no_figure() -> None:
    spec = spec_of("coding", evaluation={"metrics": ["score", "macro_f1"]})
    report, _ = evaluate(spec, PROMPT, cases(3, "coding"), SHA, lambda which: Answering(str), Quiet())
    found = metric(report, "tuned", "macro_f1")
    assert (found.interval, found.missing) == (None, "not for task.kind coding")


def numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [one for below in value.values() for one in numbers(below)]
    if isinstance(value, list):
        return [one for below in value for one in numbers(below)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("answer", ["", "x" * 50_000, "[" * 5_000, "NaN", '{"age": NaN}', "\x00\ud7ff"])
def test_no_answer_breaks_it_or_becomes_a_number_that_is_none(kind: str, answer: str) -> None:
    model: LanguageModel = Answering(lambda text: answer)
    report, _ = evaluate(spec_of(kind), PROMPT, cases(4, kind), SHA, lambda which: model, Quiet())
    assert all(math.isfinite(one) for one in numbers(report.model_dump(mode="json")))
