"""Drawn facts contradict neither each other nor their pack; and facts that do are found."""

import copy
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.spec.data import Splits
from clinft.stages.prepare.clinical import load
from clinft.stages.prepare.clinical.choices import choices, overlap, sex_of
from clinft.stages.prepare.clinical.coherence import problems
from clinft.stages.prepare.clinical.rows import Subsets, medicine
from clinft.stages.prepare.clinical.scenario import draw_scenario, parts
from clinft.stages.prepare.clinical.state import draw_facts
from clinft.stages.prepare.draw import Draw
from tests.fakes.packs import PACK, pack, text

DOMAINS = load.domains()
SMALL = load.parse(text(PACK), "small.yaml")
KEYS = [
    "condition", "code", "written_as", "critical", "age", "age_band", "sex", "severity", "acuity", "onset",
    "duration", "course", "findings", "red_flags", "negated_findings", "vitals", "labs", "studies", "imaging",
    "history", "regular_medications", "started_medications", "care", "family_history", "past_resolved",
    "ruled_out",
]  # fmt: skip


def drawn(joined: load.Pack, seed: int, each: int) -> Iterator[dict[str, Any]]:
    """`each` of every condition and split."""
    for condition in joined.pack.conditions:
        of = choices(condition, joined)
        for part in parts(Splits()).values():
            for number in range(each):
                draw = Draw(seed, part.split, condition.code, number)
                core, _ = draw_scenario(of, condition.severity, part, draw)
                yield draw_facts(of, core, draw)


def found(joined: load.Pack, seed: int, each: int) -> Counter[tuple[str, str]]:
    return Counter(
        (facts["code"], problem) for facts in drawn(joined, seed, each) for problem in problems(facts, joined)
    )


@pytest.mark.parametrize("domain", DOMAINS)
def test_shipped_packs_give_coherent_facts(domain: str) -> None:
    assert found(load.load_pack(domain), seed=1, each=3) == {}


@pytest.mark.slow
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_thousand_cases_of_each_split_are_coherent(domain: str) -> None:
    joined = load.load_pack(domain)
    assert found(joined, seed=2, each=1000 // len(joined.pack.conditions) + 1) == {}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_list_of_facts_is_used(domain: str) -> None:
    """Else a task would never see it: a pack without a family condition has those of everybody."""
    filled = Counter(
        name for facts in drawn(load.load_pack(domain), seed=3, each=4) for name in facts if facts[name]
    )
    lists = ["labs", "started_medications", "family_history", "past_resolved", "ruled_out", "red_flags"]
    if domain != "obstetrics":  # chapter 15 takes over whatever else a pregnant woman has
        lists += ["history", "regular_medications"]
    assert all(filled[name] for name in lists), filled


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_any_seed_gives_coherent_facts_in_the_agreed_shape(seed: int) -> None:
    for facts in drawn(SMALL, seed, each=1):
        assert list(facts) == KEYS
        assert problems(facts, SMALL) == []


def test_facts_of_a_pregnancy_have_its_weeks_and_no_medicine_that_is_avoided() -> None:
    changed = pack()
    for condition in changed["conditions"]:
        condition.update(sex="female", ages=[20, 50], gestation=[8, 40])
    joined = load.parse(text(changed), "small.yaml")
    avoided = {row.name for row in joined.medications.values() if row.avoid_in_pregnancy}
    for facts in drawn(joined, seed=5, each=30):
        assert list(facts) == [*KEYS[:7], "gestation_weeks", *KEYS[7:]]
        assert problems(facts, joined) == []
        taken = {row["name"] for row in (*facts["regular_medications"], *facts["started_medications"])}
        assert not taken & avoided
        assert facts["history"] == facts["regular_medications"] == []


def test_a_plain_code_beside_a_pregnancy_is_a_problem() -> None:
    joined = load.load_pack("obstetrics")
    facts = next(iter(drawn(joined, seed=6, each=1)))
    assert problems(facts, joined) == []
    common = next(one for one in joined.background if one.code == "F17.210")
    facts["history"] = [{"name": common.name, "code": common.code}]
    assert "cigarette dependence is coded in chapter 15 beside a pregnancy" in problems(facts, joined)


def facts_of(code: str = "G00.1", severity: str = "severe") -> dict[str, Any]:
    return next(
        facts
        for facts in drawn(SMALL, seed=9, each=30)
        if facts["code"] == code and facts["severity"] == severity and facts["regular_medications"]
        and facts["sex"] == "male" and facts["family_history"] and facts["past_resolved"]
        and any(lab["name"] == "potassium" for lab in facts["labs"])
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("code",), "Z99.9", "the pack has no condition"),
        (("condition",), "illness number 5", "another name"),
        (("written_as",), "IL5", "another name"),
        (("critical",), True, "critical"),
        (("age",), 20, "is not one of this condition"),
        (("age_band",), "18-39", "is not in the band"),
        (("sex",), "other", "does not have this condition"),
        (("severity",), "deadly", "is never deadly"),
        (("acuity",), "urgent", "is not urgent"),
        (("gestation_weeks",), 12, "weeks of gestation"),
        (("onset",), "chronic", "onset is not"),
        (("course",), "stable", "contradict each other"),
        (("course",), "improving", "severe and improving"),
        (("duration",), "9 weeks", "are not acute"),
        (("findings", 0), "sign z", "what the pack does not give"),
        (("findings",), ["sign a", "sign a"], "something twice"),
        (("findings",), [], "is empty"),
        (("red_flags",), [], "no red flag"),
        (("negated_findings", 0), "sign a", "what the pack does not give"),
        (("vitals", "pulse_per_minute"), 250, "out of the range"),
        (("vitals", "temperature_c"), 39.5, "out of the range"),
        (("vitals", "diastolic_mmhg"), 85, None),
        (("vitals", "systolic_mmhg"), 60, "do not fit"),
        (("vitals",), {}, "missing, or too many"),
        (("labs", 0, "value"), "140", "out of the range of severe"),
        (("labs", 0, "value"), "115.0", "other digits"),
        (("labs", 0, "unit"), "mg/dL", "another code or unit"),
        (("labs", 0, "loinc"), "1-1", "another code or unit"),
        (("labs", 0, "flag"), "normal", "is not normal"),
        (("labs", 1, "flag"), "high", "is not high"),
        (("labs", 0, "name"), "lipase", "is not one of this condition"),
        (("studies", 0, "result"), "heart block", "shows what the pack does not say"),
        (("imaging", "findings", 0), "a mass", "imaging finds"),
        (("imaging", "impression"), "a mass", "imaging is not"),
        (("started_medications", 0, "dose"), "5000", "in no table"),
        (("started_medications", 0, "frequency"), "once weekly", "in no table"),
        (("started_medications", 0, "name"), "warfarin", "is not started"),
        (("regular_medications", 0), {
            "name": "acetaminophen", "dose": "500", "unit": "mg", "route": "oral", "frequency": "as needed",
        }, "an ingredient is given twice"),
        (("started_medications",), [
            {"name": name, "dose": "1", "unit": "mg", "route": "oral", "frequency": "once"}
            for name in ("lisinopril", "losartan")
        ], "two medicines act on"),
        (("started_medications",), [
            {"name": name, "dose": "1", "unit": "mg", "route": "oral", "frequency": "once"}
            for name in ("naltrexone", "morphine")
        ], "an opioid is given with naltrexone"),
        (("started_medications",), [
            {"name": name, "dose": "1", "unit": "mg", "route": "oral", "frequency": "once"}
            for name in ("apixaban", "heparin")
        ], "two anticoagulants"),
        (("history", 0, "code"), "G00.1", "code of the condition itself"),
        (("history", 0, "name"), "IL2", "stands among its distractors"),
        (("history", 0), {"name": "a new one", "code": "A00.0"}, "is in no table"),
        (("ruled_out",), [{"name": "esophageal spasm", "code": "K22.4", "because": "a feeling"}],
         "for a reason that the pack does not give"),
        (("ruled_out",), [{"name": "ectopic pregnancy", "code": "O00.90", "because": "a negative test"}],
         "is not had by this sex"),
        (("family_history", 0, "name"), "illness number 2", "among its distractors"),
        (("family_history", 0, "name"), "illness number 6", "does not have"),
        (("past_resolved", 0, "ago"), "60 years", "does not fit age"),
    ],
)  # fmt: skip
def test_what_contradicts_is_found(path: tuple[str | int, ...], value: object, says: str | None) -> None:
    facts = copy.deepcopy(facts_of())
    assert problems(facts, SMALL) == []
    target: Any = facts
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value
    said = problems(facts, SMALL)
    if says is None:
        assert len(said) <= 1
    else:
        assert any(says in problem for problem in said), said


def test_a_fever_that_is_measured_is_not_denied() -> None:
    changed = pack()
    for condition in changed["conditions"]:
        condition["vitals"] = "febrile"
    joined = load.parse(text(changed), "small.yaml")
    denied = Counter(
        (facts["severity"], phrase)
        for facts in drawn(joined, seed=4, each=10)
        for phrase in facts["negated_findings"]
    )
    assert not [severity for severity, phrase in denied if phrase == "fever"]
    facts = next(iter(drawn(joined, seed=4, each=1)))
    facts["negated_findings"] = ["fever"]
    facts["vitals"]["temperature_c"] = 38.2
    assert "fever is denied and measured" in problems(facts, joined)


def test_a_mimic_is_ruled_out_by_what_is_true() -> None:
    """Every pack condition here has a low sodium: `a normal sodium` is never the reason."""
    reasons = Counter(
        row["because"]
        for facts in drawn(SMALL, seed=6, each=20)
        for row in facts["ruled_out"]
    )  # fmt: skip
    assert reasons.keys() == {"a negative test"}


@pytest.mark.parametrize(
    ("code", "sex"),
    [("O14.10", "female"), ("N80.9", "female"), ("N40.0", "male"), ("C61", "male"), ("N39.0", None),
     ("I21.4", None), ("N17.9", None), ("D25.9", "female"), ("C50.919", None)],
)  # fmt: skip
def test_codes_that_one_sex_has(code: str, sex: str | None) -> None:
    assert sex_of(code) == sex


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["asthma"], ["acute asthma attack"], True),
        (["HTN", "hypertension"], ["Pulmonary hypertension"], True),
        (["gout"], ["goutiness"], False),
        (["angina"], ["heart attack"], False),
    ],
)
def test_names_within_names(one: list[str], other: list[str], expected: bool) -> None:
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


@given(st.lists(st.integers(), max_size=25), st.integers(0, 6), st.integers(0, 99))
def test_subsets_keep_order_and_size_whether_listed_or_not(items: list[int], count: int, seed: int) -> None:
    chosen = Subsets(items).draw(count, Draw(seed))
    assert len(chosen) == min(count, len(items))
    left = iter(items)
    assert all(item in left for item in chosen)


@pytest.mark.parametrize(
    ("names", "shared"),
    [
        (("lisinopril", "sacubitril and valsartan"), {"renin-angiotensin"}),
        (("heparin", "apixaban"), {"anticoagulant"}),
        (("labetalol", "carvedilol"), {"beta blocker"}),
        (("albuterol", "metoprolol"), set()),
        (("prednisone", "methylprednisolone"), {"glucocorticoid"}),
        (("budesonide", "budesonide and formoterol"), {"budesonide"}),
        (("nystatin", "atorvastatin"), set()),
        (("omeprazole", "aripiprazole"), set()),
        (("aspirin", "clopidogrel"), set()),
        (("morphine", "naltrexone"), {"opioid, and its antagonists"}),
        (("allopurinol", "propranolol"), set()),
        (("regular insulin", "regular insulin and dextrose"), {"regular insulin"}),
    ],
)
def test_what_two_medicines_must_not_share(names: tuple[str, str], shared: set[str]) -> None:
    row = next(iter(SMALL.medications.values()))
    one, two = (medicine(row.model_copy(update={"name": name})) for name in names)
    assert one.alone & two.alone == shared


def test_values_of_labs_reach_both_ends_of_their_range() -> None:
    values = {
        (facts["severity"], Decimal(lab["value"]))
        for facts in drawn(SMALL, seed=8, each=60)
        for lab in facts["labs"]
        if lab["name"] == "sodium"
    }
    for severity, (low, high) in {"mild": (130, 134), "moderate": (121, 129), "severe": (110, 119)}.items():
        assert {value for of, value in values if of == severity} == set(range(low, high + 1))
