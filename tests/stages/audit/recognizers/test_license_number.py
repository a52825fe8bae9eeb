"""(K) Certificate and licence numbers. All are invented, or the authority's own example."""

import pytest

from tests.stages.audit.recognizers.finding import found

PERSONAL = [
    ("driver's license D1234567", "D1234567"),
    ("Driver's License #: PC073298", "PC073298"),
    ("drivers licence no. F255-921-94-003", "F255-921-94-003"),
    ("DL# W120-8051-6301", "W120-8051-6301"),
    ("dl w120-8051-6301 copied", "w120-8051-6301"),
    ("DL: 15774630", "15774630"),
    ("operator license 48291377", "48291377"),
    ("License 48213", "48213"),
    ("lic. no. 48213", "48213"),
    ("state ID 48291377", "48291377"),
    ("passport no. 912803456", "912803456"),
    ("passport X12345678", "X12345678"),
    ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
    ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    ("birth certificate no. 123-45-678910", "123-45-678910"),
    ("death certificate # 2019-04821", "2019-04821"),
    ("certificate: 48213-7", "48213-7"),
    ("A-number A 123 456 789", "A 123 456 789"),
    ("alien registration number A123456789", "A123456789"),
    ("receipt EAC1234567890", "EAC1234567890"),
    ("green card 48291377", "48291377"),
    ("Medical cannabis card permit MD185422", "MD185422"),
    ("concealed carry permit 482913", "482913"),
]
PROFESSIONAL = [
    ("NPI 1234567893", "1234567893"),
    ("npi: 1234567893", "1234567893"),
    ("NPI 1234567890 has a wrong digit", "1234567890"),
    ("DEA AB1234563", "AB1234563"),
    ("AB1234563", "AB1234563"),
    ("DEA# FS4821937", "FS4821937"),
    ("medical license number 48213", "48213"),
    ("RN license 4829137", "4829137"),
    ("CLIA 05D1234567", "05D1234567"),
    ("board certification # 48213", "48213"),
    ("UPIN A48213", "A48213"),
]
MATCHES = [(text, value, "LICENSE_NUMBER") for text, value in PERSONAL] + [
    (text, value, "PROVIDER_LICENSE") for text, value in PROFESSIONAL
]
NEAR_MISSES = [
    "licensed in 2019 as a nurse",
    "NPI pending",
    "lot AB1234567",
    "certificate issued",
    "HDL: 52 mg/dL",
    "glucose 253|mg/dL|70-99|H",
    "LDL 1200 mg",
    "hemoglobin 8.1 g dl 4829 counted",
    "license renewed 2019-2021",
    "vaccine certificate shown twice",
    "passport to health program, 12 weeks",
    "medical licence since 2019",
    "bar exam 2019",
    "L898902C46UTO7408122F1204159ZE184226B<<<<<10",
    "registration 0730",
    "permit weight bearing 50 percent",
    "visa status unclear",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_certificate_or_licence_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("license_number", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("license_number", text) == set()
