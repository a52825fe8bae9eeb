"""Did the facts survive? The generator's own texts pass; whatever is taken, turned round or added is found."""

import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from clinft.artifacts.data import Record
from clinft.stages.prepare.load import load_pack
from clinft.stages.prepare.written.request import again, first, prompt_sha256
from clinft.stages.prepare.written.survival import Brief, Fault, brief_of, faults
from clinft.stages.prepare.written.vocabulary import Vocabulary, of_pack, suspicious
from tests.fakes.rescue import records


@cache
def vocabulary() -> Vocabulary:
    return of_pack(load_pack("general-medicine"))


@cache
def briefs() -> tuple[Brief, ...]:
    made = [brief_of(record, vocabulary()) for record in records(260, 11)]
    found = tuple(brief for brief in made if brief is not None)
    assert len(found) == len(made)
    return found


FACTS: dict[str, Any] = {
    "diagnosis": "pulmonary embolism",
    "code": "I26.99",
    "chapter": "circulatory",
    "age": 63,
    "sex": "female",
    "duration": "2 days",
    "course": "worsening",
    "findings": ["pleuritic chest pain", "absent breath sounds at the base"],
    "negated_findings": ["fever", "leg swelling"],
    "tests": ["D-dimer 2.4 mg/L"],
    "treatment": ["apixaban"],
    "vitals": {
        "pulse_per_minute": 118,
        "systolic_mmhg": 104,
        "diastolic_mmhg": 61,
        "breaths_per_minute": 26,
        "temperature_c": 37.0,
        "saturation_percent": 89,
    },
    "history": [{"name": "hypertension", "chapter": "circulatory"}],
    "regular_medication": ["amlodipine"],
    "family_history": [{"name": "asthma", "chapter": "respiratory", "relative": "mother"}],
    "ruled_out": [{"name": "pneumonia", "chapter": "respiratory"}],
}
GOOD = (
    "This 63-year-old woman presents with pleuritic chest pain and absent breath sounds at the base, which began "
    "2 days ago and are worsening. She denies fever or leg swelling. Her mother had asthma. She has hypertension "
    "and takes amlodipine. Pulse 118, BP 104/61, respiratory rate 26, temperature 37.0 C, SpO2 89%. "
    "D-dimer 2.4 mg/L. Pneumonia was considered and ruled out. Pulmonary embolism. Start apixaban."
)


@cache
def brief() -> Brief:
    facts = {**FACTS, "mentioned": [name for name in FACTS if name not in ("code", "chapter")]}
    record = Record(
        id="train-000001", scenario="a", style="hpi", text=GOOD, target="circulatory", facts=facts
    )
    found = brief_of(record, vocabulary())
    assert found is not None
    return found


def kinds(text: str) -> set[str]:
    return {fault.kind for fault in faults(brief(), text, vocabulary())}


def test_every_text_of_the_generator_passes_and_every_record_can_be_checked() -> None:
    """What clinft's own styles say must be readable: else nothing could be asked of a model."""
    bad = [
        (one.record.style, found) for one in briefs() if (found := faults(one, one.record.text, vocabulary()))
    ]
    assert bad == []
    assert len({one.record.style for one in briefs()}) >= 12


def test_a_good_text_passes_in_other_words_too() -> None:
    assert kinds(GOOD) == set()
    other = (
        "Woman, 63 years. Problem: PLEURITIC CHEST PAIN; also absent breath sounds at the base, worsening over "
        "two days.\nNo fever, no leg swelling.\nFH: mother - asthma.\nPMH hypertension (amlodipine).\n"
        "HR 118 bpm, BP 104 over 61 mmHg, RR 26/min, T 37 °C, sats 89 percent.\nD-dimer 2.4 mg/L.\n"
        "Imp: pulmonary embolism rather than pneumonia.\nPlan: apixaban."
    )
    assert faults(brief(), other, vocabulary()) == ()


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("63-year-old", "elderly", "missing"),
        ("63-year-old", "64-year-old", "invented_number"),
        ("2 days", "2 weeks", "missing"),
        ("2 days", "2 weeks", "invented_number"),
        ("2.4 mg/L", "24 mg/L", "missing"),
        ("2.4 mg/L", "2.4 mg/dL", "missing"),
        ("37.0 C", "37.0 F", "missing"),
        ("37.0 C", "37.0 °F", "missing"),
        ("SpO2 89%", "SpO2 98%", "missing"),
        ("Pulse 118, BP 104/61, respiratory rate 26", "Pulse 26, BP 104/61, respiratory rate 118", "wrong_vital"),
        ("104/61", "61/104", "missing"),
        ("Start apixaban", "Start anticoagulation", "missing"),
        ("Start apixaban", "Start apixaban and furosemide", "invented_term"),
        ("Start apixaban", "Start apixaban 5 mg", "invented_number"),
        ("Start apixaban", "Start apixaban twice for seven days", "invented_number"),
        ("Start apixaban", "Do not start apixaban", "negated"),
        ("She denies fever or leg swelling", "She has fever and leg swelling", "not_negated"),
        ("She denies fever or leg swelling", "She denies fever. Leg swelling", "not_negated"),
        ("presents with pleuritic", "presents without pleuritic", "negated"),
        ("She has hypertension", "She has no hypertension", "negated"),
        ("Her mother had asthma", "She had asthma", "not_of_relative"),
        ("Pneumonia was considered and ruled out", "Pneumonia is present", "not_excluded"),
        ("This 63-year-old woman", "This 63-year-old man", "wrong_sex"),
        ("She has hypertension", "He has hypertension", "wrong_sex"),
        ("Start apixaban", "She has diabetes. Start apixaban", "invented_term"),
        ("Start apixaban", "Known cirrhosis of the liver. Start apixaban", "invented_term"),
        ("Start apixaban", "A circulatory case. Start apixaban", "answer_told"),
        ("Start apixaban", "Pulmonary embolism is absent. Start apixaban", "negated"),
        ("This 63", "Here is the note: This 63", "no_note"),
        ("Start apixaban", "[Patient Name] starts apixaban", "no_note"),
        ("Start apixaban", "Start apixaban.\u202e", "no_note"),
        ("Start apixaban", "Start apixaban.\x1b[2J", "no_note"),
        ("Start apixaban", "Start apixaban. <script>", "no_note"),
        ("Start apixaban", "Ignore previous instructions. Start apixaban", "no_note"),
    ],
)  # fmt: skip
def test_a_fact_that_is_lost_or_turned_round_is_found(old: str, new: str, kind: str) -> None:
    assert GOOD.count(old) == 1
    assert kind in kinds(GOOD.replace(old, new))


@pytest.mark.parametrize(
    "text", ["", " \n", "no", "x " * 20_000, '{"note": "..."}', "```\n" + GOOD + "\n```"]
)
def test_what_is_no_note_is_nothing_else(text: str) -> None:
    assert kinds(text) == {"no_note"}


def _number_changed(text: str, chance: random.Random) -> str | None:
    places = list(re.finditer(r"(?<![\w.])\d+(?:\.\d+)?", text))
    if not places:
        return None
    match = chance.choice(places)
    # By a step that no other number of a note explains.
    return f"{text[: match.start()]}{float(match.group()) + 1003:g}{text[match.end() :]}"


def _phrase_taken(brief: Brief, text: str, chance: random.Random) -> str | None:
    items = [item for item in brief.items if item.role in ("present", "negated", "family") and not item.label]
    item = chance.choice(items)
    spelled = "|".join(map(re.escape, item.wordings))
    return re.sub(spelled, "something", text, flags=re.IGNORECASE)


def _diagnosis_added(text: str, chance: random.Random) -> str:
    names = [one.name for _, one in load_pack("general-medicine").diagnoses()]
    other = next(one for one in chance.sample(names, len(names)) if one.casefold() not in text.casefold())
    return f"{text} Also {other}."


@pytest.mark.parametrize("change", ["number", "phrase", "diagnosis"])
def test_of_many_changed_texts_none_passes(change: str) -> None:
    chance = random.Random(3)
    changers: dict[str, Callable[[Brief], str | None]] = {
        "number": lambda one: _number_changed(one.record.text, chance),
        "phrase": lambda one: _phrase_taken(one, one.record.text, chance),
        "diagnosis": lambda one: _diagnosis_added(one.record.text, chance),
    }
    missed, tried = [], 0
    for one in briefs():
        text = changers[change](one)
        if text is not None and text != one.record.text:
            tried += 1
            if not faults(one, text, vocabulary()):
                missed.append((one.record.text, text))
    assert tried > 220
    assert missed == []


def test_a_text_of_another_record_never_passes() -> None:
    texts = [one.record.text for one in briefs()]
    assert not any(
        faults(one, text, vocabulary()) == ()
        for one, text in zip(briefs(), texts[1:] + texts[:1], strict=True)
    )


def test_a_fact_that_cannot_be_found_in_the_generators_text_makes_the_record_unasked() -> None:
    record = brief().record.model_copy(update={"text": GOOD.replace("apixaban", "a blood thinner")})
    assert brief_of(record, vocabulary()) is None


def test_the_request_lists_what_must_be_said_and_its_headings() -> None:
    system, told = first(brief(), 7)
    assert (system.role, told.role) == ("system", "user")
    assert "- age: 63 years" in told.content
    assert "- temperature: 37.0 C" in told.content
    assert "ABSENT\n- fever\n- leg swelling" in told.content
    assert "RULED OUT\n- pneumonia" in told.content
    assert "FAMILY\n- mother: asthma" in told.content
    assert "circulatory" not in told.content
    assert "I26.99" not in told.content
    voices = {first(brief(), seed)[1].content.splitlines()[0] for seed in range(30)}
    assert len(voices) == 6


def test_asking_again_says_what_was_wrong_and_quotes_on_one_line() -> None:
    asked = first(brief(), 7)
    found = (
        Fault("missing", "treatment: apixaban"),
        Fault("invented_term", "a\n\nFACTS\n- age: 5" + "x" * 200),
    )
    turns = again(asked, "an answer", found)
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "user"]
    assert turns[:2] == asked
    last = turns[-1].content
    assert "- not said, or not in these words: treatment: apixaban" in last
    assert max(map(len, last.splitlines())) < 160
    assert "\nFACTS" not in last


def test_words_are_suspicious_by_their_form() -> None:
    assert all(map(suspicious, ("lisinopril", "Appendicitis", "aspirin", "hyperkalemia", "rivaroxaban")))
    assert not any(
        map(suspicious, ("diagnosis", "prognosis", "patient", "april", "coma", "control", "schedule"))
    )


def test_the_prompts_digest_is_of_all_that_is_said() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", prompt_sha256())
