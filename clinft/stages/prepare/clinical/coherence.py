"""Whether facts agree with each other and with the pack: read from the tables, not from the generator.

Tests run it over every pack; it finds what a clinician would call impossible, not what is merely rare.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.clinical.pack import PackCondition
from clinft.stages.prepare.clinical.tables import PER_DAY, Lab, Medication

Facts = dict[str, Any]

BANDS = {"18-39": (18, 39), "40-64": (40, 64), "65-89": (65, 89)}
COURSES = {
    "sudden": {"improving", "unchanged", "worsening"},
    "acute": {"improving", "unchanged", "worsening"},
    "subacute": {"unchanged", "worsening"},
    "chronic": {"stable", "slowly worsening"},
}
DAYS = {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 30.4, "years": 365.2}
# Longest time since the beginning that the onset allows, in days.
LONGEST = {"sudden": 2, "acute": 14, "subacute": 120, "chronic": 20 * 365.2}
VITALS = {
    "pulse_per_minute": "pulse",
    "systolic_mmhg": "systolic",
    "diastolic_mmhg": "diastolic",
    "breaths_per_minute": "breaths",
    "temperature_c": "temperature",
    "saturation_percent": "saturation",
}
# (what it is, ingredients, ingredients that must not be given with them).
NOT_TOGETHER = (
    ("two medicines act on the renin-angiotensin system", r".*pril", r".*sartan"),
    ("two anticoagulants are given", r"apixaban|warfarin|rivaroxaban|.*heparin|enoxaparin", "dabigatran"),
    ("an opioid is given with naltrexone", "naltrexone", "morphine|fentanyl|oxycodone|buprenorphine"),
    ("two beta blockers are given", "metoprolol|carvedilol|propranolol|labetalol|esmolol", "atenolol"),
    ("two statins are given", "atorvastatin|rosuvastatin", "simvastatin"),
)
FEVER_C = 38.0
RELATIVES = {"mother": "female", "sister": "female", "father": "male", "brother": "male"}
# Blocks of ICD-10-CM that only one sex has.
FEMALE_CODES = (
    "O",
    "N70",
    "N71",
    "N72",
    "N73",
    "N76",
    "N80",
    "N83",
    "N92",
    "N95",
    "C50.0",
    "C53",
    "C54",
    "C56",
)
MALE_CODES = ("N40", "N41", "N42", "N44", "N45", "N48", "N52", "C61", "C62")


def problems(facts: Facts, pack: Pack) -> list[str]:
    """Empty: nothing contradicts anything. Sentences name fields and the pack's own words."""
    condition = next((one for one in pack.pack.conditions if one.code == facts["code"]), None)
    if condition is None:
        return [f"the pack has no condition {facts['code']}"]
    if facts["severity"] not in condition.severity:
        return [f"{condition.name} is never {facts['severity']}"]
    return [
        *_identity(facts, condition),
        *_pregnancy(facts, condition),
        *_time(facts, condition),
        *_signs(facts, condition),
        *_vitals(facts, condition, pack),
        *_labs(facts, condition, pack),
        *_examinations(facts, condition),
        *_medications(facts, condition, pack),
        *_together(facts),
        *_others(facts, condition),
        *_history(facts, pack),
        *_relatives_and_past(facts, pack),
    ]


def _identity(facts: Facts, condition: PackCondition) -> Iterator[str]:
    if facts["condition"] != condition.name or facts["written_as"] not in condition.names:
        yield "the condition bears another name"
    if facts["critical"] != condition.critical:
        yield "critical is not what the pack says"
    if not condition.ages[0] <= facts["age"] <= condition.ages[1]:
        yield f"age {facts['age']} is not one of this condition"
    low, high = BANDS[facts["age_band"]]
    if not low <= facts["age"] <= high:
        yield f"age {facts['age']} is not in the band {facts['age_band']}"
    if facts["sex"] not in ("female", "male") or condition.sex not in (None, facts["sex"]):
        yield f"sex {facts['sex']} does not have this condition"
    if facts["acuity"] != condition.acuity[facts["severity"]]:
        yield f"{facts['severity']} is not {facts['acuity']}"


def _pregnancy(facts: Facts, condition: PackCondition) -> Iterator[str]:
    weeks = facts.get("gestation_weeks")
    if (weeks is None) != (condition.gestation is None):
        yield "weeks of gestation stand where there is no pregnancy, or none where there is one"
    elif weeks is not None and condition.gestation is not None:
        low, high = condition.gestation
        if not low <= weeks <= high:
            yield f"{weeks} weeks of gestation are not of this condition"


def _time(facts: Facts, condition: PackCondition) -> Iterator[str]:
    if facts["onset"] != condition.onset:
        yield "onset is not the condition's"
    if facts["course"] not in COURSES[facts["onset"]]:
        yield f"{facts['onset']} and {facts['course']} contradict each other"
    if facts["severity"] == "severe" and facts["course"] == "improving":
        yield "severe and improving contradict each other"
    count, unit = facts["duration"].split(" ")
    days = int(count) * DAYS[unit]
    if days > LONGEST[facts["onset"]]:
        yield f"{facts['duration']} are not {facts['onset']}"
    if "gestation_weeks" in facts and days > 7 * facts["gestation_weeks"]:
        yield f"{facts['duration']} are longer than the pregnancy"


def _signs(facts: Facts, condition: PackCondition) -> Iterator[str]:
    present = [*facts["findings"], *facts["red_flags"]]
    for name, known in (
        ("findings", condition.findings),
        ("red_flags", condition.red_flags),
        ("negated_findings", condition.denies),
        ("care", condition.care),
    ):
        if not set(facts[name]) <= set(known) or len(set(facts[name])) < len(facts[name]):
            yield f"{name} has what the pack does not give, or something twice"
    if not facts["findings"] or not facts["care"]:
        yield "findings or care is empty"
    if facts["red_flags"] and facts["severity"] != "severe":
        yield "a red flag stands in a case that is not severe"
    if facts["severity"] == "severe" and condition.red_flags and not facts["red_flags"]:
        yield "a severe case has no red flag"
    for denied in facts["negated_findings"]:
        if any(_within(denied, finding) for finding in present):
            yield f"`{denied}` is denied and present"


def _vitals(facts: Facts, condition: PackCondition, pack: Pack) -> Iterator[str]:
    vitals, ranges = facts["vitals"], getattr(pack.vitals[condition.vitals], facts["severity"])
    if set(vitals) != set(VITALS):
        yield "vital signs are missing, or too many"
        return
    for name, given in VITALS.items():
        low, high = getattr(ranges, given)
        value = round(vitals[name] * 10) if name == "temperature_c" else vitals[name]
        # The diastolic pressure may be lower, where the systolic one is low.
        if value > high or (value < low and name != "diastolic_mmhg"):
            yield f"{name} {vitals[name]} is out of the range of {condition.vitals}, {facts['severity']}"
    if not 20 <= vitals["systolic_mmhg"] - vitals["diastolic_mmhg"] <= 140:
        yield "systolic and diastolic pressure do not fit"
    if vitals["diastolic_mmhg"] < 15:
        yield "the diastolic pressure is not one of the living"
    if vitals["temperature_c"] >= FEVER_C and any(_within("fever", one) for one in facts["negated_findings"]):
        yield "fever is denied and measured"


def _labs(facts: Facts, condition: PackCondition, pack: Pack) -> Iterator[str]:
    known = {pack.labs[slug].name: slug for slug in (*condition.labs, *condition.normal_labs)}
    names = [lab["name"] for lab in facts["labs"]]
    if len(set(names)) < len(names):
        yield "a lab is given twice"
    for row in facts["labs"]:
        slug = known.get(row["name"])
        if slug is None:
            yield f"the lab {row['name']} is not one of this condition"
            continue
        lab, value = pack.labs[slug], Decimal(row["value"])
        if (row["loinc"], row["unit"]) != (lab.loinc, lab.unit):
            yield f"{row['name']} has another code or unit"
        if -int(value.as_tuple().exponent) != lab.digits:
            yield f"{row['name']} {row['value']} has other digits than laboratories report"
        expected = (
            condition.labs[slug][facts["severity"]] if slug in condition.labs else _reference(lab, facts)
        )
        if not expected[0] <= value <= expected[1] or not lab.possible[0] <= value <= lab.possible[1]:
            yield f"{row['name']} {row['value']} is out of the range of {facts['severity']}"
        if row["flag"] != _flag(value, lab, facts):
            yield f"{row['name']} {row['value']} is not {row['flag']}"


def _reference(lab: Lab, facts: Facts) -> tuple[Decimal, Decimal]:
    return lab.normal_female if facts["sex"] == "female" and lab.normal_female else lab.normal


def _flag(value: Decimal, lab: Lab, facts: Facts) -> str:
    low, high = _reference(lab, facts)
    if value < low:
        beyond = lab.critical_below is not None and value < lab.critical_below
        return "critical low" if beyond else "low"
    if value > high:
        beyond = lab.critical_above is not None and value > lab.critical_above
        return "critical high" if beyond else "high"
    return "normal"


def _examinations(facts: Facts, condition: PackCondition) -> Iterator[str]:
    shown = {study.study: study.shows for study in condition.studies}
    for row in facts["studies"]:
        if row["result"] not in shown.get(row["study"], ()):
            yield f"{row['study']} shows what the pack does not say"
    imaging, given = facts["imaging"], condition.imaging
    if (imaging["study"], imaging["technique"], imaging["impression"]) != (
        given.study,
        given.technique,
        given.impression,
    ):
        yield "imaging is not the condition's"
    if not set(imaging["findings"]) <= set(given.findings) or not set(imaging["normal"]) <= set(given.normal):
        yield "imaging finds what the pack does not say"
    if any(_within(normal.removeprefix("no "), found) for normal in imaging["normal"]
           for found in imaging["findings"] if normal.startswith("no ")):  # fmt: skip
        yield "imaging finds what it calls absent"


def _medications(facts: Facts, condition: PackCondition, pack: Pack) -> Iterator[str]:
    started = [pack.medications[slug] for slug in condition.medications]
    for row in facts["started_medications"]:
        if not any(_is(row, medication) for medication in started):
            yield f"{row['name']} is not started for this condition"
    given = [*facts["regular_medications"], *facts["started_medications"]]
    for row in given:
        fitting = [medication for medication in pack.medications.values() if _is(row, medication)]
        if not fitting:
            yield f"{row['name']} {row['dose']} {row['unit']} {row['frequency']} is in no table"
            continue
        if all(medication.sex not in (None, facts["sex"]) for medication in fitting):
            yield f"{row['name']} is not given to this sex"
        if "gestation_weeks" in facts and all(medication.avoid_in_pregnancy for medication in fitting):
            yield f"{row['name']} is avoided in pregnancy"
        times = PER_DAY[row["frequency"]]
        most = max((medication.max_per_day for medication in fitting if medication.max_per_day), default=None)
        if times is not None and most is not None and Decimal(row["dose"]) * times > most:
            yield f"{row['name']} {row['dose']} {row['frequency']} is more than the most per day"


def _together(facts: Facts) -> Iterator[str]:
    given = [*facts["regular_medications"], *facts["started_medications"]]
    ingredients = [part for row in given for part in row["name"].casefold().split(" and ")]
    if len(set(ingredients)) < len(ingredients):
        yield "an ingredient is given twice"
    for said, first, second in NOT_TOGETHER:
        if [one for one in ingredients if re.fullmatch(first, one)] and len(
            {one for one in ingredients if re.fullmatch(f"{first}|{second}", one)}
        ) > 1:
            yield said


def _is(row: dict[str, str], medication: Medication) -> bool:
    return (
        (row["name"], row["unit"], row["route"]) == (medication.name, medication.unit, medication.route)
        and Decimal(row["dose"]) in medication.doses
        and row["frequency"] in medication.frequencies
    )


def _others(facts: Facts, condition: PackCondition) -> Iterator[str]:
    """History, family, past and ruled out: nobody's own condition, and each told once."""
    own = {name.casefold() for name in (*condition.names, condition.history_name)}
    lists = ("history", "family_history", "past_resolved", "ruled_out")
    told = [row["name"].casefold() for name in lists for row in facts[name]]
    if len(set(told)) < len(told):
        yield "a condition is told twice"
    if own & set(told):
        yield "the condition stands among its distractors"
    reasons = {(mimic.name, mimic.code): mimic.against for mimic in condition.mimics}
    for row in facts["ruled_out"]:
        if reasons.get((row["name"], row["code"])) != row["because"]:
            yield f"{row['name']} is ruled out for a reason that the pack does not give"
    others = MALE_CODES if facts["sex"] == "female" else FEMALE_CODES
    for row in (*facts["history"], *facts["ruled_out"]):
        if row["code"].startswith(others):
            yield f"{row['name']} is not had by this sex"
        if row["code"] == condition.code:
            yield f"{row['name']} has the code of the condition itself"


def _history(facts: Facts, pack: Pack) -> Iterator[str]:
    known = {(one.name, one.code): (one.ages, one.sex) for one in pack.background}
    # Who had a condition when younger may still have it in the history.
    known |= {(one.history_name, one.code): ((one.ages[0], 89), one.sex) for one in pack.pack.conditions}
    for row in facts["history"]:
        if facts["code"].startswith(("O", "F53")) or "gestation_weeks" in facts:
            yield f"{row['name']} is coded in chapter 15 beside a pregnancy"
        if (row["name"], row["code"]) not in known:
            yield f"{row['name']} with {row['code']} is in no table"
            continue
        ages, sex = known[row["name"], row["code"]]
        if not ages[0] <= facts["age"] <= ages[1] or sex not in (None, facts["sex"]):
            yield f"{row['name']} does not fit age or sex"


def _relatives_and_past(facts: Facts, pack: Pack) -> Iterator[str]:
    for row in facts["family_history"]:
        sexes = {one.sex for one in pack.pack.conditions if one.history_name == row["name"] and one.family}
        sexes |= {one.sex for one in pack.background if one.name == row["name"]}
        if not sexes & {None, RELATIVES[row["relative"]]}:
            yield f"a {row['relative']} does not have {row['name']}"
    for row in facts["past_resolved"]:
        had = [one for one in pack.pack.conditions if one.history_name == row["name"]]
        then = facts["age"] - int(row["ago"].removesuffix(" years"))
        if not any(one.ages[0] <= then and one.sex in (None, facts["sex"]) for one in had):
            yield f"{row['name']}, {row['ago']} ago, does not fit age or sex"


def _within(short: str, long: str) -> bool:
    """As whole words, whatever the case."""
    return re.search(rf"(?<!\w){re.escape(short)}(?!\w)", long, re.IGNORECASE) is not None
