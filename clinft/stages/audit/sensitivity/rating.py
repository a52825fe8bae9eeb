"""Counts → what the audit says of itself, class by class."""

from typing import Literal

from clinft.artifacts.audit import Measured, Sensitivity
from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.sensitivity.counts import Counts
from clinft.statistics.proportions import clopper_pearson
from clinft.statistics.rounding import high, low

Status = Literal["certified", "below_floor", "not_certified"]

# Found of all cases of the challenge set while no rule had seen one (bench/data/README.md), of the classes
# whose misses were read since, or that gained by what was done then.
BLIND = {
    "G": (220, 225),
    "H": (223, 233),
    "J": (227, 238),
    "L": (197, 229),
    "M": (231, 238),
    "P": (177, 225),
    "Q": (227, 237),
}
NO_CANARIES = "This data has no text that could carry a canary of this class."
NO_CHALLENGE = "The challenge set has no case of this class."


def sensitivities(canaries: Counts | None, challenge: Counts | None, floor: float) -> tuple[Sensitivity, ...]:
    """One for each of the 18 letters. A class with neither measurement is not certified."""
    return tuple(_rated(category.letter, canaries, challenge, floor) for category in CATEGORIES)


def _rated(letter: str, canaries: Counts | None, challenge: Counts | None, floor: float) -> Sensitivity:
    planted, frozen = _measured(letter, canaries), _measured(letter, challenge)
    notes = []
    if letter in BLIND and frozen is not None:
        notes.append(_not_blind(*BLIND[letter]))
    if of_blocking := _blocking(letter, canaries, challenge):
        notes.append(of_blocking)
    if planted is None:
        notes.append(NO_CANARIES)
    if frozen is None:
        notes.append(NO_CHALLENGE)
    return Sensitivity(
        identifier=letter,
        canaries=planted,
        challenge=frozen,
        status=_status([measured.low for measured in (planted, frozen) if measured], floor),
        note=" ".join(notes),
    )


def _not_blind(found: int, cases: int) -> str:
    interval = clopper_pearson(found, cases)
    before = f"{found} of {cases} [{low(interval.low)}, {high(interval.high)}]"
    return (
        "The challenge figure flatters: rules were widened on 2026-11-26 after misses of the set were read. "
        f"Before that, {before} were found."
    )


def _blocking(letter: str, canaries: Counts | None, challenge: Counts | None) -> str:
    """How many were found by a finding that blocks, if not all; the others are listed for a reader."""
    parts = [
        f"{counts.blocked.get(letter, 0)} of {counts.planted[letter]} {what}"
        for what, counts in (("planted", canaries), ("challenge cases", challenge))
        if counts and counts.found.get(letter, 0) > counts.blocked.get(letter, 0)
    ]
    return f"Found by a finding that blocks: {', '.join(parts)}; the others are listed only." if parts else ""


def _status(lows: list[float], floor: float) -> Status:
    if not lows:
        return "not_certified"
    return "below_floor" if min(lows) < floor else "certified"


def _measured(letter: str, counts: Counts | None) -> Measured | None:
    planted = counts.planted.get(letter, 0) if counts else 0
    if counts is None or not planted:
        return None
    found = counts.found.get(letter, 0)
    interval = clopper_pearson(found, planted)
    return Measured(n=planted, found=found, low=interval.low, high=interval.high)
