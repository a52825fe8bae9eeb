"""What the stage writes for each kind of task is let in as it is; nothing else that could be a text."""

from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.jsonl import write_models
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.pipeline.github.item_rows import check_items
from clinft.ports.models import LanguageModel
from clinft.spec.project import ProjectSpec
from clinft.stages.evaluate.stage import evaluate
from tests.fakes.case_records import TARGETS, Answering, records, spec_of
from tests.fakes.progress import Quiet
from tests.fakes.scripted import PROMPT

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
