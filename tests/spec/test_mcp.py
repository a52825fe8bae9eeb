"""The mapping of a training server: what is wrong with it is found without the server."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from clinft.spec.mcp import McpServer, placeholders
from tests.fakes.mcp.servers import FACTS, MAPPINGS, V2

STDIO: dict[str, Any] = {"command": ["trainer"], "eligibility": FACTS, **V2}
HTTP: dict[str, Any] = {"url": "https://mcp.example.org/mcp", "eligibility": FACTS, **V2}


def load(entry: dict[str, Any]) -> McpServer:
    return McpServer.model_validate_json(json.dumps(entry))


def changed(path: str, value: Any, entry: dict[str, Any] = HTTP) -> dict[str, Any]:
    """A copy with the value at a dotted path; None takes the key away."""
    made = json.loads(json.dumps(entry))
    *parents, last = path.split(".")
    place = made
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return made


@pytest.mark.parametrize("kind", MAPPINGS)
@pytest.mark.parametrize("where", [{"command": ["trainer"]}, {"url": "https://mcp.example.org/mcp"}])
def test_every_mapping_that_trains_is_valid(kind: str, where: dict[str, Any]) -> None:
    assert load(MAPPINGS[kind] | where | {"eligibility": FACTS}).operations.find


def test_a_server_may_be_listed_before_it_is_mapped() -> None:
    assert load({"url": "https://mcp.example.org", "eligibility": FACTS}).mapped == {}


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (HTTP | {"command": ["trainer"]}, "has either a url or a command"),
        ({"eligibility": FACTS}, "has either a url or a command"),
        (HTTP | {"secret": "TRAINER_TOKEN"}, "secret names a variable of the process that command starts"),
        (changed("operations.find", None), "find is not mapped"),
        (changed("operations.result", None), "result is not mapped"),
        (
            changed("operations.find.result.run_id", None),
            "result of find does not say where the server tells run_id",
        ),
        (
            changed("operations.poll.result.status", None),
            "result of poll does not say where the server tells status",
        ),
        (changed("operations.result.result.model", None), "does not say where the server tells model"),
        (changed("operations.submit.arguments.key", "fixed"), r"submit does not hand over \$\{run_id\}"),
        (changed("operations.poll.items", "jobs"), "items is for find alone"),
    ],
)
def test_what_cannot_train_is_refused(entry: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        load(entry)


@pytest.mark.parametrize(
    ("operation", "template"),
    [
        ("submit", "${runid}"),
        ("submit", "${hyperparameters.epochs}"),
        ("submit", "${env.HOME}"),
        ("submit", "${}"),
        ("submit", "${seed"),
        ("submit", ["x", {"deep": "a-${secret}-b"}]),
        # Before there is a job it has no id.
        ("submit", "${job_id}"),
        ("find", "${job_id}"),
        # Records are sent once, and a path means nothing elsewhere.
        ("poll", "${training_text}"),
        ("submit", "${training_file}"),
    ],
)
def test_an_unknown_placeholder_is_refused_and_not_shown(operation: str, template: Any) -> None:
    with pytest.raises(ValidationError, match=f"in the arguments of {operation} names something") as refused:
        load(changed(f"operations.{operation}.arguments.other", template))
    for name in placeholders(template):
        if name.strip("${"):
            assert f"${{{name}}}" not in str(refused.value)


def test_a_process_on_this_machine_may_be_given_paths() -> None:
    entry = changed("operations.submit.arguments.path", "${training_file}", STDIO)
    assert load(entry).mapped["submit"].arguments["path"] == "${training_file}"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("operations.poll.result.stauts", "state"),
        ("operations.train", {"tool": "train"}),
        ("operations.poll.source", "xml"),
        ("operations.poll.tool", "two words"),
        ("states.done", "finished"),
        ("url", "https://user:secret@mcp.example.org/"),
    ],
)
def test_words_that_are_not_ours_are_refused(path: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        load(changed(path, value))
