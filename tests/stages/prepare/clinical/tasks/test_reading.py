"""Coding, entities, questions, summaries and notes: gold that a clinician would give."""

import json
import re
from collections import Counter

import pytest

from clinft.spec.data import Realism
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import Note, write
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks import TABLE, question_answering
from clinft.stages.prepare.clinical.tasks.asked import ASKED, NOT_STATED
from clinft.stages.prepare.clinical.tasks.dialogue_to_note import NOT_DISCUSSED
from clinft.stages.prepare.clinical.tasks.ner import TYPES
from clinft.stages.prepare.draw import Draw
from tests.fakes.clinical_cases import PLAIN, facts, pack

HEADINGS = (
    "HISTORY OF PRESENT ILLNESS", "PAST MEDICAL HISTORY", "MEDICATIONS", "FAMILY HISTORY", "OBJECTIVE",
    "ASSESSMENT", "PLAN",
)  # fmt: skip
DISTRACTED = PLAIN.model_copy(update={"distractors": 1.0})


def spec(kind: str) -> TaskSpec:
    return TaskSpec(kind=kind, description="x")


def made(kind: str, seed: int, style: str, realism: Realism = DISTRACTED) -> tuple[dict, Note, str, str, str]:
    of, draw = facts(seed), Draw("reading", kind, seed)
    note = write(templates()[style][seed % 5], of, pack(), realism, draw)
    text, target = TABLE[kind].make(of, note, spec(kind), draw)
    return of, note, text, target, TABLE[kind].rejected(of, note, target, spec(kind), draw)


def test_codes_are_of_the_diagnosis_and_mentioned_history_only():
    for seed in range(150):
        of, note, _, target, _ = made("coding", seed, "referral")
        codes = json.loads(target)
        assert codes[0] == of["code"]
        history = [one["code"] for one in of["history"]]
        assert codes[1:] == (history if "history" in note.mentioned else [])
        excluded = {one["code"] for one in of["ruled_out"]} - {of["code"], *history}
        assert not excluded & set(codes)


def test_a_rejected_coding_is_wrong_in_a_way_coders_know():
    ways = Counter()
    for seed in range(200):
        of, _, _, target, rejected = made("coding", seed, "referral")
        right, wrong = json.loads(target), json.loads(rejected)
        excluded = [one["code"] for one in of["ruled_out"]]
        if any("." in code for code in right) and wrong == [code.partition(".")[0] for code in right]:
            ways["category only"] += 1
        elif wrong[:-1] == right and wrong[-1] in excluded:
            ways["ruled out"] += 1
        elif wrong == right[:1]:
            ways["comorbidity forgotten"] += 1
        elif sorted(wrong) == sorted(right) and wrong[0] != right[0]:
            ways["principal not first"] += 1
        else:
            pytest.fail(f"{right} {wrong}")
    assert len(ways) == 4


def test_entities_stand_in_the_text_in_their_order():
    for seed in range(100):
        _of, _note, text, target, _ = made("ner", seed, "discharge-summary")
        at = 0
        for entity in json.loads(target):
            assert entity["type"] in TYPES
            at = text.index(entity["text"], at)
        assert len(json.loads(target)) > 5


def test_entities_have_the_type_that_their_fact_has():
    seed = next(seed for seed in range(0, 200, 5) if facts(seed)["family_history"])
    of, _, _, target, _ = made("ner", seed, "hpi")
    by_type: dict[str, list[str]] = {}
    for entity in json.loads(target):
        by_type.setdefault(entity["type"], []).append(entity["text"].casefold())
    assert [one.casefold() for one in of["negated_findings"]] == by_type["negated_finding"]
    assert {one.casefold() for one in of["findings"]} <= set(by_type["finding"])
    assert f"{of['vitals']['systolic_mmhg']}/{of['vitals']['diastolic_mmhg']}" in by_type["vital"]
    assert of["family_history"][0]["name"].casefold() in by_type["family_condition"]
    assert of["family_history"][0]["name"].casefold() not in by_type["condition"]


def asked(seed: int, kind: str, style: str = "referral", realism: Realism = DISTRACTED):
    """(item, answer) of one kind of question."""
    of = facts(seed)
    note = write(templates()[style][seed % 5], of, pack(), realism, Draw("asked", seed))
    found = ASKED[kind](question_answering.Asked(of, note, ("hiccups",)), Draw("item", seed))
    return of, note, found


def test_there_are_enough_questions_and_each_can_be_dealt_to_three_groups():
    table = question_answering.templates()
    assert set(table) == set(ASKED)
    assert len(table) >= 12
    assert all(len(questions) >= 3 for questions in table.values())
    names = [question.name for questions in table.values() for question in questions]
    assert len(set(names)) == len(names)


def test_the_answer_is_about_the_note_and_the_question():
    seen = Counter()
    for seed in range(400):
        _of, note, text, target, _ = made("question_answering", seed, "referral", Realism())
        body, question = text.rsplit("\n\nQuestion: ", 1)
        assert body == note.text
        assert "{" not in question
        seen[target if target in ("yes", "no", NOT_STATED) else "other"] += 1
    assert seen["yes"] > 40
    assert seen["no"] > 40
    assert 50 < seen[NOT_STATED] < 120
    assert seen["other"] > 150


def test_a_finding_is_present_absent_or_not_spoken_of():
    answers = set()
    for seed in range(60):
        of, _note, (item, answer) = asked(seed, "finding-present")
        answers.add(answer)
        told = {"yes": of["findings"], "no": of["negated_findings"], NOT_STATED: ["hiccups"]}
        assert item in told[answer]
    assert answers == {"yes", "no", NOT_STATED}


def test_a_familys_history_is_not_the_patients():
    for seed in range(60):
        of, _note, found = asked(seed, "family-history")
        if found is None:
            continue
        item, answer = found
        assert (answer == "yes") == (item in [one["name"] for one in of["family_history"]])


def test_what_was_ruled_out_is_not_considered_any_more():
    for seed in range(60):
        _of, note, found = asked(seed, "still-considered")
        assert (found is None) == ("ruled_out" not in note.mentioned)
        assert found is None or found[1] == "no"


def test_values_are_as_the_note_writes_them():
    realism = PLAIN.model_copy(update={"units": 1.0})
    for seed in range(60):
        _of, note, found = asked(seed, "temperature", realism=realism)
        assert re.fullmatch(r"\d{2,3}\.\d F", found[1])
        assert found[1] in note.text
        _, note, found = asked(seed, "lab-value", realism=realism)
        assert found is None or found[1] == NOT_STATED or found[1] in note.text


def test_after_a_correction_the_reading_that_stands_is_the_answer():
    realism = PLAIN.model_copy(update={"contradictions": 1.0})
    for seed in range(80):
        of, _, found = asked(seed, "temperature", realism=realism)
        assert found[1] == f"{of['vitals']['temperature_c']} C"


def test_a_part_left_out_is_not_stated():
    of = {**facts(3), "history": [], "red_flags": []}
    note = write(templates()["referral"][0], of, pack(), PLAIN, Draw("silent"))
    it = question_answering.Asked(of, note, ("hiccups",))
    for kind in ("history-list", "red-flags-list"):
        assert ASKED[kind](it, Draw("x")) == ("", NOT_STATED)


def test_only_the_questions_dealt_to_a_group_are_asked():
    dealt = {
        question.name for questions in question_answering.templates().values() for question in questions[:1]
    }
    texts = {questions[0].text for questions in question_answering.templates().values()}
    patterns = [re.escape(text).replace(r"\{item\}", ".+") for text in texts]
    task = question_answering.asking(dealt)
    for seed in range(100):
        of = facts(seed)
        note = write(templates()["referral"][0], of, pack(), PLAIN, Draw("group", seed))
        text, _ = task.make(of, note, spec("question_answering"), Draw("q", seed))
        question = text.rsplit("Question: ", 1)[1]
        assert any(re.fullmatch(pattern, question) for pattern in patterns)


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        ("yes", "no"),
        ("no", "yes"),
        (NOT_STATED, "none"),
        ("38.9 C", "39.8 C"),
        ("93%", "39%"),
        ("5 mg", "6 mg"),
    ],
)
def test_a_wrong_answer_is_a_mistake_people_make(target, wrong):
    assert question_answering.rejected(facts(1), None, target, spec("question_answering"), Draw("x")) == wrong


def test_a_wrong_list_leaves_one_out():
    wrong = question_answering.rejected(facts(1), None, "rash; fever", spec("question_answering"), Draw("x"))
    assert wrong in ("rash", "fever")


def test_a_summary_has_two_to_four_sentences_of_what_is_mentioned():
    for seed in range(100):
        for style in ("discharge-summary", "progress-note", "referral", "hpi"):
            of, note, _, target, _ = made("summarization", seed, style)
            sentences = re.split(r"(?<=[a-z)%\d])\. (?=[A-Z])", target)
            assert 2 <= len(sentences) <= 4, target
            assert f"{of['age']}-year-old" in target
            assert all(finding in target for finding in [*of["findings"], *of["red_flags"]])
            assert ("Results: " in target) == bool({"labs", "studies"} & set(note.mentioned))
            if "history" not in note.mentioned:
                assert "with a history of" not in target


def test_a_family_history_is_no_part_of_a_summary():
    for seed in range(60):
        of, _, _, target, _ = made("summarization", seed, "referral")
        own = {*(one["name"] for one in of["history"]), of["condition"]}
        for one in of["family_history"]:
            if not any(one["name"] in name for name in own):
                assert f"history of {one['name']}" not in target


def test_a_note_of_a_dialogue_has_all_headings_and_says_what_was_not_discussed():
    for seed in range(100):
        _of, note, _, target, _ = made("dialogue_to_note", seed, "dialogue", Realism())
        lines = target.split("\n")
        assert tuple(line.partition(":")[0] for line in lines) == HEADINGS
        told = {"MEDICATIONS": "regular_medications", "FAMILY HISTORY": "family_history"}
        for line in lines:
            heading, _, body = line.partition(": ")
            if heading in told:
                assert (body == NOT_DISCUSSED) == (told[heading] not in note.mentioned)
            assert body


def test_types_of_questions_are_asked_as_often_as_each_other():
    types = Counter(question_answering.type_of(asks) for asks in ASKED)
    assert set(types) == {"yes-or-no", "value", "list"}
    assert types["yes-or-no"] == 4
