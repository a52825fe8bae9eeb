"""Cut the schemas made from Slack's types down to what clinft sends and reads; README.md says how to call it."""

import json
import re
import sys
from pathlib import Path
from typing import Any

# Of messages that are sent: what clinft never does is refused.
UNSENT = {
    "attachments",
    "accessory",
    "fields",
    "confirm",
    "style",
    "value",
    "accessibility_label",
    "expand",
    "entities",
    "markdown_text",
    "as_user",
    "icon_emoji",
    "icon_url",
    "username",
    "token",
    "file_ids",
    "fetch",
    "timeout",
    "retryConfig",
}
BLOCKS = {"ActionsBlock", "ContextBlock", "HeaderBlock", "SectionBlock"}
ELEMENTS = {"Button", "PlainTextElement", "MrkdwnElement"}
# Of messages and channels that come back.
READ = {"type", "subtype", "text", "ts", "thread_ts", "user", "bot_id", "app_id", "team", "reply_count"}
READ |= {"metadata", "edited", "blocks", "parent_user_id"}
READ |= {"id", "name", "is_archived", "is_member", "is_private", "is_ext_shared", "is_pending_ext_shared"}
UNION = re.compile(r".*(Block|Element|Object)$")


def sent(node: Any, definitions: dict[str, Any]) -> Any:
    """Without prose, without what is never sent, and without variants that need what is never sent."""
    if isinstance(node, list):
        return [sent(one, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    node = {key: value for key, value in node.items() if key != "description"}
    if "properties" in node:
        node["properties"] = {
            name: sent(one, definitions) for name, one in node["properties"].items() if name not in UNSENT
        }
    variants = [one for one in node.get("anyOf", []) if _is_sent(one)]
    if variants:
        found = {json.dumps(one): one for one in (sent(one, definitions) for one in variants)}
        if len(found) == 1:
            return next(iter(found.values()))
        return {"anyOf": list(found.values())}
    return {key: one if key == "properties" else sent(one, definitions) for key, one in node.items()}


def _is_sent(variant: Any) -> bool:
    name = str(variant.get("$ref", "")).rpartition("/")[2]
    if name == "Block":  # {type, block_id}: whatever nobody knows
        return False
    if name.startswith("MessageMetadata"):
        return True
    if UNION.fullmatch(name) and name not in BLOCKS | ELEMENTS:
        return name in ("KnownBlock", "AnyBlock", "TextObject", "ActionsBlockElement", "ContextBlockElement")
    if name and name not in BLOCKS | ELEMENTS:
        return False
    return not UNSENT & set(variant.get("required", []))


def read(schema: dict[str, Any]) -> dict[str, Any]:
    """Of messages and channels what clinft looks at, and any blocks: they are what was sent."""
    for name, one in schema["definitions"].items():
        if name.endswith("Response") or "properties" not in one:
            continue
        kept = {key: value for key, value in one["properties"].items() if key in READ | {"event_type"}}
        if "blocks" in kept:
            kept["blocks"] = {"type": "array"}
        if "metadata" in kept:
            # Slack's types of answers know event_type alone; with include_all_metadata the payload comes back.
            payload = {"event_type": {"type": "string"}, "event_payload": {"type": "object"}}
            kept["metadata"] = {"type": "object", "properties": payload, "additionalProperties": False}
        if kept:
            schema["definitions"][name] = {**one, "properties": kept}
    return schema


def reachable(schema: dict[str, Any]) -> dict[str, Any]:
    needed: list[str] = [schema["$ref"].rpartition("/")[2]]
    for name in needed:
        for found in re.findall(r"#/definitions/([\w.-]+)", json.dumps(schema["definitions"][name])):
            if found not in needed:
                needed.append(found)
    return {**schema, "definitions": {name: schema["definitions"][name] for name in sorted(needed)}}


def cut(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text())
    if path.stem.endswith("Response"):
        return reachable(read(schema))
    definitions = {name: sent(one, schema["definitions"]) for name, one in schema["definitions"].items()}
    return reachable({**schema, "definitions": definitions})


if __name__ == "__main__":
    found = {path.stem: cut(path) for path in sorted(Path(sys.argv[1]).glob("*.json"))}
    Path(sys.argv[2]).write_text(json.dumps(found, separators=(",", ":"), sort_keys=True) + "\n")
