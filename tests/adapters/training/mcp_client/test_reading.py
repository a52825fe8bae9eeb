"""Answers of tools, read by JMESPath; hostile until they fit."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.mcp_client.reading import (
    Refused,
    Unreadable,
    compiled,
    events_of,
    name_of,
    read,
    text_of,
)
from clinft.adapters.training.mcp_client.session import Limits, Place, Reply
from clinft.errors import SpecError
from clinft.spec.mcp import McpOperation
from tests.fakes.mcp.servers import NAME, TOKEN, on_stdio


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(NAME, on_stdio("v2", tmp_path).policy, TOKEN, Limits())


def structured(value: Any) -> Reply:
    return Reply(failed=False, structured=value, texts=())


def as_text(*values: Any) -> Reply:
    return Reply(
        failed=False, structured={"result": "wrapped"}, texts=tuple(json.dumps(one) for one in values)
    )


def operation(**entry: Any) -> McpOperation:
    return McpOperation.model_validate({"tool": "tell", **entry})


def test_each_name_has_its_own_path(place: Place) -> None:
    one = operation(result={"id": "task.uid", "status": "task.phase[0]", "message": "nowhere"})
    told = read(place, "poll", one, structured({"task": {"uid": "t1", "phase": ["READY"]}}))
    assert told == [{"id": "t1", "status": "READY", "message": None}]


@pytest.mark.parametrize(
    ("reply", "ids"),
    [
        (structured({"jobs": [{"n": 1}, {"n": 2}]}), [1, 2]),
        (structured({"jobs": []}), []),
        # A tool that has nothing may also leave the list out.
        (structured({}), []),
    ],
)
def test_each_item_of_a_list_is_read(reply: Reply, ids: list[int], place: Place) -> None:
    told = read(place, "find", operation(items="jobs", result={"id": "n"}), reply)
    assert [one["id"] for one in told] == ids


@pytest.mark.parametrize(
    ("reply", "ids"), [(as_text({"n": 1}), [1]), (as_text({"n": 1}, {"n": 2}), [1, 2]), (as_text(None), [])]
)
def test_json_in_a_text_is_read_also_where_each_item_has_its_own(
    reply: Reply, ids: list[int], place: Place
) -> None:
    one = operation(source="json_text", items="@ && (type(@) == 'array' && @ || [@])", result={"id": "n"})
    assert [told["id"] for told in read(place, "find", one, reply)] == ids


@pytest.mark.parametrize(
    ("entry", "reply", "why"),
    [
        ({}, structured(None), "it has no structured content"),
        ({"source": "json_text"}, Reply(False, None, ("job 7 is fine",)), "its text is no JSON"),
        ({"source": "json_text"}, Reply(False, None, ("[" * 200_000,)), "its text is no JSON"),
        ({"items": "jobs"}, structured({"jobs": {"n": 1}}), "there is no list"),
        ({"result": {"id": "abs(@)"}}, structured({"n": 1}), "does not fit it"),
    ],
)
def test_an_answer_of_another_shape_is_told(
    entry: dict[str, Any], reply: Reply, why: str, place: Place
) -> None:
    with pytest.raises(Unreadable, match=why):
        read(place, "find", operation(**entry), reply)


def test_a_broken_path_is_the_policy_s_and_not_the_server_s(place: Place) -> None:
    with pytest.raises(SpecError, match="A JMESPath of the tool tell of the MCP server trainer is broken"):
        read(place, "poll", operation(result={"id": "jobs[?"}), structured({}))
    with pytest.raises(ValueError, match=r"\S"):
        compiled("a..b")


def test_an_error_is_the_server_s_own_words(place: Place) -> None:
    reply = Reply(failed=True, structured={"id": "t1"}, texts=(f"quota\nexceeded for {TOKEN}",))
    with pytest.raises(Refused, match=r"refused to submit: quota exceeded for \[redacted\]"):
        read(place, "submit", operation(), reply)
    with pytest.raises(Refused, match="it gives no reason"):
        read(place, "submit", operation(), Reply(failed=True, structured=None, texts=()))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("ftjob-abc123", "ftjob-abc123"),
        (17, "17"),
        ("ft:gpt-4o-mini:org::abc", "ft:gpt-4o-mini:org::abc"),
        (None, None),
    ],
)
def test_a_name(value: Any, name: str | None, place: Place) -> None:
    assert name_of(place, "tell", {"id": value}, "id") == name


def test_a_model_s_name_may_have_parts(place: Place) -> None:
    assert name_of(place, "tell", {"model": "models/llama@3"}, "model") == "models/llama@3"
    with pytest.raises(Unreadable, match="its model is no name"):
        name_of(place, "tell", {"model": "models/[a](b)"}, "model")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "../../etc/passwd",
        "a/../b",
        "/abs",
        "two words",
        "x\x1b[1m",
        "x" * 201,
        True,
        1.5,
        ["a"],
        {},
        TOKEN,
        f"job-{TOKEN[:6].upper()}",
        "models/llama@3",
        "é",
    ],
)
def test_what_is_no_name(value: Any, place: Place) -> None:
    with pytest.raises(Unreadable, match="its id is no name"):
        name_of(place, "tell", {"id": value}, "id")


def test_a_message_is_one_line_whatever_it_is(place: Place) -> None:
    assert text_of(place, {"message": f"a\nb {TOKEN}"}, "message") == "a b [redacted]"
    assert text_of(place, {"message": {"code": 7}}, "message") == '{"code": 7}'
    assert text_of(place, {}, "message") == ""


def test_events_are_put_in_order_and_cleaned(place: Place) -> None:
    listed = [
        {"at": "2026-11-26T10:00:00+02:00", "level": "FATAL", "message": "x" * 5000, "step": True},
        {"at": 1790000000, "level": None, "message": None, "step": 3, "kind": "metrics"},
        {"at": "2026-11-26T11:00:00Z", "message": "a", "step": 10**400},
        {"at": "2026-11-26T12:00:00Z", "message": "b", "step": -1},
    ]
    first, second, *unsure = events_of(place, "tell", {"events": listed})
    assert [event.step for event in unsure] == [None, None]
    assert (first.at, first.level, first.kind, first.step) == ("2026-09-21T14:13:20Z", "info", "metrics", 3)
    assert (second.at, second.level, second.kind, second.step) == (
        "2026-11-26T08:00:00Z",
        "error",
        "message",
        None,
    )
    assert len(second.message) == 2000


def test_events_without_a_time_stay_as_they_came(place: Place) -> None:
    listed = [{"at": "yesterday", "message": "a"}, {"at": 1e30, "message": "b"}, {"at": 1, "message": "c"}]
    events = events_of(place, "tell", {"events": listed})
    assert [(event.at, event.message) for event in events] == [
        (None, "a"),
        (None, "b"),
        ("1970-01-01T00:00:01Z", "c"),
    ]
    assert events_of(place, "tell", {"events": None}) == []
    with pytest.raises(Unreadable, match="no list of objects"):
        events_of(place, "tell", {"events": ["started"]})
