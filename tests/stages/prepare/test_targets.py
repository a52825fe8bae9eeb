"""Brought answers are held against their kind, and a wrong one is never repeated."""

import pytest

from clinft.spec.project import TaskSpec
from clinft.stages.prepare.targets import problem_of

SCHEMA = {
    "type": "object",
    "properties": {"age": {"type": "integer"}},
    "required": ["age"],
    "additionalProperties": False,
}


def task(kind: str, **more: object) -> TaskSpec:
    return TaskSpec.model_validate({"kind": kind, "description": "Answer.", **more}, strict=False)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("coding", '["I21.4","I10"]'),
        ("ner", '[{"text":"chest pain","type":"finding"}]'),
        ("ner", "[]"),
        ("summarization", "A man with pain."),
        ("question_answering", "not stated"),
    ],
)
def test_a_good_answer_has_no_problem(kind: str, target: str) -> None:
    assert problem_of(task(kind))(target) is None


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("coding", "E11.9 and I10"),
        ("coding", '["Z99.ZZ9"]'),
        ("coding", "[null]"),
        ("coding", "[]"),
        ("coding", '[1,{"a":[]}]'),
        ("coding", '["I21.4","I21.4"]'),
        ("coding", "[" * 10_000),
        ("ner", '{"text":"a","type":"b"}'),
        ("ner", '[{"text":"a"}]'),
        ("ner", '[{"text":"","type":"b"}]'),
        ("ner", '["a"]'),
        ("summarization", " \n"),
    ],
)
def test_a_wrong_answer_is_told_without_being_shown(kind: str, target: str) -> None:
    found = problem_of(task(kind))(target)
    assert found is not None
    assert not target.strip() or target not in " ".join(found)


def test_classes_and_objects_are_the_specs() -> None:
    labels = problem_of(task("classification", labels=["urgent", "other"]))
    assert (labels("urgent"), labels("Urgent") is None) == (None, False)
    objects = problem_of(task("extraction", output_schema=SCHEMA))
    assert objects('{"age":60}') is None
    assert objects('{"age":"60"}') is not None
    assert objects("[]") is not None
