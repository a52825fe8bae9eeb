import json
import re

import pytest

from clinft.errors import SpecError
from clinft.spec.data import Realism
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.render import write
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks.extraction import FIELDS, TASK, default_schema
from clinft.stages.prepare.clinical.tasks.task import plain
from clinft.stages.prepare.clinical.tasks.told import VITALS
from clinft.stages.prepare.draw import Draw
from tests.fakes.clinical_cases import EVERYTHING, PLAIN, facts, pack


def spec(schema: object) -> TaskSpec:
    return TaskSpec(kind="extraction", description="x", output_schema=schema)


def of_properties(**properties: object) -> TaskSpec:
    return spec({"type": "object", "properties": properties})


def answer(task: TaskSpec, seed: int, style: str, realism: Realism = PLAIN):
    of = facts(seed)
    note = write(templates()[style][seed % 5], of, pack(), realism, Draw("extraction", seed))
    return of, note, json.loads(TASK.make(of, note, task, Draw("x"))[1])


def test_the_default_schema_is_one_that_is_accepted():
    TASK.check(spec(default_schema()))


def test_every_field_can_be_asked_for():
    TASK.check(of_properties(**FIELDS))
    for seed in range(60):
        _, _, value = answer(of_properties(**FIELDS), seed, "discharge-summary", EVERYTHING)
        assert set(value) == set(FIELDS)


def test_exactly_the_properties_asked_for_are_answered():
    task = of_properties(age={"type": ["integer", "null"]}, findings={"type": "array"})
    TASK.check(task)
    of, _, value = answer(task, 4, "hpi")
    assert value == {"age": of["age"], "findings": [*of["findings"], *of["red_flags"]]}


def test_what_the_text_is_silent_on_is_null_or_empty():
    for seed in range(40):
        _, note, value = answer(spec(default_schema()), seed, "radiology-report")
        assert value["vitals"] == dict.fromkeys(VITALS)
        assert value["labs"] == []
        assert value["regular_medications"] == []
        assert bool(value["history"]) == ("history" in note.mentioned)


def test_a_name_without_a_dose_has_no_dose():
    task, seen = of_properties(regular_medications={"type": "array"}), 0
    for seed in range(0, 300, 5):
        of = facts(seed)
        note = write(templates()["progress-note"][0], of, pack(), PLAIN, Draw("names", seed))
        value = json.loads(TASK.make(of, note, task, Draw("x"))[1])
        for item in value["regular_medications"]:
            assert (item["dose"], item["unit"], item["route"], item["frequency"]) == (None, None, None, None)
            seen += 1
    assert seen > 10


def test_gold_has_words_of_the_pack_whatever_the_note_abbreviates():
    seen = 0
    realism = PLAIN.model_copy(update={"abbreviations": 1.0})
    for seed in range(60):
        of, _, value = answer(spec(default_schema()), seed, "discharge-summary", realism)
        assert {item["name"] for item in value["labs"]} <= {lab["name"] for lab in of["labs"]}
        assert value["history"] == [one["name"] for one in of["history"]]
        seen += len(value["labs"])
    assert seen > 40


def test_a_correction_leaves_the_truth():
    realism = PLAIN.model_copy(update={"contradictions": 1.0})
    for seed in range(80):
        of, _, value = answer(spec(default_schema()), seed, "referral", realism)
        assert value["findings"] == [*of["findings"], *of["red_flags"]]
        assert value["vitals"]["temperature"] == of["vitals"]["temperature_c"]
        assert value["vitals"]["temperature_unit"] == "C"


def test_a_temperature_and_its_correction_stand_in_one_unit():
    realism, corrected = PLAIN.model_copy(update={"contradictions": 1.0, "units": 1.0}), 0
    for seed in range(200):
        _, note, value = answer(spec(default_schema()), seed, "referral", realism)
        assert re.search(r"\d C\b", note.text) is None
        assert value["vitals"]["temperature_unit"] == "F"
        corrected += any(
            one["kind"] == "contradiction" and one["fact"] == "vitals.temperature_c" for one in note.noise
        )
    assert corrected > 10


def test_glucose_in_another_unit_is_answered_as_it_is_written():
    """95 and 96 mg/dL are both written 5.3 mmol/L: which of them it was, nobody can read."""
    texts = {}
    for milligrams in ("95", "96"):
        of = facts(5)
        of["labs"] = [{"name": "glucose", "loinc": "2345-7", "value": milligrams, "unit": "mg/dL",
                       "flag": "normal"}]  # fmt: skip
        realism = PLAIN.model_copy(update={"units": 1.0})
        note = write(templates()["discharge-summary"][0], of, pack(), realism, Draw("glucose"))
        assert "glucose 5.3 mmol/L" in note.text.replace("Glucose", "glucose")
        texts[note.text] = json.loads(TASK.make(of, note, spec(default_schema()), Draw("x"))[1])["labs"]
        assert [of["labs"][0]["value"], of["labs"][0]["unit"]] == [milligrams, "mg/dL"]
        stands_for = [one["stands_for"] for one in note.noise if one["fact"] == "labs.value"]
        assert stands_for == [f"{milligrams} mg/dL"]
    assert len(texts) == 1
    (labs,) = texts.values()
    assert [(one["name"], one["value"], one["unit"]) for one in labs] == [("glucose", 5.3, "mmol/L")]


def test_names_alone_where_the_items_are_to_be_strings():
    strings = {"type": "array", "items": {"type": "string"}}
    task = of_properties(labs=strings, started_medications=strings, studies=strings)
    TASK.check(task)
    of, _, value = answer(task, 5, "discharge-summary")
    assert value["labs"] == [lab["name"] for lab in of["labs"]]
    assert value["started_medications"] == [item["name"] for item in of["started_medications"]]


def test_nested_properties_are_chosen_too():
    task = of_properties(
        labs={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "value": {"type": "number"}},
                "additionalProperties": False,
            },
        }
    )
    TASK.check(task)
    _of, _, value = answer(task, 5, "discharge-summary")
    assert value["labs"]
    assert all(set(item) == {"name", "value"} for item in value["labs"])


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "object"}, "has no properties"),
        ({"properties": []}, "has no properties"),
        ({"properties": {"age": {}, "shoe_size": {}}}, "does not know: shoe_size"),
        ({"properties": {"age": {"type": "integer"}}}, "refuses an answer .* at age"),
        ({"properties": {"findings": {"type": "string"}}}, "refuses an answer .* at findings"),
        ({"properties": {"age": {}}, "required": ["name"]}, "refuses an answer .* at the top"),
        ({"properties": {"age": {"type": "whole"}}}, "no JSON Schema"),
        ({"properties": {"age": {"$ref": "https://example.org/age.json"}}}, "no JSON Schema"),
        ({"properties": {"age": {"$ref": "#/properties/age"}}}, "no JSON Schema"),
    ],
)
def test_a_schema_that_cannot_be_met_is_refused(schema, why):
    with pytest.raises(SpecError, match=why):
        TASK.check(spec(schema))


def test_a_rejected_answer_has_one_clinical_error_and_fits_the_schema():
    task, changed = spec(default_schema()), set()
    for seed in range(100):
        of, note, value = answer(task, seed, "referral")
        wrong = json.loads(TASK.rejected(of, note, plain(value), task, Draw("wrong", seed)))
        differing = {name for name in value if wrong[name] != value[name]}
        changed |= differing
        assert differing
        assert len(differing) <= 2  # a negation that is lost changes two lists
    assert {"findings", "negated_findings", "labs", "started_medications", "diagnosis", "vitals"} <= changed


def test_a_flag_that_the_note_does_not_write_is_no_gold():
    task = of_properties(labs={"type": "array"})
    flags = set()
    for seed in range(40):
        _, _, spoken = answer(task, seed, "dialogue")
        if seed % 5 != 3:  # that template reads the flags out
            assert all(item["flag"] is None for item in spoken["labs"])
        _, _, written = answer(task, seed, "discharge-summary")
        flags |= {item["flag"] for item in written["labs"]}
    assert {"high", "normal", None} <= flags


def test_nothing_is_fetched_for_a_schema_that_points_elsewhere(monkeypatch):
    fetched = []
    monkeypatch.setattr("urllib.request.urlopen", lambda *given, **more: fetched.append(given))
    with pytest.raises(SpecError, match="no JSON Schema"):
        TASK.check(spec({"properties": {"age": {"$ref": "https://example.org/age.json"}}}))
    assert not fetched
