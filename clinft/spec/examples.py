"""What a message may point at: the names of a policy's entries, and where a right one stands."""

import re
from collections.abc import Mapping

from pydantic import BaseModel

from clinft.spec.policy import Policy
from clinft.spec.screening import screen
from clinft.spec.yaml import Loc

# Sections whose keys name places. The gate and the comment name those too; a key of another section may be
# anybody's name.
PLACES = frozenset({"sinks", "runners", "endpoints", "evaluation_models", "mcp_servers"})
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,58}[a-z0-9]")
# `gpu-a100-80gb` is a name. Random keys have more digits or no hyphen for long; so have dates and numbers.
DIGITS, LONG = 7, 16
OF_A_SPEC = "an example in projects/"
OF_THE_POLICY = "schemas/policy.schema.json, which describes every key"
OF_SINKS = {
    "slack": "the entry in docs/slack.md",
    "google_sheets": "the entry in docs/google.md",
    "google_docs": "the entry in docs/google.md",
    "langsmith": "the entry in docs/langsmith.md",
}


def is_of_policy(model: type[BaseModel]) -> bool:
    return model is Policy


def is_shown(model: type[BaseModel], loc: Loc, depth: int) -> bool:
    """Whether the key at this depth is the name of a place, and looks like nothing else."""
    if not is_of_policy(model) or depth != 1 or loc[0] not in PLACES:
        return False
    name = loc[1]
    return isinstance(name, str) and NAME.fullmatch(name) is not None and _is_spoken(name)


def _is_spoken(name: str) -> bool:
    """Words and few digits: a key, somebody's number or a date may stand in a name's place by mistake."""
    mixed = (part for part in name.split("-") if len(part) >= LONG and not part.isalpha())
    return sum(map(str.isdigit, name)) < DIGITS and not any(mixed) and not screen(name)


def example_of(model: type[BaseModel], loc: Loc, value: object) -> str:
    """`value`: the file's, which may hold anything."""
    if not is_of_policy(model):
        return OF_A_SPEC
    if not loc or loc[0] != "sinks":
        return OF_THE_POLICY
    kind = value
    for part in (*loc[:2], "kind"):
        kind = kind.get(part) if isinstance(kind, Mapping) else None
    return OF_SINKS.get(kind, "docs/sinks.md") if isinstance(kind, str) else "docs/sinks.md"
