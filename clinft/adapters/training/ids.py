"""Ids and names that a provider gives: they go into addresses, evidence and reports, so they are plain."""

import re
from collections.abc import Iterable

from clinft.adapters.training.openai_api.words import holds
from clinft.spec.base import PROVIDER_NAME

# Of jobs and files.
ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@+=-]{0,199}")
# Of models, as the record of a run takes them.
MODEL = re.compile(PROVIDER_NAME)


def is_plain(text: str, pattern: re.Pattern[str], secrets: Iterable[str]) -> bool:
    """No spaces, no Markdown, and nothing of a credential that the provider echoes."""
    return pattern.fullmatch(text) is not None and ".." not in text and not holds(text, secrets)
