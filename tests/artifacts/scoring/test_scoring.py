"""One answer, one score: worked examples with near misses for each kind, and what holds for all of them."""

import json
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.assessment import CategoryName
from clinft.artifacts.data import Record
from clinft.artifacts.scoring import TABLE, Scored, kind_of
from clinft.artifacts.scoring.coding import codes
from clinft.artifacts.scoring.summarization import checkable, facts_told
from clinft.errors import SpecError
from clinft.spec.project import TaskKind, TaskSpec
from tests.fakes.specs import project_spec

TASK: TaskSpec = project_spec().task
NOTE = "Chest pain for 2 days. Troponin 0.9. Started aspirin and metoprolol 50 mg. Denies fever."
FACTS = {
    "diagnosis": "myocardial infarction",
    "findings": ["chest pain", "shortness of breath"],
    "mentioned": ["findings"],
}
TARGETS = {
    "classification": "circulatory",
    "coding": "I21.4, E11.9",
    "extraction": '{"drug": "aspirin", "dose": {"value": 75, "unit": "mg"}, "labs": ["troponin"]}',
    "ner": '[{"text": "aspirin", "type": "drug"}, {"text": "chest pain", "type": "finding"}]',
    "question_answering": "The troponin was 0.9",
    "summarization": "Chest pain and shortness of breath.",
    "dialogue_to_note": "Chest pain and shortness of breath.",
}


def record(kind: str, target: str | None = None) -> Record:
    facts = FACTS if kind in ("summarization", "dialogue_to_note") else {}
    return Record(
        id="1", scenario="s", style="plain", text=NOTE, target=target or TARGETS[kind], facts=dict(facts)
    )


def scored(kind: str, answer: str, target: str | None = None) -> Scored:
    return TABLE[kind].score(answer, record(kind, target), TASK)


def test_every_kind_that_has_a_right_answer_is_in_the_table() -> None:
    assert set(TABLE) == set(get_args(TaskKind)) - {"generation"}


def test_free_generation_is_refused() -> None:
    with pytest.raises(SpecError, match="generation"):
        kind_of("generation")


@pytest.mark.parametrize("kind", TABLE)
def test_the_gold_itself_is_right(kind: str) -> None:
    found = scored(kind, TARGETS[kind])
    assert (found.score, found.correct, found.parsed, found.category) == (1.0, True, True, None)


@pytest.mark.parametrize("kind", TABLE)
def test_nothing_is_unreadable_and_wrong(kind: str) -> None:
    found = scored(kind, " \n")
    assert replace(found, values={}) == Scored(0.0, False, False, "format", None)
    # What the gold answer has still counts as missed; an answer that was not read claims nothing.
    assert "claims" not in found.values
    assert all(found.values[name] == 0 for name in ("said", "shared", "facts_told") if name in found.values)


@pytest.mark.parametrize("kind", TABLE)
def test_the_rule_about_the_form_is_a_sentence(kind: str) -> None:
    assert TABLE[kind].form(TASK).endswith(".")
    assert "\n" not in TABLE[kind].form(TASK)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Circulatory.", "circulatory"),
        ("**respiratory**", "respiratory"),
        ("It is circulatory", None),
        ("circulatory or mental", None),
    ],
)
def test_classification_reads_one_label(answer: str, said: str | None) -> None:
    found = scored("classification", answer)
    assert (found.said, found.correct, found.parsed) == (said, said == "circulatory", said is not None)


@pytest.mark.parametrize(
    ("answer", "score", "correct"),
    [
        ("I214 E119", 1.0, True),
        ("i21.4 (NSTEMI) and E11.9", 1.0, True),
        ("E11.9, I21.4", 1.0, False),  # all of them, but another principal one
        ("I21.4", 2 / 3, False),  # a secondary one is missing
        ("I21.4, E11.9, J18.9", 0.8, False),  # one too many
        ('["I21.4", "E119", "I21.4"]', 1.0, True),
        ("J18.9", 0.0, False),
    ],
)
def test_coding_is_f1_of_the_set_and_right_is_the_whole_set_with_the_first_first(
    answer: str, score: float, correct: bool
) -> None:
    found = scored("coding", answer)
    assert (found.score, found.correct) == (pytest.approx(score), correct)


def test_words_and_doses_are_no_codes() -> None:
    assert codes("Gave 50 mg; T4 normal, B12 low? Code: o24.410 / S72001A") == ("B12", "O24.410", "S72.001A")


@pytest.mark.parametrize(
    "listed", ["[null]", '["I21.4", null]', '["I21.4", 1]', '["I21.4", "E1"]', '[1, {"a": []}]', "null"]
)
def test_list_with_something_else_than_codes_is_not_read(listed: str) -> None:
    assert not scored("coding", listed).parsed
    assert not scored("coding", "I21.4", target=listed).parsed
    assert not scored("coding", "[]", target=listed).parsed


def test_no_code_is_right_only_where_there_is_none() -> None:
    assert scored("coding", "none", target="none").correct
    assert not scored("coding", "none").parsed


@pytest.mark.parametrize(
    ("answer", "score", "correct"),
    [
        (
            '```json\n{"labs": ["Troponin"], "dose": {"unit": "MG", "value": 75.0}, "drug": "Aspirin"}\n```',
            1,
            True,
        ),
        (
            '{"drug": "aspirin", "dose": {"value": 75, "unit": "mg"}, "labs": ["troponin"], "note": null}',
            1,
            True,
        ),
        ('{"drug": "aspirin", "dose": {"value": 7.5, "unit": "mg"}, "labs": ["troponin"]}', 0.75, False),
        ('{"drug": "aspirin"}', 0.4, False),
        ("{}", 0, False),
    ],
)
def test_extraction_is_f1_over_fields(answer: str, score: float, correct: bool) -> None:
    found = scored("extraction", answer)
    assert (found.score, found.correct, found.parsed) == (pytest.approx(score), correct, True)


@pytest.mark.parametrize(
    "answer",
    ['Here it is: {"drug": "aspirin"}', '["aspirin"]', '{"drug": NaN}', '{"drug": "aspirin"', "[" * 100_000],
)
def test_what_is_no_json_object_cannot_be_read(answer: str) -> None:
    assert not scored("extraction", answer).parsed


def test_entities_are_compared_with_their_type() -> None:
    half = '[{"text": "Aspirin", "type": "drug"}, {"text": "chest pain", "type": "drug"}]'
    assert scored("ner", half).score == 0.5
    assert scored("ner", '{"entities": ' + TARGETS["ner"] + "}").correct
    assert not scored("ner", '[{"text": "aspirin"}]').parsed
    assert scored("ner", "[]", target="[]").correct


@pytest.mark.parametrize(
    ("answer", "score", "correct"),
    [
        ("troponin was 0.9.", 1.0, True),
        ("0.9", 0.5, False),
        ("troponin was 0.8", 2 / 3, False),
        ("potassium", 0.0, False),
    ],
)
def test_answers_to_questions_are_compared_word_by_word(answer: str, score: float, correct: bool) -> None:
    found = scored("question_answering", answer)
    assert (found.score, found.correct) == (pytest.approx(score), correct)


@pytest.mark.parametrize(
    ("answer", "score", "category"),
    [
        ("Shortness of breath with chest pains.", 1.0, None),
        ("Chest pain.", 0.5, "missing_facts"),
        ("Chest pain and shortness of breath; metoprolol 50 mg.", 1.0, None),  # the note has them
        ("Chest pain and shortness of breath; metoprolol 500 mg.", 0.5, "numeric"),
        ("Chest pain and shortness of breath, given lisinopril.", 0.0, "other"),
    ],
)
def test_a_summary_tells_the_facts_and_invents_none(answer: str, score: float, category: str | None) -> None:
    found = scored("summarization", answer)
    assert (found.score, found.category, found.correct) == (score, category, category is None)


VALUES = [
    # Two codes of three exist, one is a leaf; I21.02 is in the category of I21.4.
    ("coding", "I21.02, E11.9, I21.99", {"gold": 2, "said": 3, "shared": 1, "category_shared": 2}),
    ("coding", "I21.02, E11, I21.99", {"codes_said": 3, "codes_valid": 2, "codes_billable": 1}),
    ("coding", "I21.02, E11.9", {"terms_gold": 2, "terms_said": 2, "terms_shared": 1, "terms_relaxed": 2}),
    ("coding", "what?", {"gold": 2, "said": 0, "shared": 0, "codes_said": 0, "codes_valid": 0}),
    # Four fields; the dose is another, so it is not told; lisinopril and 7.5 are nowhere in the note.
    (
        "extraction",
        '{"drug": "lisinopril", "dose": {"value": 7.5, "unit": "mg"}}',
        {"gold": 4, "said": 3, "shared": 1, "facts": 4, "facts_told": 1, "claims_unsupported": 2},
    ),
    ("extraction", "{}", {"said": 0, "schema_valid": 1, "claims": 0}),
    ("extraction", "no JSON", {"gold": 4, "said": 0, "schema_valid": 0, "facts": 4, "facts_told": 0}),
    # The type is another: relaxed it is the same. Warfarin does not stand in the note.
    (
        "ner",
        '[{"text": "aspirin", "type": "dose"}, {"text": "warfarin", "type": "drug"}]',
        {"gold": 2, "said": 2, "shared": 0, "terms_shared": 0, "terms_relaxed": 1, "claims": 2}
        | {"claims_unsupported": 1, "schema_valid": 1},
    ),
    ("ner", "aspirin", {"gold": 2, "said": 0, "schema_valid": 0}),
    ("question_answering", "The troponin was 0.9", {"rouge_1": 1, "rouge_l": 1, "claims_unsupported": 0}),
    ("question_answering", "troponin 0.8", {"claims": 2, "claims_unsupported": 1}),
    (
        "summarization",
        "Chest pains.",
        {"facts": 2, "facts_told": 1, "facts_critical": 0, "claims_unsupported": 0},
    ),
    ("summarization", "SOB, chest pain.", {"facts": 2, "facts_told": 2, "terms_shared": 2}),
    ("summarization", " ", {"facts": 2, "facts_told": 0, "rouge_1": 0}),
]


@pytest.mark.parametrize(("kind", "answer", "wanted"), VALUES)
def test_what_metrics_add_up(kind: str, answer: str, wanted: dict[str, float]) -> None:
    found = scored(kind, answer).values
    assert {name: found[name] for name in wanted} == wanted


def test_a_schema_that_the_task_has_is_held_against_the_answer() -> None:
    task = TASK.model_copy(update={"output_schema": {"type": "object", "required": ["drug"]}})
    kind = TABLE["extraction"]
    assert kind.score('{"drug": "aspirin"}', record("extraction"), task).values["schema_valid"] == 1.0
    assert kind.score('{"labs": []}', record("extraction"), task).values["schema_valid"] == 0.0


@pytest.mark.parametrize("kind", TABLE)
def test_the_gold_itself_misses_and_invents_nothing(kind: str) -> None:
    found = scored(kind, TARGETS[kind]).values
    for part, whole in (
        ("shared", "gold"), ("shared", "said"), ("category_shared", "gold"), ("codes_valid", "codes_said"),
        ("terms_shared", "terms_gold"), ("terms_shared", "terms_said"), ("facts_told", "facts"),
        ("facts_critical_told", "facts_critical"),
    ):  # fmt: skip
        assert found.get(part) == found.get(whole) or part not in found, part
    # The note says "0.9" and "aspirin", not the dose of 75 mg that the gold answer of extraction has.
    assert found.get("claims_unsupported", 0.0) == (1.0 if kind == "extraction" else 0.0)


def test_what_a_note_is_known_to_tell() -> None:
    facts = {
        **FACTS,
        "mentioned": ["findings", "labs", "aspirin given"],
        "labs": [{"name": "troponin", "loinc": "10839-9"}],
        "vitals": {"pulse": 90},
    }
    gold = "Chest pain and shortness of breath, pulse 90, raised troponin; aspirin was given."
    made = record("summarization", gold).model_copy(update={"facts": facts})
    # No code, which no note tells, and no pulse, of which the record does not say that the note has it.
    assert facts_told(made) == ("chest pain", "shortness of breath", "troponin", "aspirin given")
    assert facts_told(record("coding")) == ()


def test_without_known_facts_the_words_of_the_target_are_the_facts() -> None:
    made = record("summarization").model_copy(update={"facts": {}})
    assert TABLE["summarization"].score("Chest pain.", made, TASK).score == 0.5


def test_numbers_and_medications_can_be_checked() -> None:
    assert checkable("Gave Metoprolol 1,000 mg over 2.5 h; the control was fine.") == {
        "metoprolol",
        "1000",
        "2.5",
    }


BOUNDS = (
    ("shared", "gold"), ("shared", "said"), ("category_shared", "gold"), ("category_shared", "said"),
    ("codes_valid", "codes_said"), ("codes_billable", "codes_valid"), ("terms_shared", "terms_relaxed"),
    ("terms_relaxed", "terms_gold"), ("terms_relaxed", "terms_said"), ("facts_told", "facts"),
    ("facts_critical", "facts"), ("facts_critical_told", "facts_critical"), ("claims_unsupported", "claims"),
    ("rouge_1", "-"), ("rouge_2", "-"), ("rouge_l", "-"), ("schema_valid", "-"),
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*TARGETS.values(), "I21.4", "null", "[]", "{}", "[1]", '{"a": [null, {"b": 1e400}]}']),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ).map(json.dumps),
)


@settings(deadline=None)
@given(st.sampled_from(sorted(TABLE)), texts)
def test_whatever_is_said_the_score_is_one(kind: str, answer: str) -> None:
    found = scored(kind, answer)
    assert 0.0 <= found.score <= 1.0
    assert found.parsed or (found.score, found.correct, found.said) == (0.0, False, None)
    assert found.category is None or found.category in get_args(CategoryName)
    assert found == scored(kind, answer)
    for part, whole in BOUNDS:
        assert 0.0 <= found.values.get(part, 0.0) <= found.values.get(whole, 1.0), (part, whole)


@settings(deadline=None)
@given(st.sampled_from(["extraction", "ner", "coding", "question_answering", "classification"]), texts)
def test_right_answers_of_whole_kinds_have_the_best_score(kind: str, answer: str) -> None:
    found = scored(kind, answer)
    assert not found.correct or found.score == 1.0
    if kind != "coding":  # all codes, but another principal one
        assert found.correct is (found.score == 1.0)
