"""What a provider refuses in one example is found by its place, and its data never shown."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.chat_example import Method, faults

CANARY = "Mrs Canary"
SYSTEM = {"role": "system", "content": "Give the chapter."}
USER = {"role": "user", "content": CANARY}
ANSWER = {"role": "assistant", "content": "R05"}
CALL: dict[str, Any] = {"id": "c1", "type": "function", "function": {"name": "icd", "arguments": "{}"}}
TOOL: dict[str, Any] = {"type": "function", "function": {"name": "icd", "description": "d", "parameters": {}}}
CALLED = {"role": "assistant", "tool_calls": [CALL]}
TOLD = {"role": "tool", "tool_call_id": "c1", "content": "R05"}


def chat(*messages: Any, **others: Any) -> dict[str, Any]:
    return {"messages": list(messages), **others}


def pair(**others: Any) -> dict[str, Any]:
    return {
        "input": chat(SYSTEM, USER),
        "preferred_output": [ANSWER],
        "non_preferred_output": [{**ANSWER, "content": "J00"}],
        **others,
    }


@pytest.mark.parametrize(
    "example",
    [
        chat(USER, ANSWER),
        chat(SYSTEM, USER, ANSWER, USER, ANSWER),
        chat({"role": "developer", "content": "Be brief."}, {**USER, "name": "ward-3"}, ANSWER),
        chat(USER, {**ANSWER, "weight": 0}, USER, {**ANSWER, "weight": 1}),
        chat(USER, {**ANSWER, "weight": 0}, USER, ANSWER),
        chat(USER, CALLED, TOLD, ANSWER, tools=[TOOL], parallel_tool_calls=False),
        chat(USER, {**CALLED, "content": None}, tools=[TOOL]),
        chat(
            {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
            ANSWER,
        ),
    ],
)
def test_a_good_example_has_no_fault(example: Any) -> None:
    assert list(faults(example, "supervised")) == []


@pytest.mark.parametrize(
    "example",
    [
        pair(),
        pair(input=chat(USER, CALLED, TOLD, tools=[TOOL])),
        pair(input=chat(USER, tools=[TOOL]), preferred_output=[CALLED, TOLD, ANSWER]),
        # The id is of a call in the input.
        pair(input=chat(USER, CALLED, TOLD), preferred_output=[TOLD, ANSWER]),
    ],
)
def test_a_good_pair_has_no_fault(example: Any) -> None:
    assert list(faults(example, "dpo")) == []


@pytest.mark.parametrize(
    ("example", "place"),
    [
        ([], "not a JSON object"),
        ("text", "not a JSON object"),
        (None, "not a JSON object"),
        ({}, "messages is missing, empty or not a list"),
        (chat(), "messages is missing, empty or not a list"),
        ({"messages": {}}, "messages is missing, empty or not a list"),
        (pair(), "The example has a key that is not known there: number 1, 2, 3"),
        (chat(USER, ANSWER, **{CANARY: 1}), "The example has a key that is not known there: number 2"),
        (chat(USER, {**ANSWER, CANARY: 1}), "messages[1] has a key that is not known there: number 3"),
        (chat(CANARY, ANSWER), "messages[0] is not an object"),
        (chat({"content": "x"}, ANSWER), "messages[0].role is none of"),
        (chat({"role": CANARY, "content": "x"}, ANSWER), "messages[0].role is none of"),
        (chat({"role": ["user"], "content": "x"}, ANSWER), "messages[0].role is none of"),
        (chat({"role": "Assistant", "content": "x"}, ANSWER), "messages[0].role is none of"),
        (chat({"role": "user"}, ANSWER), "messages[0].content is missing, empty or not text"),
        (chat({"role": "user", "content": ""}, ANSWER), "messages[0].content is missing, empty or not text"),
        (
            chat({"role": "user", "content": None}, ANSWER),
            "messages[0].content is missing, empty or not text",
        ),
        (chat({"role": "user", "content": 3}, ANSWER), "messages[0].content is missing, empty or not text"),
        (chat({"role": "user", "content": []}, ANSWER), "messages[0].content is missing, empty or not text"),
        (
            chat({"role": "user", "content": ["x"]}, ANSWER),
            "messages[0].content is missing, empty or not text",
        ),
        (
            chat({"role": "user", "content": [{"type": "image_url", "image_url": {"url": CANARY}}]}, ANSWER),
            "messages[0].content holds something other than text",
        ),
        (chat(USER, {"role": "assistant", "content": None}), "messages[1].content is missing"),
        (chat(USER), "messages does not end with the assistant"),
        (chat(USER, ANSWER, USER), "messages does not end with the assistant"),
        (chat(USER, CALLED, TOLD), "messages does not end with the assistant"),
        (chat({**USER, "weight": 1}, ANSWER), "messages[0] has a key that is not known there: number 3"),
        (chat(USER, {**ANSWER, "weight": 2}), "messages[1].weight is neither 0 nor 1"),
        (chat(USER, {**ANSWER, "weight": 0.5}), "messages[1].weight is neither 0 nor 1"),
        (chat(USER, {**ANSWER, "weight": True}), "messages[1].weight is neither 0 nor 1"),
        (chat(USER, {**ANSWER, "weight": None}), "messages[1].weight is neither 0 nor 1"),
        (chat(USER, {**ANSWER, "weight": "1"}), "messages[1].weight is neither 0 nor 1"),
        (chat(USER, {**ANSWER, "weight": 0}), "Every assistant message of messages has weight 0"),
        (chat({**USER, "name": CANARY}, ANSWER), "messages[0].name is not a name"),
        (chat({**USER, "name": ""}, ANSWER), "messages[0].name is not a name"),
        (chat({**USER, "name": "n" * 65}, ANSWER), "messages[0].name is not a name"),
        (chat({**USER, "name": "ward\n"}, ANSWER), "messages[0].name is not a name"),
        (chat({**USER, "tool_calls": [CALL]}, ANSWER), "messages[0] has a key that is not known there"),
        (chat(USER, {**ANSWER, "tool_calls": []}), "messages[1].tool_calls is not a list of calls"),
        (chat(USER, {**ANSWER, "tool_calls": [CANARY]}), "messages[1].tool_calls[0] is not a call"),
        (
            chat(USER, {**ANSWER, "tool_calls": [{**CALL, "function": {"name": "icd", "arguments": {}}}]}),
            "messages[1].tool_calls[0] is not a call",
        ),
        (
            chat(USER, {**ANSWER, "tool_calls": [{**CALL, "id": ""}]}),
            "messages[1].tool_calls[0] is not a call",
        ),
        *(
            (chat(USER, {**ANSWER, "tool_calls": [call]}), "messages[1].tool_calls[0] is not a call")
            for call in (
                {**CALL, "index": 0},
                {**CALL, "type": "custom"},
                {**CALL, "function": {**CALL["function"], "name": CANARY}},
                {**CALL, "function": {**CALL["function"], "strict": True}},
            )
        ),
        *(
            (chat(USER, ANSWER, tools=[tool]), "tools[0] is not a function")
            for tool in (
                {**TOOL, "type": "web_search"},
                {**TOOL, "strict": True},
                {**TOOL, "function": {**TOOL["function"], "parameters": []}},
                {**TOOL, "function": {**TOOL["function"], CANARY: 1}},
            )
        ),
        (chat(USER, TOLD, ANSWER), "messages[1].tool_call_id is of no earlier tool call"),
        (chat(USER, CALLED, {**TOLD, "tool_call_id": []}, ANSWER), "messages[2].tool_call_id"),
        (chat(USER, ANSWER, tools={}), "tools is not a list"),
        (chat(USER, ANSWER, tools=[CANARY]), "tools[0] is not a function"),
        (
            chat(USER, ANSWER, tools=[TOOL, {**TOOL, "function": {"name": CANARY}}]),
            "tools[1] is not a function",
        ),
        (chat(USER, ANSWER, tools=[TOOL], parallel_tool_calls=1), "parallel_tool_calls is neither"),
    ],
)
def test_a_fault_is_found_and_the_data_not_shown(example: Any, place: str) -> None:
    found = list(faults(example, "supervised"))
    assert [message for message, _ in found if place in message], found
    assert not [text for fault in found for text in fault if CANARY in text]


@pytest.mark.parametrize(
    ("example", "place"),
    [
        (chat(USER, ANSWER), "The example has a key that is not known there: number 1"),
        (pair(input=[USER]), "input is missing or not an object"),
        (pair(input=chat(USER, ANSWER)), "input.messages ends with the assistant"),
        (pair(input=chat(USER, tools=[CALL])), "tools[0] is not a function"),
        (pair(input=chat(USER, weight=1)), "input has a key that is not known there"),
        (pair(preferred_output=[]), "preferred_output is missing, empty or not a list"),
        (pair(preferred_output=[USER]), "preferred_output[0].role is none of assistant, tool"),
        (pair(non_preferred_output=[CALLED, TOLD]), "non_preferred_output does not end with the assistant"),
        (pair(non_preferred_output=[{**ANSWER, "weight": 1}]), "non_preferred_output[0] has a key"),
        (pair(non_preferred_output=[TOLD, ANSWER]), "non_preferred_output[0].tool_call_id"),
        (pair(non_preferred_output=[ANSWER]), "Both outputs are the same"),
        ({}, "input is missing or not an object"),
        ({}, "non_preferred_output is missing, empty or not a list"),
    ],
)
def test_a_fault_of_a_pair_is_found(example: Any, place: str) -> None:
    assert [message for message, _ in faults(example, "dpo") if place in message]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "messages",
        "role",
        "content",
        "name",
        "weight",
        "tools",
        "type",
        "function",
        "input",
        "preferred_output",
    ]
)
NEAR = st.recursive(
    st.sampled_from(["assistant", "user", "tool", "text", "function", 0, 1, True, None, ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, NEAR, max_size=4) | JSON_VALUES, st.sampled_from(["supervised", "dpo"]))
def test_faults_of_anything_are_words(example: Any, method: Method) -> None:
    for message, next_step in faults(example, method):
        assert message.endswith(".")
        assert next_step.endswith(".")
