"""Each family of rules: what it must find, and what only looks like it. Values are invented or reserved."""

import pytest

from clinft.stages.audit.recognizers import TABLE
from clinft.stages.audit.severity import weights

# family: (text, identifier, entity type)
MATCHES: dict[str, list[tuple[str, str, str]]] = {
    "names": [
        ("Mrs. Alvarez-Ruiz came alone.", "Alvarez-Ruiz", "PERSON"),
        ("Patient name: zbigniew kowalczyk", "zbigniew kowalczyk", "PERSON"),
        ("patient name: KOWALCZYK, ANNA", "KOWALCZYK, ANNA", "PERSON"),
        ("Patient: Kowalczyk, Zbigniew; MRN", "Kowalczyk, Zbigniew", "PERSON"),
        ("Signed, Jane Roe", "Jane Roe", "PERSON"),
        ("Her husband Robert drove.", "Robert", "PERSON"),
        ("LINDQVIST, Thomas J. was seen", "LINDQVIST, Thomas J.", "PERSON"),
        ("Seen today: Maria de la Cruz, well.", "Maria de la Cruz", "PERSON"),
        ("Next of kin: Tobias Lindqvist", "Tobias Lindqvist", "PERSON"),
        ("Pt initials: J.D.", "J.D.", "PERSON_INITIALS"),
        ("She works for Halvorsen Logistics.", "Halvorsen Logistics", "EMPLOYER"),
        ("Seen by Dr. Okafor.", "Okafor", "PROVIDER_NAME"),
        ("Tomas Lindqvist, MD", "Tomas Lindqvist", "PROVIDER_NAME"),
    ],
    "places": [
        ("lives at 1428 Elm Street, alone", "1428 Elm Street", "STREET_ADDRESS"),
        ("Address: 77 w 5th apt 3", "77 w 5th apt 3", "STREET_ADDRESS"),
        ("mail to P.O. Box 1187", "P.O. Box 1187", "STREET_ADDRESS"),
        ("Springfield, IL 62704", "62704", "ZIP_CODE"),
        ("zip: 03601", "03601", "ZIP_CODE"),
        ("zip code prefix 036", "036", "ZIP3_RESTRICTED"),
        ("He lives in Coolidge with his wife", "Coolidge", "CITY"),
        ("from Dayton, Ohio", "Dayton", "CITY"),
        ("resident of Polk County", "Polk County", "COUNTY"),
        ("seen at Mercy Ridge Hospital", "Mercy Ridge Hospital", "FACILITY"),
        ("at 40.44611, -79.98222", "40.44611, -79.98222", "COORDINATES"),
    ],
    "dates": [
        ("DOB: 02/11/1949", "02/11/1949", "DATE_OF_BIRTH"),
        ("Born 11 Feb 1949", "11 Feb 1949", "DATE_OF_BIRTH"),
        ("admitted 2024-03-14T08:15:00Z", "2024-03-14T08:15:00Z", "DATE"),
        ("on 14.03.2024 at noon", "14.03.2024", "DATE"),
        ("on 3/14 with cough", "3/14", "DATE"),
        ("March 14th, 2024", "March 14th, 2024", "DATE"),
        ("since June 2021", "June 2021", "DATE"),
        ("collected: 20240314", "20240314", "DATE"),
        ("on 14MAR2024", "14MAR2024", "DATE"),
        ("on Mar-14-2024", "Mar-14-2024", "DATE"),
        ("seen Tuesday", "Tuesday", "MONTH_OR_WEEKDAY"),
        ("since last March", "March", "MONTH_OR_WEEKDAY"),
    ],
    "ages": [
        ("A 93-year-old man", "93-year-old", "AGE_OVER_89"),
        ("age: 101", "101", "AGE_OVER_89"),
        ("ninety-two years old", "ninety-two years old", "AGE_OVER_89"),
        ("this 91M, alert", "91M", "AGE_OVER_89"),
        ("a spry nonagenarian", "nonagenarian", "AGE_OVER_89_VAGUE"),
        ("born in 1931", "1931", "BIRTH_YEAR_OVER_89"),
    ],
    "telephone": [
        ("reach him on (617) 736-5001 x22", "(617) 736-5001 x22", "PHONE_NUMBER"),
        ("617.736.5001", "617.736.5001", "PHONE_NUMBER"),
        ("cell 736-5001", "736-5001", "PHONE_NUMBER"),
        ("+44 20 7946 0018", "+44 20 7946 0018", "PHONE_NUMBER"),
        ("Mobile: 0490 39 07 81", "0490 39 07 81", "PHONE_NUMBER"),
        ("pager 73412", "73412", "PHONE_NUMBER"),
        ("28-64-66-98 office", "28-64-66-98", "PHONE_NUMBER"),
        ("fax 617-736-5001", "617-736-5001", "FAX_NUMBER"),
        ("Faxed to (617) 736-5001", "(617) 736-5001", "FAX_NUMBER"),
    ],
    "internet": [
        ("write to jane.roe+x@stmarys-clinic.com", "jane.roe+x@stmarys-clinic.com", "EMAIL_ADDRESS"),
        ("jane dot roe at stmarys dot org", "jane dot roe at stmarys dot org", "EMAIL_ADDRESS"),
        ("https://portal.stmarys.org/p/8812", "https://portal.stmarys.org/p/8812", "URL"),
        ("see portal.stmarys.org/p today", "portal.stmarys.org/p", "URL"),
        ("https://doi.org/10.1056/x", "https://doi.org/10.1056/x", "REFERENCE_URL"),
        ("from 84.17.33.201", "84.17.33.201", "IP_ADDRESS"),
        ("2a02:8070:d185::1f", "2a02:8070:d185::1f", "IP_ADDRESS"),
        ("host 10.1.4.77", "10.1.4.77", "IP_ADDRESS_PRIVATE"),
        ("fe80::1ff:fe23:4567", "fe80::1ff:fe23:4567", "IP_ADDRESS_PRIVATE"),
    ],
    "social_security": [
        ("219-09-9998", "219-09-9998", "US_SSN"),
        ("HICN 219-09-9998A", "219-09-9998", "US_SSN"),
        ("SSN: 219099998", "219099998", "US_SSN"),
        ("social security no. 219 09 9998", "219 09 9998", "US_SSN"),
        ("taxpayer 912-78-1234", "912-78-1234", "US_SSN"),
        ("SSN ends in 9998", "9998", "US_SSN_PART"),
        ("ssn: xxx-xx-9998", "xxx-xx-9998", "US_SSN_PART"),
    ],
    "medical_record": [
        ("MRN: 00482913", "00482913", "MEDICAL_RECORD_NUMBER"),
        ("medical record number is A-482913", "A-482913", "MEDICAL_RECORD_NUMBER"),
        ("patient id: 7712-44", "7712-44", "MEDICAL_RECORD_NUMBER"),
    ],
    "health_plan": [
        ("1EG4-TE5-MK73", "1EG4-TE5-MK73", "HEALTH_PLAN_NUMBER"),
        ("Member ID: XYZ123456789", "XYZ123456789", "HEALTH_PLAN_NUMBER"),
        ("policy no. 55-100238", "55-100238", "HEALTH_PLAN_NUMBER"),
    ],
    "account": [
        ("paid by 4539 5787 6362 1486", "4539 5787 6362 1486", "ACCOUNT_NUMBER"),
        ("GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 32", "ACCOUNT_NUMBER"),
        ("gb82west12345698765432", "gb82west12345698765432", "ACCOUNT_NUMBER"),
        ("account number 4480231177", "4480231177", "ACCOUNT_NUMBER"),
        ("credit card 180045984582340", "180045984582340", "ACCOUNT_NUMBER"),
    ],
    "license_number": [
        ("driver's license D1234567", "D1234567", "LICENSE_NUMBER"),
        ("passport no. 912803456", "912803456", "LICENSE_NUMBER"),
        ("NPI 1234567893", "1234567893", "PROVIDER_LICENSE"),
        ("DEA AB1234563", "AB1234563", "PROVIDER_LICENSE"),
    ],
    "vehicle": [
        ("1HGCM82633A004352", "1HGCM82633A004352", "VEHICLE_IDENTIFIER"),
        ("VIN: 3A004352", "3A004352", "VEHICLE_IDENTIFIER"),
        ("license plate 7ABC123", "7ABC123", "VEHICLE_IDENTIFIER"),
    ],
    "device": [
        ("serial number SN-884412", "SN-884412", "DEVICE_IDENTIFIER"),
        ("pacemaker id: 99120-77", "99120-77", "DEVICE_IDENTIFIER"),
        ("(01)00844588003288(17)141120(10)7654321D", "(01)00844588003288(17)141120(10)7654321D", "DEVICE_IDENTIFIER"),
        ("MAC 00:1B:44:11:3A:B7", "00:1B:44:11:3A:B7", "DEVICE_IDENTIFIER"),
        ("IMEI 490154203237518", "490154203237518", "DEVICE_IDENTIFIER"),
    ],
    "biometric": [
        ("voiceprint template: c2FtcGxlX3ZvaWNl12", "c2FtcGxlX3ZvaWNl12", "BIOMETRIC_DATA"),
        ("fingerprint hash = 8f14e45fceea167a", "8f14e45fceea167a", "BIOMETRIC_DATA"),
        ("see visit_recording.wav", "visit_recording.wav", "BIOMETRIC_DATA"),
        ("data:audio/ogg;base64,T2dnUwAC", "data:audio/ogg;base64,T2dnUwAC", "BIOMETRIC_DATA"),
    ],
    "payload": [
        ("data:image/png;base64,iVBORw0KGgo", "data:image/png;base64,iVBORw0KGgo", "IMAGE_DATA"),
        ("/9j/4AAQSkZJRgABAQAAAQABAAD", "/9j/4AAQSkZJRgABAQAAAQABAAD", "IMAGE_DATA"),
        ("face ffd8ffe000104a46494600", "ffd8ffe000104a46494600", "IMAGE_DATA"),
        ("see left_cheek.jpeg", "left_cheek.jpeg", "IMAGE_FILE"),
        ("x" + " " + "aB3dE5gH7jK9mN1p/" * 8, "aB3dE5gH7jK9mN1p/" * 8, "EMBEDDED_DATA"),
        ("S\0S\0N\0", "\0S\0N\0", "EMBEDDED_DATA"),
    ],
    "other_id": [
        ("encounter number 99182734", "99182734", "UNIQUE_IDENTIFIER"),
        ("case # 2024-118", "2024-118", "UNIQUE_IDENTIFIER"),
        ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000", "UNIQUE_IDENTIFIER"),
        ("instagram @jroe_1949", "@jroe_1949", "UNIQUE_IDENTIFIER"),
        ("mrn hash 5d41402abc4b2a76b9719d911017c592", "5d41402abc4b2a76b9719d911017c592", "DERIVED_CODE"),
        ("filed under 48291377", "48291377", "UNEXPLAINED_NUMBER"),
        ("filed under AB-482913", "AB-482913", "UNEXPLAINED_NUMBER"),
    ],
}  # fmt: skip

NEAR_MISSES: dict[str, list[str]] = {
    "names": [
        "Parkinson disease; Foley catheter; positive Babinski sign.",
        "Patient: Alert and oriented. Name: withheld.",
        "Mr. Patient was not named.",
        "Graham Steell murmur; Austin Moore prosthesis; Jackson-Pratt drain.",
        "Lisinopril, Metformin and Amoxicillin were continued.",
        "Mother with diabetes, father had a stroke.",
        "Will may mark a rose.",
    ],
    "places": [
        "He lives in Texas. She was born in India.",
        "Transferred from an Outpatient Clinic to the Pediatric Hospital.",
        "MS 10000 units; NDC 00093-1024.",
        "5 mg of Drive Medical tablets",
        "zip prefix 606",
        "on the left, in Stage III, at 40.5 kg",
    ],
    "dates": [
        "BP 120/80, strength 5/5, 1/2 tablet, 3/10 pain.",
        "Known since 2019. In 2021 the dose was halved.",
        "She may 5 times a day; you may march on.",
        "POD 2, hospital day 3, week 12 of 24.",
        "Ratio 4.5.1 of guideline 2.3; range 1.2-3.4.",
        "MAR 5 mg given",
        "SEPT9 gene, MARCH5 protein, DEC1 expression",
    ],
    "ages": [
        "An 89-year-old woman", "patients aged 90 or older", "age 90+", "over 90 years old", "HR 98, SpO2 97%",
        "age: 45", "born in 1962", "dose 95 mg",
    ],
    "telephone": [
        "phone consult with cardiology", "call if pain > 5 of 10", "BP 120/80 180/110", "412-300 cells", "IV 500-1000 mL",
        "codes 718-7 and 2345-7", "at home 2-3 times", "call 911", "ext. rotation 45", "pager off",
    ],
    "internet": [
        "b.i.d. and q.h.s. at night", "version 1.2.3.4", "p.o. at bedtime", "ratio 1:2:3", "10:30:15 h", "e.g. on room air",
        "section 10.1.4.77", "@ 5 mL/h",
    ],
    "social_security": [
        "reference range 135-45-145", "SSN not on file", "ss# unknown", "no social support", "30-40-5000", "class 3",
    ],
    "medical_record": [
        "the medical record shows 3 visits", "patient is 62", "chart reviewed", "patient number three", "MRN: pending",
    ],
    "health_plan": [
        "care plan: rest", "insurance: private", "treatment group: 12", "group A streptococcus 1234", "plan: 500 mg daily",
    ],
    "account": [
        "on account of 3 falls", "lot 4539578763621487", "SNOMED 4539578763621486", "takes into account 2019",
        "cue card 12", "GB82 WEST 1234 5698 7654 33",
    ],
    "license_number": [
        "licensed in 2019 as a nurse", "NPI 1234567890", "lot AB1234567", "certificate issued", "HDL: 52 mg/dL",
    ],
    "vehicle": [
        "1HGCM82633A004353", "growth plate 2 mm", "bovine serum", "platelets 412000", "vinblastine 6 mg",
    ],
    "device": [
        "serial ECGs and 3 serial troponins", "pacemaker in 2019", "serial: none", "ICD I21.4", "IMEI 490154203237519",
        "pump 5 mL/h", "12:30:45",
    ],
    "biometric": [
        "fingerprint clearance is needed", "biometric screening: normal", "face ID: none", "voice is hoarse", "10 p.m. and mp3 player",
    ],
    "payload": [
        "pneumonoultramicroscopicsilicovolcanoconiosis", "A" * 200, "sha256 " + "ab12" * 16, "CT images reviewed",
        "a raw. wound", "data: image follows",
    ],
    "other_id": [
        "NCT01234567 reported", "PMC5334499", "platelets 412000", "10000000 CFU/mL", "SNOMED 22298006", "seed 20261124",
        "order 2 units", "case of 3 falls", "@ home", "RxNorm 6809", "1,250,000 copies", "viral load 1250000 copies",
    ],
}  # fmt: skip


def finds(family: str, text: str) -> list[tuple[str, str]]:
    return [
        (rule.entity_type, text[start:end]) for rule in TABLE[family] for start, end, _ in rule.find(text)
    ]


@pytest.mark.parametrize(
    ("family", "text", "value", "entity_type"),
    [(family, *row) for family, rows in MATCHES.items() for row in rows],
)
def test_a_family_finds_its_identifiers(family: str, text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in finds(family, text)


@pytest.mark.parametrize(
    ("family", "text"), [(family, text) for family, texts in NEAR_MISSES.items() for text in texts]
)
def test_a_family_leaves_alone_what_only_looks_alike(family: str, text: str) -> None:
    assert finds(family, text) == []


def test_every_family_has_matches_and_near_misses() -> None:
    assert set(MATCHES) == set(NEAR_MISSES) == set(TABLE)
    assert min(map(len, MATCHES.values())) >= 2
    assert min(map(len, NEAR_MISSES.values())) >= 2


def test_every_entity_type_is_matched_here_and_has_a_weight() -> None:
    types = {rule.entity_type for rules in TABLE.values() for rule in rules}
    assert {row[2] for rows in MATCHES.values() for row in rows} == types == set(weights())


def test_rule_names_are_unique_within_a_family() -> None:
    for rules in TABLE.values():
        names = [rule.name for rule in rules]
        assert len(names) == len(set(names))
