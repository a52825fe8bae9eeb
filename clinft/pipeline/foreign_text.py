"""Texts that clinft did not write, before they become evidence: no name and no number of a person."""

import re

from clinft.stages.audit.scan import finds_in
from clinft.stages.audit.severity import BLOCKING

# No text of a result is near this length; data that was put there may be.
LONGEST_TEXT = 8000
# Digests, ids of findings, and the UUIDs that services name jobs by. Digits alone, which may be anybody's
# number, are none.
HEX = re.compile(
    r"(?=.*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
WITHHELD = "(withheld: the audit's rules find an identifier in what was said)"


def looks_foreign(text: str, known: str = "") -> bool:
    """Read as the audit reads settings: there the day of a price is no date of a patient.

    `known`: what people wrote into what was approved.
    """
    if len(text) > LONGEST_TEXT:
        return True
    if HEX.fullmatch(text):
        return False
    return any(
        find.severity(settings=True) in BLOCKING and text[find.start : find.end] not in known
        for find in finds_in(text, "")
    )


def presentable(text: str) -> str:
    """What a provider said, or that it is withheld. The terminal shows it as it was said."""
    return WITHHELD if looks_foreign(text) else text
