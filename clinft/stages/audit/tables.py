"""The audit's tables (clinft/tables/audit/*.yaml): word lists, restricted ZIP prefixes, severities."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def folder() -> Path:
    return Path(str(resources.files("clinft"))) / "tables" / "audit"


@cache
def table(name: str) -> dict[str, Any]:
    text = (folder() / f"{name}.yaml").read_text(encoding="utf-8")
    # Safe, and several times faster where libyaml is there.
    loaded: dict[str, Any] = yaml.load(text, Loader=LOADER)  # noqa: S506
    return loaded


def words(name: str, key: str) -> frozenset[str]:
    """A list that the table writes as one block of words, in lower case."""
    return frozenset(table(name)[key].lower().split())
