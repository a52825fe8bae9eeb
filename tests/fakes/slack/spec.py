"""Judges what is sent to Slack and what comes back: by Slack's own types, and by Block Kit's limits."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

SCHEMAS = Path(__file__).with_name("schemas.json")
# docs.slack.dev, Block Kit reference; the types know no numbers.
LONGEST = {"header": 150, "section": 3_000, "button": 75, "context": 3_000, "text": 40_000, "url": 3_000}
MOST = {"blocks": 50, "actions": 25, "context": 10}
METADATA_BYTES = 8_000


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads(SCHEMAS.read_text())[name])


def request_errors(method: str, arguments: Any) -> list[str]:
    name = "IncomingWebhookSend" if method == "webhook" else _type(method)
    if method == "auth.test":
        return ["auth.test takes no arguments"] if arguments else []
    errors = _errors(f"{name}Arguments", arguments)
    is_message = method in ("webhook", "chat.postMessage", "chat.update")
    return errors or (list(beyond_limits(arguments)) if is_message else [])


def response_errors(method: str, body: Any) -> list[str]:
    return _errors(f"{_type(method)}Response", body)


def typed(method: str, form: Mapping[str, str]) -> dict[str, Any]:
    """A form knows only text: numbers and yes or no as the types want them."""
    if method == "auth.test":
        return dict(form)
    schema = _validator(f"{_type(method)}Arguments").schema["definitions"][f"{_type(method)}Arguments"]
    return {name: _value(schema["properties"].get(name, {}).get("type"), text) for name, text in form.items()}


def beyond_limits(arguments: Mapping[str, Any]) -> Iterator[str]:
    """What Block Kit refuses although its types allow it."""
    blocks = arguments.get("blocks", [])
    if not 0 < len(arguments.get("text", "")) <= LONGEST["text"]:
        yield "text: missing or too long"
    if len(blocks) > MOST["blocks"]:
        yield "too many blocks"
    if len(json.dumps(arguments.get("metadata", {}))) > METADATA_BYTES:
        yield "metadata: too large"
    for block in blocks:
        yield from _block(block["type"], block)


def _block(kind: str, block: Mapping[str, Any]) -> Iterator[str]:
    elements = block.get("elements", [])
    if kind in MOST and not 0 < len(elements) <= MOST[kind]:
        yield f"{kind}: {len(elements)} elements"
    texts = [block["text"]] if "text" in block else [one for one in elements if kind == "context"]
    for text in texts:
        yield from _text(kind, text)
    if kind == "actions":
        ids = [one.get("action_id") for one in elements]
        if len(set(ids)) != len(ids) or not all(ids):
            yield "actions: an action_id is missing or used twice"
        for button in elements:
            yield from _text("button", button["text"])
            if not button["url"].startswith("https://") or len(button["url"]) > LONGEST["url"]:
                yield "button: url"


def _text(kind: str, text: Mapping[str, Any]) -> Iterator[str]:
    units = len(text["text"].encode("utf-16-le")) // 2
    if not 0 < units <= LONGEST[kind]:
        yield f"{kind}: {units} characters"
    if kind in ("header", "button") and text["type"] != "plain_text":
        yield f"{kind}: {text['type']}"


def _errors(name: str, value: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, one.absolute_path))}: {one.message[:160]}"
        for one in _validator(name).iter_errors(value)
    ]


def _type(method: str) -> str:
    """`chat.postMessage` → ChatPostMessage"""
    return "".join(part[:1].upper() + part[1:] for part in method.split("."))


def _value(kind: str | None, text: str) -> Any:
    if kind == "boolean":
        return {"1": True, "true": True, "0": False, "false": False}.get(text, text)
    return int(text) if kind == "number" and text.isdigit() else text
