"""Places that tuned models are pushed to, by their kind in the policy."""

from collections.abc import Callable

from clinft.adapters.registries.huggingface import HuggingFaceHub
from clinft.ports.handover import Registry
from clinft.spec.registries import Registry as Place

# The secret for this host; None: there is none.
KeyOf = Callable[[str], str | None]
TABLE: dict[str, Callable[[Place, KeyOf], Registry]] = {"huggingface": HuggingFaceHub}
