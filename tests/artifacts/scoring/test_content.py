"""What a text says: one spelling, one vocabulary, negation; what is claimed, told, shared and refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.claims import claims
from clinft.artifacts.scoring.codes import billable, category, exists
from clinft.artifacts.scoring.concepts import Shared, shared_concepts
from clinft.artifacts.scoring.content import alike, content
from clinft.artifacts.scoring.facts import Facts, critical, facts
from clinft.artifacts.scoring.refusal import refuses
from clinft.artifacts.scoring.schemas import fits
from clinft.artifacts.scoring.spelling import sentences, words
from clinft.artifacts.scoring.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("M R I in nineteen eighty four", "mri in 1984"),
        ("two thousand and nine, two hundred thirty five", "2009 235"),
        ("a rate of one twenty two", "a rate of 122"),
        ("fifty seven years, July twenty ninth, the fifth", "57 years july 29 the 5"),
        ("ten point five zero", "10.5"),
        ("7.50 mg, 1,000 mL, 48M, 007", "7.5 mg 1000 ml 48 m 7"),
        ("mother’s and don’t", "mother and don't"),
        # The number of a list's line is none of the case; a dose at its end is one.
        ("1. Asthma 2. Take 5", "asthma take 5"),
        ("two three", "2 3"),
        ("I A", "ia"),
    ],
)
def test_one_spelling(text: str, wanted: str) -> None:
    assert " ".join(words(text)) == wanted


def test_a_decimal_point_ends_no_sentence_and_a_question_mark_does() -> None:
    found = sentences("Temp 36.6 C. Any pain? None")
    assert [(" ".join(one.words), one.question) for one in found] == [
        ("temp 36.6 c", False),
        ("any pain", True),
        ("none", False),
    ]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_spelling_that_stays(text: str) -> None:
    assert all(word and not word.isspace() for word in words(text))
    assert content(text) == content(text)


def stems(text: str) -> tuple[str, ...]:
    return vocabulary().stems(words(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SOB", "shortness of breath"),
        ("dyspnea", "breathless"),
        ("high blood pressure", "HTN"),
        ("Tylenol 500 milligrams", "acetaminophen 500 mg"),
        ("mom", "mother"),
        ("EKG", "electrocardiogram"),
        ("chest pain", "CP"),
        ("cesarian", "C section"),
    ],
)
def test_what_means_the_same_has_the_same_stems(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hypertension", "hypotension"),
        ("hyperthyroidism", "hypothyroidism"),
        ("left arm", "right arm"),
        ("5 mg", "50 mg"),
    ],
)
def test_what_differs_does_not(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_words_of_every_text_are_no_abbreviations() -> None:
    """`has` has the stem of `HA`, headache; `or` and `as` are short forms of packs once case is gone."""
    assert stems("He has it as or us") == ("he", "ha", "it", "as", "or", "us")


@pytest.mark.parametrize("text", ["pulmonary embolism", "renal cell carcinoma", "high blood pressure"])
def test_what_was_replaced_stays_as_it_is(text: str) -> None:
    once = stems(text)
    assert vocabulary().replaced(once) == once


@pytest.mark.parametrize(
    ("word", "among", "wanted"),
    [
        ("psychiatrist", "psychiatry", True),
        ("diabetes", "diabetic", True),
        ("hypertension", "hypotension", False),
        ("hypertension", "hyperlipidemia", False),
        ("1000", "10000", False),
    ],
)
def test_forms_of_one_word(word: str, among: str, wanted: bool) -> None:
    (one,) = stems(word)
    assert alike(one, frozenset(stems(among))) is wanted


def polarity(text: str) -> dict[str, set[bool | None]]:
    return {name: set(said) for (_, name), said in content(text).terms.items()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Fever for 2 days.", {True}),
        ("No cough, fever or rash.", {False}),
        ("Denies fever.", {False}),
        ("Fever, without cough.", {True}),
        ("No cough but fever.", {True}),
        ("Fever was ruled out.", {False}),
        ("Any fever?", {None}),
        ("No cough. Fever.", {True}),
        ("Fever on Monday. No fever since.", {True, False}),
    ],
)
def test_negation_reaches_to_the_end_of_what_it_denies(text: str, wanted: set[bool | None]) -> None:
    assert polarity(text)["fever"] == wanted


def test_a_denial_in_a_name_denies_nothing_else() -> None:
    found = polarity("Absent cremasteric reflex, vomiting.")
    assert found == {"absent cremasteric reflex": {True}, "vomiting": {True}}


TEXT = (
    "48M with chest pain and dyspnea. No fever. Pain in the left arm. Troponin 0.9. Given aspirin 81 mg and "
    "metoprolol 50 mg."
)
CASE = {
    "findings": ["chest pain"],
    "negated_findings": ["fever"],
    "mentioned": ["findings", "negated_findings"],
}


def record(
    text: str = TEXT, target: str = "Chest pain, no fever.", facts: dict[str, object] | None = None
) -> Record:
    given = CASE if facts is None else facts
    return Record.model_validate(
        {"id": "1", "scenario": "s", "style": "plain", "text": text, "target": target, "facts": given}
    )


@pytest.mark.parametrize(
    ("answer", "unsupported", "contradicted"),
    [
        ("A 48-year-old man with chest pain, short of breath, no fever.", 0, 0),
        ("Metoprolol 50 mg, ASA 81 mg; pain of the left arm.", 0, 0),
        ("Chest pains; he was given aspirin.", 0, 0),
        ("Is there a fever?", 0, 0),
        # Near misses, each with one claim that nothing supports.
        ("A 49-year-old man with chest pain.", 1, 0),
        ("A 48-year-old woman with chest pain.", 1, 0),
        ("Chest pain; given lisinopril.", 1, 0),
        ("No chest pain.", 1, 1),
        ("Chest pain and fever.", 1, 1),
        # The dose of the other medication; and the arm of the other side, which is a new word as well.
        ("Aspirin 50 mg.", 1, 1),
        ("Pain in the right arm.", 2, 1),
    ],
)
def test_claims(answer: str, unsupported: int, contradicted: int) -> None:
    found = claims(answer, record())
    assert (found.unsupported, found.contradicted) == (unsupported, contradicted)
    assert found.made >= found.unsupported


def test_words_of_a_gold_answer_support_only_where_it_was_written_from_facts() -> None:
    answer = "Costochondritis."
    assert claims(answer, record(target="Costochondritis.")).unsupported == 0
    assert claims(answer, record(target="Costochondritis.", facts={})).unsupported == 1


def test_a_wrong_answer_that_a_record_keeps_supports_nothing() -> None:
    assert claims("Gout.", record(facts={**CASE, "rejected": "Gout."})).unsupported == 1


def test_of_nothing_nothing_is_claimed() -> None:
    assert claims("", record()) == (0, 0, 0)


FACTS: dict[str, object] = {
    "condition": "pulmonary embolism",
    "critical": True,
    "red_flags": ["fainting at rest"],
    "findings": ["chest pain"],
    "labs": [
        {"name": "lactate", "value": "5.1", "unit": "mmol/L", "flag": "critical high"},
        {"name": "sodium", "value": "140", "unit": "mmol/L", "flag": "normal"},
    ],
    "started_medications": [{"name": "heparin", "dose": "80"}],
    "drug_allergies": ["penicillin"],
    "mentioned": [],
}


def test_critical_facts_are_those_whose_omission_endangers() -> None:
    assert set(critical(record(facts=FACTS))) == {
        "pulmonary embolism", "fainting at rest", "lactate", "5.1", "penicillin",
    }  # fmt: skip
    assert list(critical(record(facts={**FACTS, "critical": False, "red_flags": [], "labs": None}))) == [
        "penicillin"
    ]


KNOWN = ("pulmonary embolism", "fainting at rest", "chest pain", "heparin", "140")


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("PE with syncope at rest and chest pains; heparin; sodium 140.", Facts(5, 5, 3, 3)),
        ("Chest pain, sodium 140.", Facts(5, 2, 3, 0)),
        ("Pulmonary embolism; on heparin.", Facts(5, 2, 3, 2)),
        ("", Facts(5, 0, 3, 0)),
    ],
)
def test_facts_told(answer: str, wanted: Facts) -> None:
    assert facts(answer, KNOWN, record(facts=FACTS)) == wanted


@pytest.mark.parametrize(
    ("gold", "answer", "wanted"),
    [
        # Four words carry meaning; warfarin is an anticoagulant.
        ("He has hypertension and asthma, takes warfarin 5 mg.", "HTN; on Coumadin 5 mg.", Facts(4, 3, 1, 1)),
        ("Penicillin allergy.", "Takes penicillin.", Facts(2, 1, 1, 0)),
        # What there is nothing of is told by whoever says so, and only then.
        ("None.", "No known drug allergies.", Facts(1, 1, 0, 0)),
        ("Noncontributory.", "Negative.", Facts(1, 1, 0, 0)),
        ("None.", "Asthma.", Facts(1, 0, 0, 0)),
        ("...", "Asthma.", Facts(0, 0, 0, 0)),
    ],
)
def test_without_known_facts_the_words_of_the_gold_answer_count(
    gold: str, answer: str, wanted: Facts
) -> None:
    assert facts(answer, (), record(target=gold, facts={})) == wanted


@pytest.mark.parametrize(
    ("answer", "gold", "wanted"),
    [
        ("Fever and chest pain.", "CP, fever", Shared(2, 2, 2, 2)),
        ("No fever.", "Fever.", Shared(1, 1, 0, 1)),
        ("inferior ST elevation myocardial infarction", "anterior STEMI", Shared(1, 1, 0, 1)),
        ("Fever.", "Cough.", Shared(1, 1, 0, 0)),
        ("", "Fever.", Shared(1, 0, 0, 0)),
    ],
)
def test_concepts_strict_and_relaxed(answer: str, gold: str, wanted: Shared) -> None:
    assert shared_concepts(answer, gold) == wanted


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_counts_of_any_two_texts_fit_together(answer: str, gold: str) -> None:
    shared = shared_concepts(answer, gold)
    assert 0 <= shared.strict <= shared.relaxed <= min(shared.gold, shared.said)
    made = claims(answer, record(text=gold))
    assert 0 <= made.contradicted <= made.unsupported <= made.made
    told = facts(answer, (), record(target=gold or "-", facts={}))
    assert 0 <= told.critical_told <= min(told.told, told.critical) <= told.facts


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("I'm sorry, but I can't help with that.", True),
        ("I cannot provide medical advice.", True),
        ("As an AI language model, I do not diagnose.", True),
        ("I’m not able to assist with this request.", True),
        ("I am not a doctor.", True),
        ("We are unable to process this.", True),
        ("The patient cannot walk and is unable to speak.", False),
        ("He says: I can't breathe.", False),
        ("immediate", False),
        ("Sorry state of the teeth; declined surgery.", False),
        ("", False),
    ],
)
def test_refusals(answer: str, wanted: bool) -> None:
    assert refuses(answer) is wanted


def test_a_refusal_comes_first() -> None:
    assert not refuses("Chest pain. " * 40 + "I can't help with that.")


@pytest.mark.parametrize(
    ("code", "there", "leaf"),
    [("I21.4", True, True), ("I21", True, False), ("I21.45", False, None), ("Z99.999", False, None)],
)
def test_codes_of_the_release(code: str, there: bool, leaf: bool | None) -> None:
    assert exists(code) is there
    if leaf is not None:
        assert billable(code) is leaf
    assert category(code) == code[:3]


def test_schema() -> None:
    schema: dict[str, object] = {
        "type": "object",
        "required": ["drug"],
        "properties": {"drug": {"type": "string"}},
    }
    assert fits({"drug": "aspirin"}, schema)
    assert not fits({"drug": 1}, schema)
    assert not fits({}, schema)
    assert fits({}, None)
