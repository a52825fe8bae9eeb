"""(G) Social Security numbers. 219-09-999x and the like are invented; reserved areas were never issued."""

import pytest

from tests.stages.audit.recognizers.finding import certainty, found

MATCHES = [
    ("219-09-9998", "219-09-9998", "US_SSN"),
    ("HICN 219-09-9998A", "219-09-9998", "US_SSN"),
    ("SSN: 219099998", "219099998", "US_SSN"),
    ("ssn=219099998;", "219099998", "US_SSN"),
    ('"ssn": "219099998"', "219099998", "US_SSN"),
    ("social security no. 219 09 9998", "219 09 9998", "US_SSN"),
    ("219.09.9998 on the form", "219.09.9998", "US_SSN"),
    ("her social is 219099998", "219099998", "US_SSN"),
    ("Soc Sec # 219-09-9998", "219-09-9998", "US_SSN"),
    ("S.S.N. 219099998", "219099998", "US_SSN"),
    ("SS# 219 099 998", "219 099 998", "US_SSN"),
    ("SSN 2 1 9 - 0 9 - 9 9 9 8", "2 1 9 - 0 9 - 9 9 9 8", "US_SSN"),
    ("ssn for this patient is 219099998", "219099998", "US_SSN"),
    ("SSN 219-09-998 as typed", "219-09-998", "US_SSN"),
    ("219099998 (SSN)", "219099998", "US_SSN"),
    ("taxpayer 912-78-1234", "912-78-1234", "US_SSN"),
    ("ITIN 912781234", "912781234", "US_SSN"),
    ("SSN ends in 9998", "9998", "US_SSN_PART"),
    ("SSN (last four): 9998", "9998", "US_SSN_PART"),
    ("ssn: xxx-xx-9998", "xxx-xx-9998", "US_SSN_PART"),
    ("***-**-9998 on file", "***-**-9998", "US_SSN_PART"),
    ("last 4 of her social: 9998", "9998", "US_SSN_PART"),
    ("last four digits of the SSN are 9998", "9998", "US_SSN_PART"),
    ("social ending 9998", "9998", "US_SSN_PART"),
]
NEAR_MISSES = [
    "reference range 135-45-145",
    "SSN not on file",
    "ss# unknown",
    "no social support",
    "30-40-5000",
    "class 3",
    "social history: 2 beers, quit in 2019",
    "219-09-99981",
    "1219-09-9998",
    "ssn redacted in 2019-03",
    "**2019** was bold",
    "NDC 0219-09-99",
    "social history: 10 pack years, quit 1998",
    "last 4 of the series, 9998 copies",
    "social worker met her at 1430",
    "SS 3/6 murmur, 120 bpm",
    "ratio 219:09:9998",
]
RESERVED = ["000-12-3456", "666-12-3456", "900-12-3456", "219-00-9998", "219-09-0000", "987-65-4321"]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_social_security_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("social_security", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("social_security", text) == set()


@pytest.mark.parametrize("value", RESERVED)
def test_a_number_that_was_never_issued_is_reserved(value: str) -> None:
    assert certainty("social_security", value, value) == {"reserved"}


@pytest.mark.parametrize("value", ["219-09-9998", "912-78-1234", "950-50-1234"])
def test_a_number_that_may_be_issued_is_plausible(value: str) -> None:
    assert certainty("social_security", value, value) == {"plausible"}
