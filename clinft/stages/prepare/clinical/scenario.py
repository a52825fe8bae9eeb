"""The clinical core of a case, drawn first and cheaply: it decides the case's digest, and so its split.

A core is drawn until its digest falls into the part of the digests that belongs to the split: no core that
could be drawn for one split can be drawn for another, whatever the seed and however many are drawn.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic_core import to_json

from clinft.errors import SpecError
from clinft.spec.data import SPLITS, Splits
from clinft.stages.prepare.clinical.choices import Choices
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import Onset, Severity
from clinft.stages.prepare.state import COURSES, LETTERS, SEXES, SPANS

# Of the first 32 bits of a digest.
EVERY = 1 << 32
# How many findings a case has: fewest, most.
FINDINGS: dict[Severity, tuple[int, int]] = {"mild": (2, 3), "moderate": (3, 4), "severe": (3, 5)}
# Nobody who is severely ill is getting better unaided.
COURSES_IF_SEVERE = {
    onset: tuple(course for course in courses if course != "improving") for onset, courses in COURSES.items()
}
# Of this many draws for each one that is expected, none is missed but where there are few cases to draw.
PATIENCE = 200

Core = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """The digests of a split: first 32 bits from `start` to below `stop`."""

    split: str
    start: int
    stop: int

    @property
    def tries(self) -> int:
        return PATIENCE * (EVERY // (self.stop - self.start) + 1)


def parts(splits: Splits) -> dict[str, Part]:
    """Cumulative shares, in whole numbers."""
    shares = [Decimal(str(getattr(splits, name))) for name in SPLITS]
    ends = [int(EVERY * sum(shares[: count + 1]) / sum(shares)) for count in range(len(shares))]
    starts = (0, *ends)
    return {
        name: Part(name, start, stop) for name, start, stop in zip(SPLITS, starts[:-1], ends, strict=True)
    }


def draw_scenario(of: Choices, severities: Sequence[Severity], part: Part, draw: Draw) -> tuple[Core, str]:
    """The next core that belongs to the split, and its name. SpecError where the condition has too few."""
    for _ in range(part.tries):
        core = draw_core(of, severities, draw)
        digest = hashlib.sha256(to_json(core)).digest()
        if part.start <= int.from_bytes(digest[:4], "big") < part.stop:
            return core, digest[:8].hex().translate(LETTERS)
    raise SpecError(
        f"{of.condition.name} has too few different cases for a share as small as that of {part.split}.",
        "Cases are assigned to splits by their digest, and none that was drawn belongs to this one.",
        f"Raise `data.splits.{part.split}`.",
    )


def scenario_of(core: Core) -> str:
    """64 bits of the core's sha256, in letters: hex can look like an account number to an auditor."""
    return hashlib.sha256(to_json(core)).hexdigest()[:16].translate(LETTERS)


def draw_core(of: Choices, severities: Sequence[Severity], draw: Draw) -> Core:
    """Keys always in this order: the digest is of these bytes."""
    condition = of.condition
    severity = draw.one(severities)
    weeks = None if condition.gestation is None else draw.between(*condition.gestation)
    fewest, most = FINDINGS[severity]
    return {
        "code": condition.code,
        "severity": severity,
        "sex": draw.one(SEXES) if condition.sex is None else condition.sex,
        "age": draw.between(*condition.ages),
        "gestation_weeks": weeks,
        "duration": _duration(condition.onset, weeks, draw),
        "course": draw.one((COURSES_IF_SEVERE if severity == "severe" else COURSES)[condition.onset]),
        "findings": of.findings.draw(draw.between(fewest, most), draw),
        "red_flags": of.red_flags.draw(draw.between(1, 2), draw) if severity == "severe" else [],
        "negated_findings": of.denies[severity].draw(draw.between(2, 3), draw),
    }


def _duration(onset: Onset, weeks: int | None, draw: Draw) -> str:
    """Time since it began; what a pregnancy brings did not begin before it."""
    spans = SPANS[onset]
    if weeks is not None and onset in ("subacute", "chronic"):
        spans = (("weeks", 2, min(10, weeks - 1)),) if weeks > 2 else (("days", 2, 4),)
    unit, fewest, most = draw.one(spans)
    return f"{draw.between(fewest, most)} {unit}"
