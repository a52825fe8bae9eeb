"""Kinds of errors, worked out by hand; near misses beside each."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.error_categories import ORDER, categorize
from clinft.spec.project import TaskKind
from clinft.stages.assess.errors import CURES, summary
from clinft.statistics.proportions import wilson
from tests.fakes.rungs import binary

# A note about an infarction, of a patient with asthma whose mother had a stroke; dissection was excluded.
FACTS: dict[str, Any] = {
    "diagnosis": "acute myocardial infarction",
    "code": "I21.9",
    "chapter": "circulatory",
    "findings": ["crushing chest pain"],
    "vitals": {"pulse_per_minute": 104},
    "history": [{"name": "asthma", "chapter": "respiratory", "code": "J45.909"}],
    "family_history": [{"name": "stroke", "chapter": "nervous", "relative": "mother"}],
    "ruled_out": [{"name": "aortic dissection", "chapter": "vascular", "code": "I71.00"}],
    "negated_findings": ["fever"],
}
CHAPTERS = ("circulatory", "respiratory", "nervous", "digestive", "vascular")
ACUITY = ("1", "2", "3", "4", "5")


@pytest.mark.parametrize(
    ("prediction", "parsed", "kind"),
    [
        ("circulatory", True, None),
        (None, False, "format"),
        ("circulatory", False, "format"),  # right words in an answer that could not be read
        ("heart", True, "format"),  # no label of the task
        ("respiratory", True, "negation_or_context"),  # the asthma of long ago
        ("nervous", True, "negation_or_context"),  # the mother's
        ("vascular", True, "negation_or_context"),  # excluded
        ("digestive", True, "convention_or_terms"),  # nothing in the note speaks for it
    ],
)
def test_label(prediction: str | None, parsed: bool, kind: str | None) -> None:
    assert categorize("circulatory", prediction, parsed, FACTS, CHAPTERS, "classification") == kind


@pytest.mark.parametrize(
    ("prediction", "kind"),
    [
        ("2", None),
        ("1", "convention_or_terms"),
        ("3", "convention_or_terms"),
        ("4", "other"),
        ("6", "format"),
    ],
)
def test_step_of_a_scale(prediction: str, kind: str | None) -> None:
    assert categorize("2", prediction, True, FACTS, ACUITY, "classification", ordinal=True) == kind


@pytest.mark.parametrize(
    ("target", "prediction", "kind"),
    [
        ("I21.9", "I219", None),
        ("I21.9, E11.9", "i219 e11.9", None),
        ("I21.9, E11.9", "e11.9 i21.9", "convention_or_terms"),  # another principal one
        ('["I21.9"]', "I21.9", None),
        ("I21.9", "I21.4", "convention_or_terms"),  # another subtype of the same category
        ("I21.9, I10", "I21.9", "convention_or_terms"),  # whether hypertension is coded too
        ("I21.9", "J45.909", "negation_or_context"),  # the asthma
        ("I21.9", "I71.00", "negation_or_context"),  # the excluded dissection
        ("I21.9", "I50.9", "missing_facts"),  # named in the note, coded from another category
        ("I21.9", "infarction", "format"),
        ("I21.9", "", "format"),
        ("I21.9", "I2", "format"),
    ],
)
def test_code(target: str, prediction: str, kind: str | None) -> None:
    assert categorize(target, prediction, True, FACTS, (), "coding") == kind


def test_code_from_elsewhere_without_facts_is_left_to_a_person() -> None:
    assert categorize("I21.9", "I50.9", True, None, (), "coding") == "other"


@pytest.mark.parametrize(
    ("target", "prediction", "kind"),
    [
        ({"pulse": 104}, {"pulse": 104}, None),
        ({"pulse": 104}, {"pulse": 140}, "numeric"),
        ({"dose": "325 mg"}, {"dose": "81 mg"}, "numeric"),
        ({"diagnosis": "myocardial infarction"}, {"diagnosis": "infarction"}, "convention_or_terms"),
        ({"diagnosis": "myocardial infarction"}, {"diagnosis": "asthma"}, "negation_or_context"),
        ({"findings": ["chest pain"]}, {"findings": ["chest pain", "fever"]}, "negation_or_context"),
        ({"fever": False}, {"fever": True}, "negation_or_context"),
        ({"diagnosis": "myocardial infarction"}, {"diagnosis": "pneumonia"}, "other"),
        ({"diagnosis": "asthma"}, {"diagnosis": None}, "other"),
        ({"pulse": 104}, {"heart_rate": 104}, "format"),
        ({"pulse": 104}, [104], "format"),
        # Two errors at once: the one that comes first in ORDER.
        ({"pulse": 104, "fever": False}, {"pulse": 140, "fever": True}, "negation_or_context"),
    ],
)
@pytest.mark.parametrize("task", ["extraction", "ner"])
def test_fields(target: Any, prediction: Any, kind: str | None, task: TaskKind) -> None:
    assert categorize(json.dumps(target), json.dumps(prediction), True, FACTS, (), task) == kind


@pytest.mark.parametrize("prediction", ["{", "pulse 104", "[" * 100_000, '{"pulse": ' + "9" * 5000 + "}"])
def test_fields_that_cannot_be_read_are_format(prediction: str) -> None:
    assert categorize('{"pulse": 104}', prediction, True, FACTS, (), "extraction") == "format"


@pytest.mark.parametrize(
    ("target", "prediction", "kind"),
    [
        ("Acute myocardial infarction.", "acute myocardial infarction", None),
        ("acute myocardial infarction", "asthma exacerbation", "negation_or_context"),
        ("acute myocardial infarction", "myocardial infarction with a pulse of 140", "numeric"),
        ("pulse of 104, myocardial infarction", "myocardial infarction, 104 a minute", "convention_or_terms"),
        ("troponin every three hours", "call the cardiologist", "missing_facts"),
        ("acute myocardial infarction", "pericarditis", "other"),
    ],
)
@pytest.mark.parametrize("task", ["question_answering", "summarization", "dialogue_to_note", "generation"])
def test_text(target: str, prediction: str, kind: str | None, task: TaskKind) -> None:
    assert categorize(target, prediction, True, FACTS, (), task) == kind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    target=JSON,
    prediction=JSON | st.text(max_size=20),
    facts=st.dictionaries(st.sampled_from(sorted(FACTS)), JSON, max_size=4) | st.none(),
    kind=st.sampled_from(("classification", "coding", "extraction", "ner", "question_answering")),
)
def test_any_answer_has_one_kind_or_is_right(
    target: Any, prediction: Any, facts: Any, kind: TaskKind
) -> None:
    said = prediction if isinstance(prediction, str) else json.dumps(prediction)
    assert categorize(json.dumps(target), said, True, facts, (), kind) in (None, *ORDER)
    assert categorize(json.dumps(target), json.dumps(target), True, facts, (), kind) in (None, "format")


def test_summary_counts_errors_most_frequent_first() -> None:
    rung = binary("a", 6, 16, kinds={"format": 2, "numeric": 5, "no such kind": 1})
    found = summary(rung.outcomes, 0.95)

    # The two without a kind and the unknown one are for a person to look at.
    assert [(one.category, one.count) for one in found] == [("numeric", 5), ("other", 3), ("format", 2)]
    assert [one.share for one in found] == [wilson(count, 10, 0.95) for count in (5, 3, 2)]
    assert found[0].data_change == "data.realism.units: a larger share"
    assert summary(binary("a", 5, 5).outcomes, 0.95) == ()


def test_each_kind_has_a_cure_and_only_switches_that_the_spec_has() -> None:
    from clinft.spec.data import DataSpec, Realism

    assert set(CURES) == set(ORDER)
    changes = " ".join(cure.data_change or "" for cure in CURES.values())
    named = {word.strip(":;,").removeprefix("data.") for word in changes.split() if word.startswith("data.")}
    assert named == {"label_counts", "terminology_focus", "realism.distractors", "realism.units"}
    for name in named:
        first, _, second = name.partition(".")
        assert first in DataSpec.model_fields
        assert not second or second in Realism.model_fields
