"""Records, and the messages of a conversation."""

from typing import Literal

from pydantic import JsonValue

from clinft.spec.base import Slug, Strict


class Message(Strict):
    role: Literal["system", "user", "assistant"]
    content: str


class Record(Strict):
    """One synthetic record. `facts` are the gold it was written from; `scenario` decides its split."""

    id: str
    scenario: str
    style: Slug
    text: str
    target: str
    facts: dict[str, JsonValue]
