"""Any provider, for whoever may only ask what kind it is: every call that would reach it is refused."""

from dataclasses import dataclass
from typing import NoReturn

from clinft.errors import PolicyViolation
from clinft.spec.base import Provider

REFUSED = (
    "No provider is asked from here.",
    "The assistant's server only reads and drafts; nothing that it calls can pay or send.",
    "Run the verb itself in a terminal, as yourself.",
)


@dataclass
class Powerless:
    """`hosted`: as the provider itself says it of its jobs."""

    name: Provider
    hosted: bool

    def preflight(self, *of: object) -> NoReturn:
        refuse(*of)

    find = submit = poll = events = result = cancel = measured = dispose = preflight


def refuse(*of: object) -> NoReturn:
    raise PolicyViolation(*REFUSED)
