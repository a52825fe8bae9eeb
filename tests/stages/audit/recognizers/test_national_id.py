"""(R) Identity numbers of other countries. All are invented or published as examples."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("QQ had AB 12 34 56 C", "AB 12 34 56 C"),
    ("NINO AB123456C", "AB123456C"),
    ("2341 2341 2346", "2341 2341 2346"),
    ("aadhaar 234123412346", "234123412346"),
    ("CPF 111.444.777-35", "111.444.777-35"),
    ("12345678Z", "12345678Z"),
    ("X1234567L", "X1234567L"),
    ("193-456-787", "193-456-787"),
    ("SIN: 193456787", "193456787"),
    ("RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ("BOXW310820HNERXN09", "BOXW310820HNERXN09"),
    ("national id 48213-77", "48213-77"),
    ("national_id: 48291377", "48291377"),
    ("personnummer 811218-9876", "811218-9876"),
    ("PESEL 44051401359", "44051401359"),
    ("BSN 111222333", "111222333"),
    ("NRIC S1234567D", "S1234567D"),
]
MATCHES = [(text, value, "NATIONAL_IDENTIFIER") for text, value in VALUES]
NEAR_MISSES = [
    "2341 2341 2347",
    "111.444.777-36",
    "12345678A",
    "193-456-788",
    "GB 12 34 56 C",
    "RSSMRA85T10A56",
    "national guideline 2019",
    "national average 120 of 1000",
    "personal history of 3 falls",
    "pan troglodytes 4829",
    "rut at -2 dB",
    "n=193 456 787 reads",
    "NIR spectroscopy, 780 nm",
    "2341 2341",
    "046 454 286",
    "civil war of 1861",
    "sin 30 degrees",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_national_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("national_id", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("national_id", text) == set()
