"""(R) Other unique numbers beside a word. All are invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("encounter number 99182734", "99182734"),
    ("Encounter 99182734", "99182734"),
    ("CSN 14234814", "14234814"),
    ("CSN............14234814", "14234814"),
    ("FIN: 48291377", "48291377"),
    ("accession 2270-37173", "2270-37173"),
    ("Accession #: 25-0482-113", "25-0482-113"),
    ("specimen # 48213", "48213"),
    ("SURGICAL PATHOLOGY 24-CY-802741", "24-CY-802741"),
    ("biopsy S24-10482 reviewed", "S24-10482"),
    ("US thyroid 26R493385:", "26R493385"),
    ("claim number 482913", "482913"),
    ("claim 4829 denied", "4829"),
    ("case # 2024-118", "2024-118"),
    ("order id: 482913", "482913"),
    ("Rx# 4829137", "4829137"),
    ("prescription no. 48213", "48213"),
    ("authorization 48213", "48213"),
    ("referral # R-48213", "R-48213"),
    ("confirmation code ABC482", "ABC482"),
    ("police report 24-48213", "24-48213"),
    ("employee ID 48213", "48213"),
    ("badge 48213", "48213"),
    ("student id: S482913", "S482913"),
    ("subject 1001-0042", "1001-0042"),
    ("Participant ID 0042", "0042"),
    ("trial participant 29474", "29474"),
    ("randomization number 48213", "48213"),
    ("inmate # 48213", "48213"),
    ("DoD ID 1234567890", "1234567890"),
    ("EIN 12-3456789", "12-3456789"),
    ("Interpreter Anne (ID 665787) used", "665787"),
    ("reviewed by her, ID: MD-04177", "MD-04177"),
    ("id: 48213", "48213"),
    ("barcode 0048213", "0048213"),
    ("482913 (claim number)", "482913"),
    ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
    ("(0008,0050) SH [463949805]", "463949805"),
    ("PV1|1||48291377^^^HOSP^VN|", "48291377"),
    ("Specimen ID 24:C0018834R", "24:C0018834R"),
    ("Autopsy A24-88", "A24-88"),
    ("EMS run 24-0048291", "24-0048291"),
    ("VA last 4: M4471", "M4471"),
    ("Reg no 44829", "44829"),
    ("Check # 4482", "4482"),
]
MATCHES = [(text, value, "UNIQUE_IDENTIFIER") for text, value in VALUES]
NEAR_MISSES = [
    "EMS 2018-2020",
    "order 2 units",
    "order 1500 mL over 8 hours",
    "case of 3 falls",
    "case report of 2019",
    "visit 0730",
    "in this case 12000 cells",
    "claim 1200 patients",
    "ID consulted for fever",
    "ID 2020 guideline",
    "ref range 135-145",
    "breast implant 375 cc, ref 15-3751",
    "trial NCT01234567",
    "ClinicalTrials.gov identifier 01234567",
    "gene id 672",
    "concept id 22298006",
    "RxNorm id 6809",
    "row id: 482913",
    "no. 3 of 12",
    "number 12 blade",
    "student nurse, 12 hours",
    "employee of 20 years",
    "prescription for 90 days",
    "specimen 12 x 8 mm",
    "report dated 2019",
    "study of 1200 adults",
    "biopsy T11-12",
    "Check #2 today",
    "last 4 A1c 7.1, 7.3",
    "fire drill 24-7",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_unique_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("other_id", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("other_id", text) == set()
