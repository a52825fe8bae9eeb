"""The proposed changes in the text of project.yaml; whatever else would change with them refuses them all."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from clinft.artifacts.proposal import Change, Setting
from clinft.errors import SpecError
from clinft.spec import yaml
from clinft.stages.propose.edit import set_value

SETTINGS: frozenset[str] = frozenset(get_args(Setting))


def applied(text: str, changes: Sequence[Change]) -> str | None:
    """None where the layout of the file is one that lines are not edited in: people make the change then.

    The result is parsed and compared: it says what the changes say, and everything else is as it was.
    """
    if any(change.setting not in SETTINGS for change in changes):
        return None
    found: str | None = text
    for change in changes:
        if found is None:
            return None
        value: Any = change.value
        found = set_value(found, tuple(change.setting.split(".")), value)
    if found is None:
        return None
    try:
        after = yaml.parse(found, "project.yaml").value
    except SpecError:
        return None
    return found if after == expected(yaml.parse(text, "project.yaml").value, changes) else None


def expected(before: object, changes: Sequence[Change]) -> object:
    """The file's value with the changes in it, by themselves."""
    after: Any = copy.deepcopy(before)
    for change in changes:
        *section, key = change.setting.split(".")
        place = after
        for name in section:
            place = place.setdefault(name, {})
        if isinstance(change.value, Mapping):
            place[key] = {**(place.get(key) or {}), **change.value}
        elif isinstance(change.value, list):
            place[key] = [*(place.get(key) or []), *change.value]
        else:
            place[key] = change.value
    return after
