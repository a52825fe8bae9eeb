"""Metrics by kind of task: what is said of them in the spec is what they say themselves."""

from pathlib import Path
from typing import Any, get_args

import pytest

from clinft.artifacts.scoring import TABLE as KINDS
from clinft.metrics import TABLE
from clinft.metrics.metric import Ratio, Share
from clinft.spec.evaluation import MetricName
from clinft.spec.load import validate_files
from clinft.spec.measured import DEFAULT_METRICS, MAIN_METRIC, ONLY_FOR, is_for, metrics_for
from clinft.spec.project import TaskKind
from tests.fakes.specs import project_spec, write_repository


def of_kind(kind: str, **changes: Any) -> Any:
    task = {"kind": kind, "labels": []}
    if kind == "extraction":
        task["output_schema"] = {"type": "object"}
    return project_spec(task=task, **changes)


def test_a_metric_is_for_the_kinds_that_it_names_itself() -> None:
    assert set(get_args(MetricName)) == set(TABLE)
    assert {name: metric.kinds for name, metric in TABLE.items() if metric.kinds is not None} == dict(
        ONLY_FOR
    )


def test_every_kind_that_is_scored_has_metrics_of_its_own() -> None:
    assert set(DEFAULT_METRICS) == set(KINDS)
    assert set(MAIN_METRIC) == set(get_args(TaskKind))
    for kind, metrics in DEFAULT_METRICS.items():
        assert MAIN_METRIC[kind] in metrics
        assert set(metrics) <= set(metrics_for(kind))


def test_a_main_metric_is_a_share_or_a_mean_for_gains_are_told_in_it() -> None:
    assert all(isinstance(TABLE[name].form, Share | Ratio) for name in MAIN_METRIC.values())


@pytest.mark.parametrize("kind", [kind for kind in DEFAULT_METRICS if kind != "classification"])
def test_what_a_spec_leaves_out_follows_from_its_kind(kind: str) -> None:
    spec = of_kind(kind)
    assert spec.evaluation.metrics == DEFAULT_METRICS[kind]
    assert [(one.metric, one.margin) for one in spec.regression.margins] == [("score", 0.02)]
    told = of_kind(kind, evaluation={"metrics": ["score"]}, regression={"margins": []})
    assert told.evaluation.metrics == ("score",)
    assert told.regression.margins == ()
    # As a run's own copy of the spec is read again.
    assert type(spec).model_validate_json(spec.model_dump_json()) == spec


def test_classification_is_as_it_was() -> None:
    spec = project_spec()
    assert spec.evaluation.metrics == ("accuracy", "macro_f1", "parse_failure_rate", "perplexity")
    assert [one.metric for one in spec.regression.margins] == ["accuracy"]


def test_a_metric_of_another_kind_is_none_for_this_one() -> None:
    assert not is_for("macro_f1", "coding")
    assert is_for("accuracy", "coding")
    assert "rouge_l" not in metrics_for("classification")


def test_naming_one_is_a_problem_at_its_line(tmp_path: Path) -> None:
    folder = write_repository(
        tmp_path, task={"kind": "coding", "labels": []}, evaluation={"metrics": ["score", "macro_f1"]}
    )
    (problem,) = validate_files([folder])
    assert problem.message == "This metric is not measured for `task.kind: coding`."
    assert (folder / "project.yaml").read_text().splitlines()[problem.line - 1].strip() == "- macro_f1"
    assert "category_credit" in problem.next_step
