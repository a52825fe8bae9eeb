"""A clinical state: one patient, one main diagnosis, and everything that is coherent with them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import JsonValue

from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import (
    NUMBER_RANGE,
    SEVERITIES,
    Condition,
    Diagnosis,
    DomainPack,
    Onset,
    Severity,
    Sex,
)

AGE_BANDS = ((39, "18-39"), (64, "40-64"), (89, "65-89"))
COURSES: dict[Onset, tuple[str, ...]] = {
    "sudden": ("improving", "unchanged", "worsening"),
    "acute": ("improving", "unchanged", "worsening"),
    "subacute": ("unchanged", "worsening"),
    "chronic": ("stable", "slowly worsening"),
}
RELATIVES: dict[Sex, tuple[str, ...]] = {"female": ("mother", "sister"), "male": ("father", "brother")}
# Onset to (unit, fewest, most) spans of time before the note.
SPANS: dict[Onset, tuple[tuple[str, int, int], ...]] = {
    "sudden": (("minutes", 30, 55), ("hours", 2, 20)),
    "acute": (("hours", 2, 20), ("days", 2, 4)),
    "subacute": (("weeks", 2, 10),),
    "chronic": (("months", 6, 18), ("years", 2, 9)),
}
THIRD: dict[Severity, int] = {severity: index for index, severity in enumerate(SEVERITIES)}
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
SEXES: tuple[Sex, ...] = ("female", "male")


@dataclass(frozen=True)
class Candidates:
    """What a group of splits may mention: (label, condition) pairs."""

    background: tuple[tuple[str, Condition], ...]
    history: tuple[tuple[str, Condition], ...]
    family: tuple[tuple[str, Diagnosis], ...]
    by_code: dict[str, tuple[str, Diagnosis]]


def candidates(pack: DomainPack, allowed: Sequence[tuple[str, Diagnosis]]) -> Candidates:
    """`allowed` are the diagnoses of the group; the background belongs to every group."""
    return Candidates(
        background=tuple((condition.label, condition) for condition in pack.background),
        history=tuple(pair for pair in allowed if pair[1].takes),
        family=tuple(pair for pair in allowed if pair[1].family),
        by_code={diagnosis.code: (label, diagnosis) for label, diagnosis in allowed},
    )


def draw_state(
    pack: DomainPack, label: str, diagnosis: Diagnosis, may: Candidates, draw: Draw
) -> dict[str, JsonValue]:
    """The facts, which are the gold; lists may be empty."""
    sex: Sex = draw.one(SEXES) if diagnosis.sex is None else diagnosis.sex
    age = draw.between(*diagnosis.ages)
    severity = draw.one(diagnosis.severity)
    unit, fewest, most = draw.one(SPANS[diagnosis.onset])
    history = _history(label, age, sex, may, draw)
    said = {condition.history_name for _, condition in history}
    return {
        "diagnosis": diagnosis.name,
        "code": diagnosis.code,
        "chapter": label,
        "age": age,
        "age_band": next(name for oldest, name in AGE_BANDS if age <= oldest),
        "sex": sex,
        "severity": severity,
        "onset": diagnosis.onset,
        "duration": f"{draw.between(fewest, most)} {unit}",
        "course": draw.one(COURSES[diagnosis.onset]),
        "findings": list(draw.some(diagnosis.findings, draw.between(2, 3))),
        "negated_findings": list(draw.some(diagnosis.denies, 2)),
        "tests": [_with_numbers(test, severity, draw) for test in draw.some(diagnosis.tests, 2)],
        "treatment": list(draw.some(diagnosis.treatment, 2)),
        "vitals": _vitals(pack, diagnosis, severity, draw),
        "history": [_mention(other, condition) for other, condition in history],
        "regular_medication": [condition.takes for _, condition in history],
        "family_history": _family(label, said, may, draw),
        "ruled_out": _ruled_out(diagnosis, age, sex, said, may=may, draw=draw),
    }


def scenario_id(facts: dict[str, JsonValue]) -> str:
    """64 bits of the facts' sha256, in letters: hex can look like an account number to an auditor."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16].translate(LETTERS)


def _mention(label: str, condition: Condition) -> JsonValue:
    return {"name": condition.history_name, "chapter": label}


def _history(label: str, age: int, sex: Sex, may: Candidates, draw: Draw) -> list[tuple[str, Condition]]:
    """Up to two conditions of different other chapters; common ones as often as rarer ones of this group."""
    common, rarer = (
        [(other, condition) for other, condition in pool if other != label and condition.fits(age, sex)]
        for pool in (may.background, may.history)
    )
    chosen: list[tuple[str, Condition]] = []
    for _ in range(draw.between(0, 2)):
        pool = common if common and (not rarer or draw.chance(50)) else rarer
        if pool:
            chosen.append(pool.pop(draw.below(len(pool))))
            # One condition of a chapter: two would often be treated together.
            common = [pair for pair in common if pair[0] != chosen[-1][0]]
            rarer = [pair for pair in rarer if pair[0] != chosen[-1][0]]
    return chosen


def _family(label: str, said: set[str], may: Candidates, draw: Draw) -> list[JsonValue]:
    fitting = [
        (other, diagnosis)
        for other, diagnosis in may.family
        if other != label and diagnosis.history_name not in said
    ]
    if not fitting or not draw.chance(45):
        return []
    other, diagnosis = draw.one(fitting)
    sex: Sex = draw.one(SEXES) if diagnosis.sex is None else diagnosis.sex
    relative = draw.one(RELATIVES[sex])
    return [{"name": diagnosis.history_name, "chapter": other, "relative": relative}]


def _ruled_out(
    diagnosis: Diagnosis, age: int, sex: Sex, said: set[str], *, may: Candidates, draw: Draw
) -> list[JsonValue]:
    fitting = [may.by_code[code] for code in diagnosis.ruled_out if code in may.by_code]
    fitting = [pair for pair in fitting if pair[1].fits(age, sex) and pair[1].history_name not in said]
    if not fitting:
        return []
    other, considered = draw.one(fitting)
    return [{"name": considered.name, "chapter": other}]


def _with_numbers(test: str, severity: Severity, draw: Draw) -> str:
    """`<a..b>` becomes a number from the third of a..b that belongs to the severity."""
    match = NUMBER_RANGE.search(test)
    if match is None:
        return test
    mild, severe = match.group(1), match.group(2)
    digits = len(mild.partition(".")[2])
    low, high = (int(Decimal(end).scaleb(digits)) for end in (mild, severe))
    start = low + (high - low) * THIRD[severity] // 3
    stop = low + (high - low) * (THIRD[severity] + 1) // 3
    value = draw.between(min(start, stop), max(start, stop))
    whole, part = divmod(abs(value), 10**digits)
    number = f"{'-' if value < 0 else ''}{whole}" + (f".{part:0{digits}d}" if digits else "")
    return test[: match.start()] + number + test[match.end() :]


def _vitals(pack: DomainPack, diagnosis: Diagnosis, severity: str, draw: Draw) -> JsonValue:
    ranges = getattr(pack.vitals[diagnosis.vitals], severity)
    systolic, diastolic = draw.between(*ranges.systolic), draw.between(*ranges.diastolic)
    return {
        "pulse_per_minute": draw.between(*ranges.pulse),
        "systolic_mmhg": systolic,
        # A pulse pressure below 25 mmHg would contradict most of the states drawn here.
        "diastolic_mmhg": min(diastolic, systolic - 25),
        "breaths_per_minute": draw.between(*ranges.breaths),
        "temperature_c": draw.between(*ranges.temperature) / 10,
        "saturation_percent": draw.between(*ranges.saturation),
    }
