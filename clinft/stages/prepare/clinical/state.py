"""A clinical state: a core, and all that is coherent with it. The facts are the gold of every task."""

from collections.abc import Sequence
from typing import Any

from clinft.stages.prepare.clinical.choices import LEAST_AGO, Choices, Fitting, Other
from clinft.stages.prepare.clinical.rows import Measure, Medicine
from clinft.stages.prepare.clinical.scenario import Core
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import Severity, Sex
from clinft.stages.prepare.state import AGE_BANDS, RELATIVES, SEXES

Facts = dict[str, Any]
Row = dict[str, Any]

MAIN_NAME_PERCENT = 60
OFTEN_PERCENT = 60
MOST_LABS, MOST_NORMAL_LABS = 4, 2
MOST_MEDICINES = 3
# A pulse pressure below 25 mmHg would contradict most of the states drawn here.
LEAST_PULSE_PRESSURE = 25
MOST_AGO = 20


def draw_facts(of: Choices, core: Core, draw: Draw) -> Facts:
    """Everything but what the note makes of it; lists may be empty."""
    condition = of.condition
    severity, sex, age, weeks = core["severity"], core["sex"], core["age"], core["gestation_weeks"]
    labs = _labs(of, severity, sex, draw)
    fitting = of.fitting(age, sex)
    history = _history(fitting, draw)
    said = {other.name for other in history}
    used: set[str] = set()
    started = _started(of, sex, weeks is not None, used, draw)
    return {
        "condition": condition.name,
        "code": condition.code,
        "written_as": condition.name if draw.chance(MAIN_NAME_PERCENT) else draw.one(condition.names),
        "critical": condition.critical,
        "age": age,
        "age_band": next(name for oldest, name in AGE_BANDS if age <= oldest),
        "sex": sex,
        **({} if weeks is None else {"gestation_weeks": weeks}),
        "severity": severity,
        "acuity": condition.acuity[severity],
        "onset": condition.onset,
        "duration": core["duration"],
        "course": core["course"],
        "findings": core["findings"],
        "red_flags": core["red_flags"],
        "negated_findings": core["negated_findings"],
        "vitals": _vitals(of, severity, draw),
        "labs": labs,
        "studies": [
            {"study": study.study, "result": draw.one(study.shows)} for study in of.studies.draw(2, draw)
        ],
        "imaging": _imaging(of, draw),
        "history": [{"name": other.name, "code": other.code} for other in history],
        "regular_medications": _regular(history, sex, weeks is not None, used, draw),
        "started_medications": started,
        "care": of.care.draw(2, draw),
        "family_history": _family(of, said, draw),
        "past_resolved": _past(fitting, age, said, draw),
        "ruled_out": _ruled_out(fitting, said, labs, draw),
    }


def _vitals(of: Choices, severity: Severity, draw: Draw) -> Row:
    ranges = of.vitals[severity]
    systolic, diastolic = draw.between(*ranges.systolic), draw.between(*ranges.diastolic)
    return {
        "pulse_per_minute": draw.between(*ranges.pulse),
        "systolic_mmhg": systolic,
        "diastolic_mmhg": min(diastolic, systolic - LEAST_PULSE_PRESSURE),
        "breaths_per_minute": draw.between(*ranges.breaths),
        "temperature_c": draw.between(*ranges.temperature) / 10,
        "saturation_percent": draw.between(*ranges.saturation),
    }


def _labs(of: Choices, severity: Severity, sex: Sex, draw: Draw) -> list[Row]:
    measures = [
        *of.labs[severity, sex].draw(MOST_LABS, draw),
        *of.normal_labs[sex].draw(draw.between(0, MOST_NORMAL_LABS), draw),
    ]
    return [_lab(measure, draw.between(measure.low, measure.high)) for measure in measures]


def _lab(measure: Measure, value: int) -> Row:
    return {
        "name": measure.name,
        "loinc": measure.loinc,
        "value": _decimal(value, measure.digits),
        "unit": measure.unit,
        "flag": _flag(measure, value),
    }


def _decimal(value: int, digits: int) -> str:
    whole, part = divmod(abs(value), 10**digits)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{part:0{digits}d}" if digits else "")


def _flag(measure: Measure, value: int) -> str:
    """Critical: beyond the critical value, not at it."""
    if measure.critical_below is not None and value < measure.critical_below:
        return "critical low"
    if measure.critical_above is not None and value > measure.critical_above:
        return "critical high"
    low, high = measure.reference
    return "low" if value < low else "high" if value > high else "normal"


def _imaging(of: Choices, draw: Draw) -> Row:
    imaging = of.condition.imaging
    return {
        "study": imaging.study,
        "technique": imaging.technique,
        "findings": of.imaging[0].draw(draw.between(2, 3), draw),
        "normal": of.imaging[1].draw(draw.between(2, 3), draw),
        "impression": imaging.impression,
    }


def _history(fitting: Fitting, draw: Draw) -> list[Other]:
    """None to three, of different kinds; more often those that are often seen with the condition."""
    often, rest = fitting.often, fitting.history
    chosen: list[Other] = []
    for _ in range(draw.between(0, 3)):
        pool = often if often and (not rest or draw.chance(OFTEN_PERCENT)) else rest
        # One that does not stand beside another is drawn for nothing: fewer, but never both.
        if pool:
            found = draw.one(pool)
            if all(found.stands_beside(other) for other in chosen):
                chosen.append(found)
    return chosen


def _medication(medicine: Medicine, frequencies: Sequence[str], draw: Draw) -> Row:
    return {
        "name": medicine.name,
        "dose": draw.one(medicine.doses),
        "unit": medicine.unit,
        "route": medicine.route,
        "frequency": draw.one(frequencies),
    }


def _may_take(medicine: Medicine, sex: Sex, pregnant: bool, used: set[str]) -> bool:
    """Nothing stands twice, or with what undoes it, whether it is taken regularly or started now."""
    return (
        medicine.sex in (None, sex)
        and (medicine.in_pregnancy or not pregnant)
        and used.isdisjoint(medicine.alone)
    )


def _started(of: Choices, sex: Sex, pregnant: bool, used: set[str], draw: Draw) -> list[Any]:
    """The first that the pack names, which the condition needs most, and none to two others.

    `used` receives what they exclude.
    """
    given: list[Any] = []
    for medicine in (of.first_medicine, *of.started.draw(draw.between(0, MOST_MEDICINES - 1), draw)):
        if _may_take(medicine, sex, pregnant, used):
            used |= medicine.alone
            given.append(_medication(medicine, medicine.frequencies, draw))
    return given


def _regular(history: Sequence[Other], sex: Sex, pregnant: bool, used: set[str], draw: Draw) -> list[Any]:
    """One medicine of each condition of the history, where one may be taken."""
    taken: list[Any] = []
    for other in history:
        possible = [
            medicine
            for medicine in other.medicines
            if medicine.regular and _may_take(medicine, sex, pregnant, used)
        ]
        if possible:
            medicine = draw.one(possible)
            used |= medicine.alone
            taken.append(_medication(medicine, medicine.regular, draw))
    return taken


def _family(of: Choices, said: set[str], draw: Draw) -> list[Any]:
    fitting = [other for other in of.family if other.name not in said]
    if not fitting:
        return []
    other = draw.one(fitting)
    said.add(other.name)
    sex = draw.one(SEXES) if other.sex is None else other.sex
    return [{"name": other.name, "relative": draw.one(RELATIVES[sex])}]


def _past(fitting: Fitting, age: int, said: set[str], draw: Draw) -> list[Any]:
    """Something that is over: old enough then, and told nowhere else."""
    possible = [other for other in fitting.past if other.name not in said]
    if not possible:
        return []
    other = draw.one(possible)
    said.add(other.name)
    return [
        {"name": other.name, "ago": f"{draw.between(LEAST_AGO, min(MOST_AGO, age - other.ages[0]))} years"}
    ]


def _ruled_out(fitting: Fitting, said: set[str], labs: Sequence[Row], draw: Draw) -> list[Any]:
    """A near miss whose reason is true of this case."""
    flags = {lab["name"]: lab["flag"] for lab in labs}
    possible = [
        excluded
        for excluded in fitting.excluded
        if excluded.name not in said
        and all(flags.get(name, wanted[0]) in wanted for name, wanted in excluded.needs)
    ]
    if not possible:
        return []
    excluded = draw.one(possible)
    return [{"name": excluded.name, "code": excluded.code, "because": excluded.because}]
