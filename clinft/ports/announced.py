"""What a provider says, now, about how long a model will answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from clinft.spec.eligibility import Endpoint


@dataclass(frozen=True)
class Announced:
    """`exists`: for this account. `shutdown`: the first day on which it does not answer; None: none told."""

    host: str
    exists: bool
    shutdown: date | None = None


# Endpoint, model, its base model; None where there is no key to ask with.
LookUp = Callable[[Endpoint, str, str], Announced | None]
