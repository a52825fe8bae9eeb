"""Arguments against a tool's schema: all that is wrong, and no value shown."""

from typing import Any

import pytest

from clinft.adapters.training.mcp_client.checking import problems_of, with_integers

FILES = {"type": "object", "properties": {"train": {"type": "string"}}, "required": ["train"]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "key": {"type": "string", "minLength": 4},
        "epochs": {"type": "integer", "minimum": 1},
        "method": {"enum": ["sft", "dpo"]},
        "files": {"$ref": "#/$defs/Files"},
        "rate": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "free": {"type": "object", "properties": {"a": {}}, "additionalProperties": True},
    },
    "required": ["key", "epochs"],
    "$defs": {"Files": FILES},
}
GOOD: dict[str, Any] = {"key": "0123456789ab-a1", "epochs": 3}


@pytest.mark.parametrize(
    "arguments",
    [
        GOOD,
        GOOD | {"method": "dpo", "rate": None, "files": {"train": "x"}, "tags": [{"name": "a"}, {}]},
        GOOD | {"rate": 0.5},
        GOOD | {"free": {"a": 1, "whatever": 2}},
    ],
)
def test_what_fits_has_no_problems(arguments: dict[str, Any]) -> None:
    assert problems_of("start", SCHEMA, arguments, frozenset()) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"epoch": 1}, "the tool start has no argument epoch; is epochs meant?"),
        ({"xyz": 1}, "the tool start has no argument xyz"),
        ({"files": {}}, "the tool start needs the argument files.train, not given"),
        (
            {"files": {"train": "x", "trian": "y"}},
            "the tool start has no argument files.trian; is train meant?",
        ),
        ({"tags": [{}, {"nmae": "z"}]}, "the tool start has no argument tags.1.nmae; is name meant?"),
        ({"epochs": "3"}, "the argument epochs of the tool start is string, and the tool wants integer"),
        ({"epochs": True}, "the argument epochs of the tool start is boolean, and the tool wants integer"),
        ({"epochs": 0}, "the argument epochs of the tool start breaks the rule minimum of the tool's schema"),
        ({"method": "rlhf"}, "the argument method of the tool start is not what the tool takes: sft or dpo"),
        (
            {"rate": "high"},
            "the argument rate of the tool start fits none of the forms the tool takes: it is string, and the tool "
            "wants number or null",
        ),
        ({"key": "abc"}, "the argument key of the tool start breaks the rule minLength of the tool's schema"),
    ],
)
def test_one_thing_that_does_not_fit(change: dict[str, Any], problem: str) -> None:
    assert problems_of("start", SCHEMA, GOOD | change, frozenset()) == [problem]


def test_all_problems_are_told_at_once_and_none_shows_a_value() -> None:
    text = "patient Meier, born 1950"
    arguments = {"epochs": text, "kee": text, "method": text, "files": {"train": [text]}}
    problems = problems_of("start", SCHEMA, arguments, frozenset())
    assert len(problems) == 5
    assert "Meier" not in " ".join(problems)


def test_of_a_value_that_is_not_known_yet_only_its_place_is_looked_at() -> None:
    assert problems_of("start", SCHEMA, GOOD | {"epochs": None}, frozenset({"epochs"})) == []
    problems = problems_of("start", SCHEMA, {"epohcs": None, "key": "abcd"}, frozenset({"epohcs"}))
    assert len(problems) == 2


PARTS: dict[str, Any] = {
    "$defs": {"Base": {"type": "object", "properties": {"key": {"type": "string"}}}},
    "allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"epochs": {"type": "integer"}}}],
}


@pytest.mark.parametrize(
    "schema",
    [
        PARTS,
        {"type": "object"},
        {"properties": {"key": {}}, "patternProperties": {"^e": {}}},
        {"properties": {"key": {}}, "anyOf": [{"properties": {"epochs": {}}}]},
    ],
)
def test_a_list_of_properties_that_goes_on_elsewhere_is_not_closed(schema: dict[str, Any]) -> None:
    assert problems_of("start", schema, GOOD, frozenset()) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"properties": {"key": {"$ref": "https://schemas.example.org/key.json"}}},
        {"properties": {"key": {"$ref": "#/$defs/Nowhere"}}},
        {"$ref": "#"},
        {"properties": []},
    ],
)
def test_a_broken_schema_is_told_and_never_fetched(schema: dict[str, Any]) -> None:
    [problem] = problems_of("start", schema, {"key": "x"}, frozenset())
    assert "the input schema of the tool start is broken" in problem


def test_a_job_s_id_becomes_the_number_it_was_where_the_tool_wants_one() -> None:
    schema = {
        "properties": {"job": {"type": "integer"}, "name": {"type": "string"}, "n": {"type": "integer"}}
    }
    template: dict[str, Any] = {"job": "${job_id}", "name": "${job_id}", "n": "12"}
    given = with_integers({"job": "12", "name": "12", "n": "12"}, template, schema)
    assert given == {"job": 12, "name": "12", "n": "12"}
    assert with_integers({"job": "tj-12"}, template, schema) == {"job": "tj-12"}
