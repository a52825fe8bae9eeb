"""Names of accounts in a policy that look like e-mail addresses and are none of a person that was pasted in.

Google names a service account so, and the user for whom it writes; both are meant to stand there.
"""

import re

from clinft.errors import Problem
from clinft.spec.yaml import Document

KEYS = ("service_account", "subject")
# The whole value, nothing beside it.
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
KIND = "an e-mail address"


def without_account_names(document: Document, problems: list[Problem]) -> list[Problem]:
    """The problems less those at `sinks.<name>.login.service_account` and `.subject`, whole addresses."""
    places = set(_places(document))
    return [one for one in problems if KIND not in one.message or (one.line, one.column) not in places]


def _places(document: Document) -> list[tuple[int, int]]:
    sinks = document.value.get("sinks") if isinstance(document.value, dict) else None
    found = []
    for name, sink in sinks.items() if isinstance(sinks, dict) else ():
        login = sink.get("login") if isinstance(sink, dict) else None
        for key in KEYS:
            value = login.get(key) if isinstance(login, dict) else None
            if isinstance(value, str) and ADDRESS.fullmatch(value):
                line, column = document.where(("sinks", name, "login", key))
                found += [(line, column), (line, column + 1)]  # as it is, or behind a quote
    return found
