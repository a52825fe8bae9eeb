"""What the stage writes for each kind of task is let in as it is; nothing else that could be a text."""

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.jsonl import write_models
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.pipeline.github.item_rows import check_items
from clinft.ports.models import LanguageModel
from clinft.spec.project import ProjectSpec
from clinft.stages.evaluate.scoring import items_sha256
from clinft.stages.evaluate.stage import evaluate
from tests.fakes.case_records import TARGETS, Answering, records, spec_of
from tests.fakes.evaluated import items
from tests.fakes.progress import Quiet
from tests.fakes.scripted import PROMPT
from tests.fakes.specs import project_spec

KINDS = tuple(TARGETS)


def evaluated(kind: str, says: str | None = None) -> tuple[ProjectSpec, EvaluationReport, list[ItemResult]]:
    spec = spec_of(kind, evaluation={"also": ["other-model"]})
    models: dict[str, LanguageModel] = {
        "base": Answering(lambda text: "Aspirin 100 mg twice a day."),
        "tuned": Answering(lambda text: TARGETS[kind] if says is None else says),
        "other-model": Answering(lambda text: TARGETS[kind], has_logprobs=False),
    }
    return spec, *evaluate(spec, PROMPT, records(6, kind), "a" * 64, models.__getitem__, Quiet())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "says", [None, "", "I10", '["I10", "E11.9"]', '{"age": 3, "x": [1]}', '[{"text": "a", "type": "b"}]']
)
def test_what_the_stage_writes_is_let_in(kind: str, says: str | None, tmp_path: Path) -> None:
    spec, report, rows = evaluated(kind, says)
    path = tmp_path / "items.jsonl"
    write_models(path, rows)
    assert check_items(path, spec, report) is None


HOSTILE: list[dict[str, Any]] = [
    {"target": "Zebulon Quackenbush"},
    {"prediction": "Zebulon Quackenbush"},
    {"prediction": "I21.4, Zebulon"},
    {"prediction": "I21.4, "},
    {"values": {"zebulon_quackenbush": 1.0}},
    {"slices": {"condition": "zebulon quackenbush"}},
    {"slices": {"condition": "x" * 81}},
    {"slices": {"patient": "zebulon"}},
    {"cluster": "zebulon-quackenbush"},
    {"category": "zebulon"},
    {"system": "zebulon"},
    {"scored_by": "zebulon"},
    {"probabilities": (1.0,)},
]


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: next(iter(change)))
@pytest.mark.parametrize("kind", ["coding", "summarization"])
def test_a_row_that_could_hold_a_text_is_not(kind: str, change: dict[str, Any], tmp_path: Path) -> None:
    spec, _, rows = evaluated(kind)
    path = tmp_path / "items.jsonl"
    write_models(path, [rows[0].model_copy(update=change), *rows[1:]])
    found = check_items(path, spec, None)
    assert found is not None
    assert found.startswith("items.jsonl, row 1, is not about")


def test_more_subgroups_than_a_vocabulary_has_are_a_text_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinft.pipeline.github.item_rows.MOST_VALUES", 3)
    spec, _, rows = evaluated("coding")
    path = tmp_path / "items.jsonl"
    write_models(path, rows)
    assert check_items(path, spec, None) == "items.jsonl has more subgroups than any vocabulary"


def refused(
    path: Path, spec: ProjectSpec, report: EvaluationReport, rows: list[ItemResult], **more: Any
) -> str | None:
    """Rows with the report that belongs to them, as a machine that lies would make both."""
    known = {(one.system, one.scoring): one for one in report.systems}
    systems = []
    for key, group in groupby(rows, key=lambda row: (row.system, row.scoring)):
        system = known.get(key, report.systems[0])
        change = {"system": key[0], "scoring": key[1], "items_sha256": items_sha256(group), **more}
        systems.append(system.model_copy(update=change))
    write_models(path, rows)
    return check_items(path, spec, report.model_copy(update={"systems": tuple(systems)}))


FIGURES: list[tuple[str, dict[str, Any]]] = [
    ("coding", {"score": 1.0}),
    ("coding", {"correct": True}),
    ("coding", {"parsed": False}),
    ("extraction", {"correct": True}),
    ("extraction", {"score": 1.0}),
    ("extraction", {"score": 0.9}),
    ("ner", {"score": 1.0, "correct": True}),
    ("question_answering", {"correct": True}),
    ("summarization", {"correct": True}),
    ("summarization", {"score": 1.0}),
    ("summarization", {"score": None}),
    ("dialogue_to_note", {"parsed": False, "score": 0.5}),
    ("dialogue_to_note", {"correct": True, "score": 1.0}),
    ("coding", {"answer_nll_nats": -1e300}),
    ("coding", {"answer_nll_nats": 1e300}),
    ("coding", {"answer_nll_nats": None}),
    ("coding", {"answer_tokens": 10**40}),
    ("coding", {"answer_bytes": -1}),
    ("summarization", {"values": {"facts": 1.0, "facts_told": 2.0}}),
    ("summarization", {"values": {"rouge_1": 2.0}}),
]
WRONG = {
    "coding": '["I21.4"]', "extraction": '{"age": 61}', "ner": '[{"text": "chest", "type": "finding"}]',
    "question_answering": "two days", "summarization": "Aspirin.", "dialogue_to_note": "Aspirin.",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "change"), FIGURES, ids=[f"{kind} {sorted(change)}" for kind, change in FIGURES]
)
def test_figures_that_contradict_each_other_are_refused(
    kind: str, change: dict[str, Any], tmp_path: Path
) -> None:
    spec, report, rows = evaluated(kind, WRONG[kind])
    path = tmp_path / "items.jsonl"
    assert refused(path, spec, report, rows) is None
    forged = [row.model_copy(update=change) if row.system == "tuned" else row for row in rows]
    found = refused(path, spec, report, forged)
    assert found is not None
    assert found.endswith("has figures that do not agree with each other")


def test_a_case_is_critical_for_every_system_or_for_none(tmp_path: Path) -> None:
    spec, report, rows = evaluated("coding")
    assert any(row.critical for row in rows)
    forged = [row.model_copy(update={"critical": False}) if row.system == "tuned" else row for row in rows]
    found = refused(tmp_path / "items.jsonl", spec, report, forged)
    assert found == "items.jsonl describes test-000003 in two ways"


def test_whose_case_is_critical_by_its_label_is_not_the_rows_to_say(tmp_path: Path) -> None:
    spec = project_spec()
    rows = [row.model_copy(update={"item": f"{row.item[:5]}00{row.item[5:]}"}) for row in items([True] * 4)]
    path = tmp_path / "items.jsonl"
    write_models(path, rows)
    assert check_items(path, spec, None) is None
    write_models(path, [rows[0].model_copy(update={"critical": False}), *rows[1:]])
    assert check_items(path, spec, None) is not None


def test_rows_of_the_deployed_model_come_only_where_it_was_asked_for(tmp_path: Path) -> None:
    spec, report, rows = evaluated("coding")
    deployed = [row.model_copy(update={"system": "deployed"}) for row in rows if row.system == "tuned"]
    path = tmp_path / "items.jsonl"
    found = refused(path, spec, report, [*rows, *deployed])
    assert found is not None
    assert "is not about a record, a system and labels of this project" in found
    asked = spec.model_copy(
        update={"evaluation": spec.evaluation.model_copy(update={"compare": ("tuned", "deployed")})}
    )
    mine = [row for row in rows if row.system == "tuned"]
    found = refused(path, asked, report, [*mine, *deployed])
    assert found == "evaluate.json does not say of which run the deployed model is"


def test_without_free_answers_of_the_tuned_model_there_is_nothing_to_judge(tmp_path: Path) -> None:
    spec, report, rows = evaluated("coding")
    others = [row for row in rows if row.system != "tuned"]
    found = refused(tmp_path / "items.jsonl", spec, report, others)
    assert found == "items.jsonl has no free answers of the tuned model, which verdicts rest on"
