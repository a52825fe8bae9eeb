"""(C) Ages over 89, and birth years that show one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.stages.audit.recognizers.ages import NEWEST_BIRTH_YEAR
from tests.stages.audit.recognizers.finding import found

AGES = [
    ("A 93-year-old man", "93-year-old"),
    ("a 94 yo woman", "94 yo"),
    ("94yo", "94yo"),
    ("94 y/o F", "94 y/o"),
    ("94 y.o.", "94 y.o."),
    ("94-yr-old", "94-yr-old"),
    ("94 years of age", "94 years of age"),
    ("a 101 year old", "101 year old"),
    ("94 years, alert", "94 years"),
    ("age: 101", "101"),
    ("Age 94", "94"),
    ("aged 90-94", "90-94"),
    ("Age (years): 94", "94"),
    ("at age 94 she drives", "94"),
    ("turned 96 on 8 May", "96"),
    ("died at 92", "92"),
    ("lived to be 103", "103"),
    ("this 91M, alert", "91M"),
    ("HS, 105M, with AF", "105M"),
    ("94/F", "94/F"),
    ("Sex/Age: F/94", "F/94"),
    ("a 94 female with", "94 female"),
    ("She is 94 and lives alone", "94"),
    ("his mother, 95, gives the history", "95"),
    ("the aunt of Ida Roe (104) needs", "104"),
    ("Ida M. Roe, 101, of Waterbury", "101"),
    ("mr. roe is ninety-four and asks", "ninety-four"),
    ("ninety-two years old", "ninety-two years old"),
    ("one hundred and two years old", "one hundred and two years old"),
    ("Pt age = ninety four", "ninety four"),
    ("her 95th birthday", "95th birthday"),
    ("102 and sharp as a tack", "102"),
    ("Ida, 94, fell at home.", "94"),
    ("Roe is 94; born in Ohio", "94"),
    ("At 94, she declines surgery.", "94"),
    ("Age at death 93", "93"),
    ("Age at diagnosis: 91", "91"),
    ("Age 90.5 yrs", "90.5"),
    ("AGE: 093Y", "093"),
    ("She's 93 and lives alone.", "93"),
    ("Father alive at 91", "91"),
    ("will be 91 in June", "91"),
    ("93 WF c/o CP", "93 WF"),
    ("93 yowf", "93 yowf"),
    ("94yoF with AF", "94yoF"),
    ("elderly 93F", "93F"),
    ("age years: 94", "94"),
    ("age yrs: 94", "94"),
    ("age at visit: 94", "94"),
    ("age: 94.0", "94.0"),
    ("age group: 90-94", "90-94"),
]
VAGUE = [("a spry nonagenarian", "nonagenarian"), ("in her late nineties", "in her late nineties")]
BIRTH_YEARS = [
    ("born in 1931", "1931"),
    ("b. 1929, frail", "1929"),
    ("year of birth: 1930", "1930"),
    ("DOB 1931", "1931"),
    ("Ida Roe (1923 - 2025), beloved", "1923 - 2025"),
]
MATCHES = [
    *((text, value, "AGE_OVER_89") for text, value in AGES),
    *((text, value, "AGE_OVER_89_VAGUE") for text, value in VAGUE),
    *((text, value, "BIRTH_YEAR_OVER_89") for text, value in BIRTH_YEARS),
]
NEAR_MISSES = [
    "An 89-year-old woman",
    "patients aged 90 or older",
    "age 90+",
    "over 90 years old",
    "age >= 90; over the age of 95",
    "ages 8 - 90 years",
    "HR 98, SpO2 97%, T 99F",
    "temperature is 101 F (38.3 C)",
    "36.7 C (98 F)",
    "fever to 102F, 104 F at home",
    "technetium-99m, (99m)Tc",
    "age: 45",
    "born in 1962",
    "dose 95 mg",
    "95 years ago; followed for 90 days",
    "135 patients (117 female, 18 male)",
    "He was 94% on room air",
    "she is 92 kg",
    "sats in the 90s",
    "Ida Roe (1920 - 1981)",
    "born at 34 weeks",
    "life expectancy at 90 years",
    "median age 91 (IQR 90 to 94), mean age was 92",
    "94F ambient temperature limit",
    "Sodium is 94. Pulse, 94, was regular. HR is 101; MAP is 94",
    "It is 94. Table 2, 94, had",
    "At 94 degrees, she aches; flexion will be 90 in 2 weeks",
    "alive at 90 days; ages in the 90s; age at menarche 12",
    "He's 94% on room air",
    "age: 89.9",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_an_age_over_89_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("ages", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("ages", text) == set()


@given(
    st.integers(1, 120), st.sampled_from(("a {}-year-old man", "Age: {}", "{} yo F", "she is {}, and well"))
)
def test_the_limit_is_89(age: int, sentence: str) -> None:
    assert bool(found("ages", sentence.format(age))) is (age > 89)


def test_the_newest_birth_year_turned_90_when_the_rule_was_last_read() -> None:
    assert found("ages", f"born in {NEWEST_BIRTH_YEAR}")
    assert not found("ages", f"born in {NEWEST_BIRTH_YEAR + 1}")
