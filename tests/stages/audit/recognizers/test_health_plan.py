"""(I) Health plan beneficiary numbers. All are invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("1EG4-TE5-MK73", "1EG4-TE5-MK73"),
    ("MBI 1EG4TE5MK73", "1EG4TE5MK73"),
    ("used 1eg4-te5-mk73 instead", "1eg4-te5-mk73"),
    ("1EG4 TE5 MK73", "1EG4 TE5 MK73"),
    ("HICN 219-09-9998A", "219-09-9998A"),
    ("219099998D6 was the old one", "219099998D6"),
    ("Member ID: XYZ123456789", "XYZ123456789"),
    ("member_id: 441575256", "441575256"),
    ("memberid: 441575256", "441575256"),
    ("Member ID# W525320494", "W525320494"),
    ("policy no. 55-100238", "55-100238"),
    ("Policy 4829-11", "4829-11"),
    ("Subscriber # 48291377", "48291377"),
    ("subscriber number is ABC-482", "ABC-482"),
    ("Group LV-2379-7264", "LV-2379-7264"),
    ("Grp 001411369", "001411369"),
    ("group number: 4829", "4829"),
    ("Medicaid ID 4606355125", "4606355125"),
    ("Medicare # 482913771A", "482913771A"),
    ("Aetna W123456789", "W123456789"),
    ("BCBS #XJ4829", "XJ4829"),
    ("Insurance: Aetna W123456789", "W123456789"),
    ("Blue Cross Blue Shield ID: YEP753271769", "YEP753271769"),
    ("health plan number HP-48213", "HP-48213"),
    ("beneficiary 48291377", "48291377"),
    ("RxGrp: K86497", "K86497"),
    ("coverage id 48213", "48213"),
    ("48291377 (member ID)", "48291377"),
    ("Tricare 482913771", "482913771"),
    ("Medicaid ID CIN AB12345C", "AB12345C"),
    ("Policy# W2214 88301", "W2214 88301"),
]
MATCHES = [(text, value, "HEALTH_PLAN_NUMBER") for text, value in VALUES]
NEAR_MISSES = [
    "care plan: rest",
    "insurance: private",
    "treatment group: 12",
    "group A streptococcus 1234",
    "plan: 500 mg daily",
    "Plan: 2000 kcal diet",
    "plan 1500 mL fluid restriction",
    "group 412 patients",
    "group of 1250 people",
    "the control group (n = 1200)",
    "coverage since 2019",
    "plan: 10/325 mg of the tablets",
    "member of the family, 62",
    "Medicare covers 80 % of it",
    "policy of 2019-2021",
    "insurance will pay 1500 dollars",
    "Plan: BP 120/80, recheck at 0730",
    "blood group 0, 3 units",
    "1EG4-TE5-MK7",
    "1SG4-TE5-MK73",
    "999099998A",
    "vancomycin coverage 1000 mg",
    "CIN 2 of the cervix, CIN III",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_number_of_a_health_plan_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("health_plan", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("health_plan", text) == set()
