"""What holds for every kind of task: answers fit their schema, are the same again, and differ from wrong ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from clinft.artifacts.data import Record
from clinft.artifacts.scoring import kind_of
from clinft.errors import SpecError
from clinft.spec.data import Realism
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.pack import ACUITIES
from clinft.stages.prepare.clinical.render import write
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks import TABLE, styles_for, task_of
from clinft.stages.prepare.clinical.tasks.extraction import default_schema
from clinft.stages.prepare.draw import Draw
from tests.fakes.clinical_cases import DOMAINS, EVERYTHING, facts, pack

JSON_KINDS = ("extraction", "coding", "ner")


def spec(kind: str, **changes: object) -> TaskSpec:
    labels = ACUITIES if kind == "classification" else ()
    schema = default_schema() if kind == "extraction" else None
    return TaskSpec(
        **{"kind": kind, "description": "x", "labels": labels, "output_schema": schema, **changes}
    )


def made(kind: str, seed: int, realism: Realism = Realism(), domain: str = "cardiology"):  # noqa: B008 - frozen
    """(facts, note, text, target, rejected, spec)"""
    task, draw = spec(kind), Draw("task", kind, domain, seed)
    styles = styles_for(task)
    of = facts(seed, domain)
    template = draw.one(templates()[styles[seed % len(styles)]])
    note = write(template, of, pack(domain), realism, draw, TABLE[kind].avoid(task))
    text, target = TABLE[kind].make(of, note, task, draw)
    return of, note, text, target, TABLE[kind].rejected(of, note, target, task, draw), task


cases = st.tuples(
    st.sampled_from(sorted(TABLE)), st.integers(0, 3000), st.sampled_from([Realism(), EVERYTHING]),
    st.sampled_from(DOMAINS),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(cases)
def test_an_answer_is_there_and_the_rejected_one_differs(case):
    kind, seed, realism, domain = case
    _, note, text, target, rejected, _ = made(kind, seed, realism, domain)
    assert text.startswith(note.text)
    assert target
    assert rejected
    assert target != rejected


@settings(max_examples=150, deadline=None)
@given(cases)
def test_the_assessment_takes_the_target_for_right_and_the_rejected_answer_for_wrong(case):
    kind, seed, realism, domain = case
    of, _, text, target, rejected, task = made(kind, seed, realism, domain)
    record = Record(id="x", scenario="y", style="hpi", text=text, target=target, facts=of)
    if kind in ("summarization", "dialogue_to_note"):
        return  # judged by the facts, which has its own tests
    score = kind_of(kind).score
    assert score(target, record, task).correct
    if kind != "ner":  # a pair of text and type may stand twice in a note, and one of them be left out
        wrong = score(rejected, record, task)
        assert not wrong.correct or wrong.score < 1


@settings(max_examples=150, deadline=None)
@given(cases)
def test_the_same_draw_gives_the_same_answers(case):
    assert made(*case) == made(*case)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(JSON_KINDS), st.integers(0, 3000), st.sampled_from(DOMAINS))
def test_targets_are_canonical_json_that_fits_the_schema(kind, seed, domain):
    _, _, _, target, rejected, task = made(kind, seed, EVERYTHING, domain)
    schema = TABLE[kind].schema(task)
    for answer in (target, rejected):
        value = json.loads(answer)
        Draft202012Validator(schema).validate(value)
        assert answer == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("kind", [kind for kind in TABLE if kind not in JSON_KINDS])
def test_answers_that_are_no_json_have_no_schema(kind):
    assert TABLE[kind].schema(spec(kind)) is None


def test_styles_are_those_a_task_can_be_made_from():
    assert styles_for(spec("dialogue_to_note")) == ("dialogue",)
    assert "dialogue" not in styles_for(spec("summarization"))
    assert "radiology-report" not in styles_for(spec("classification"))
    by_condition = spec("classification", labels=("asthma", "angina"), classify="condition")
    assert set(styles_for(by_condition)) == set(templates())


def test_a_kind_without_gold_is_refused():
    with pytest.raises(SpecError, match="generation"):
        task_of(spec("generation"))
