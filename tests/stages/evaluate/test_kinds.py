"""Every kind of task through the stage: what its rows hold, what is told in figures, what is told in words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.ports.models import LanguageModel
from clinft.spec.measured import DEFAULT_METRICS
from clinft.stages.evaluate.asking import Rules
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.stage import Surroundings, evaluate, measure
from tests.fakes.case_records import TARGETS, Answering, records, spec_of
from tests.fakes.progress import Quiet
from tests.fakes.scripted import PROMPT

KINDS = tuple(TARGETS)
SHA = "a" * 64


def run(
    kind: str,
    says: Callable[[str], str],
    count: int = 30,
    logprobs: bool = True,
    base: Callable[[str], str] = lambda text: "I cannot tell.",
    **changes: Any,
) -> tuple[EvaluationReport, list[ItemResult]]:
    models: dict[str, LanguageModel] = {"base": Answering(base, logprobs), "tuned": Answering(says, logprobs)}
    return evaluate(spec_of(kind, **changes), PROMPT, records(count, kind), SHA, models.__getitem__, Quiet())


@pytest.mark.parametrize("kind", KINDS)
def test_right_answers_have_full_scores_and_every_default_metric_a_place(kind: str) -> None:
    report, items = run(kind, lambda text: TARGETS[kind])
    tuned = [one for one in items if one.system == "tuned"]
    assert {one.scoring for one in items} == {"generated_text"}
    assert all(one.correct and one.score == 1.0 and one.parsed and one.category is None for one in tuned)
    assert all(not one.correct and one.category for one in items if one.system != "tuned")
    (result,) = [one for one in report.systems if one.system == "tuned"]
    assert [one.metric for one in result.metrics] == list(DEFAULT_METRICS[kind])
    assert (result.labels, result.confusion, result.reliability) == ((), {}, ())
    assert report.main_metric == "score"
    assert {gain.metric for gain in report.gains} == {"score"}
    assert all(gain.difference.low > 0 for gain in report.gains)


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_record_or_answer_is_in_a_row(kind: str) -> None:
    report, items = run(kind, lambda text: f"Zebulon Quackenbush has {text}")
    stored = report.model_dump_json() + "".join(item.model_dump_json() for item in items)
    assert "Quackenbush" not in stored
    assert "aspirin" not in stored.casefold()
    assert {item.prediction for item in items} == {None}
    if kind != "coding":
        assert {item.target for item in items} == {None}


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_answers_likelihood_stands_beside_the_free_answer(kind: str) -> None:
    _, items = run(kind, lambda text: TARGETS[kind])
    words, size = len(TARGETS[kind].split()), len(TARGETS[kind].encode())
    assert {(one.answer_nll_nats, one.answer_tokens, one.answer_bytes) for one in items} == {
        (1.5, words, size)
    }
    _, hosted = run(kind, lambda text: TARGETS[kind], logprobs=False)
    assert {(one.answer_nll_nats, one.answer_tokens, one.answer_bytes) for one in hosted} == {
        (None, None, None)
    }


def test_codes_are_the_only_words_that_a_row_of_coding_holds() -> None:
    _, items = run("coding", lambda text: '["I21.4", "I10"]')
    tuned = [one for one in items if one.system == "tuned"]
    assert {(one.target, one.prediction) for one in tuned} == {("I21.4, E11.9", "I21.4, I10")}
    assert {(one.correct, one.score) for one in tuned} == {(False, 0.5)}
    assert {one.values["shared"] for one in tuned} == {1.0}


def test_a_case_is_critical_and_in_its_subgroups_as_its_facts_say() -> None:
    _, items = run("coding", lambda text: TARGETS["coding"])
    first = next(one for one in items if one.item == "test-000003")
    assert first.critical is True
    assert first.cluster == "aaaaaaaaaaaaaaad"
    assert first.slices == {
        "acuity": "emergent",
        "age_band": "40-64",
        "condition": "pulmonary-embolism",
        "severity": "severe",
        "sex": "male",
        "style": "consult",
    }


def test_subgroups_have_a_figure_from_the_least_number_of_items_on() -> None:
    report, _ = run("coding", lambda text: TARGETS["coding"], evaluation={"min_subgroup": 15})
    (tuned,) = [one for one in report.systems if one.system == "tuned"]
    found = {(one.slice, one.value, one.metric): one for one in tuned.slices}
    sex = found["sex", "female", "score"]
    assert sex.n == 15
    assert sex.interval is not None
    assert sex.interval.value == 1.0
    critical = found["sex", "female", "critical_recall"]
    assert (critical.n, critical.interval) == (5, None)
    assert critical.missing == "5 items, fewer than evaluation.min_subgroup (15)"


def test_wrong_answers_are_grouped_by_kind_with_those_to_look_at_first() -> None:
    report, _ = run("coding", lambda text: "no codes here" if "Note 3" in text else '["I21.4", "I10"]')
    groups = {one.category: one for one in report.errors}
    assert sum(group.n for group in report.errors) == 30
    assert groups["format"].n == 2  # notes 3 and 30
    assert groups["format"].items == ("test-000003", "test-000030")
    assert groups["format"].critical == 2
    assert all(len(group.items) <= 10 for group in report.errors)
    others = next(group for group in report.errors if group.category != "format")
    assert others.items[0] == "test-000006"  # critical ones first


def test_answers_are_kept_only_where_the_audit_finds_nothing(tmp_path: Path) -> None:
    clean, dirty = "Chest pain for two days.", "SSN 219-09-9999, chest pain."
    says = lambda text: dirty if "Note 1." in text else clean  # noqa: E731
    models: dict[str, LanguageModel] = {"base": Answering(says), "tuned": Answering(says)}
    kept = Kept(tmp_path)
    rules = Rules(scan=lambda text: "CRITICAL" if "SSN" in text else None, keeps=True)
    report = measure(
        spec_of("summarization"),
        PROMPT,
        records(4, "summarization"),
        SHA,
        models.__getitem__,
        Quiet(),
        kept,
        Surroundings(rules=rules),
    )
    assert report.outputs is not None
    assert (report.outputs.outputs, report.outputs.withheld) == (12, 3)
    assert report.outputs.by_severity == {"CRITICAL": 3}
    stored = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "219-09-9999" not in stored
    first, second = kept.answers("tuned", "generated_text")[:2]
    # Withheld, and scored all the same.
    assert (first.output, first.row.output_sha256, first.severity) == (None, None, "CRITICAL")
    assert first.row.values["rouge_1"] > 0
    assert (second.output, second.row.output_sha256) == (clean, digest_bytes(clean.encode()))


def test_a_value_of_a_slice_that_may_not_be_shown_is_left_out(tmp_path: Path) -> None:
    models: dict[str, LanguageModel] = {"base": Answering(str), "tuned": Answering(str)}
    kept = Kept(tmp_path)
    measure(
        spec_of("coding"),
        PROMPT,
        records(4, "coding"),
        SHA,
        models.__getitem__,
        Quiet(),
        kept,
        Surroundings(rules=Rules(plain=lambda value: "infarction" not in value)),
    )
    conditions = [row.slices.get("condition") for row in kept.rows("tuned", "generated_text")]
    assert conditions == ["pulmonary-embolism", None, "pulmonary-embolism", None]
