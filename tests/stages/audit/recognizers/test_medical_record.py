"""(H) Medical record numbers. All are invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("MRN: 00482913", "00482913"),
    ("MRN 12345678", "12345678"),
    ("MRN12345678", "12345678"),
    ("MR# 00-12-34", "00-12-34"),
    ("Med Rec No.: A123456", "A123456"),
    ("medical record number is A-482913", "A-482913"),
    ("Medical Record #: 482 913 114", "482 913 114"),
    ("mrn=48291377&x=1", "48291377"),
    ('{"mrn": "48291377"', "48291377"),
    ("mrn: 48291377", "48291377"),
    ("patient id: 7712-44", "7712-44"),
    ("patient_id: 48291", "48291"),
    ("Patient identifier 48291377", "48291377"),
    ("chart # 48291", "48291"),
    ("Chart 48291 reviewed", "48291"),
    ("hospital number 482913", "482913"),
    ("Hosp. No: 482913", "482913"),
    ("unit number 482-91-37", "482-91-37"),
    ("[MRN: 48291377]", "48291377"),
    ("MNR 48291377", "48291377"),
    ("M.R.N. 48291377", "48291377"),
    ("MRN............48291377", "48291377"),
    ("| MRN | 48291377 |", "48291377"),
    ("<mrn>48291377</mrn>", "48291377"),
    ("MRN for this patient is 48291377", "48291377"),
    ("MRN:\n  48291377", "48291377"),
    ("her MRN, 48291377, is", "48291377"),
    ("MRN H 482913", "H 482913"),
    ("48291377 (MRN)", "48291377"),
    ("AB-482913 is her MRN", "AB-482913"),
    ("MRNs 4829137 and 4829138", "4829138"),
    ("PID|1||133362^^^HOSP^MR||", "133362"),
    ("(0010,0020) LO [48291377]", "48291377"),
    ("NHS number 943 476 5919", "943 476 5919"),
    ("EMPI 10048291", "10048291"),
    ("record #4829", "4829"),
    ("MRN 492 (old)", "492"),
    ("MRN assigned 48291", "48291"),
    ("MRN changed from 48291 to 48292", "48291"),
    ("MRN changed from 48291 to 48292", "48292"),
    ("MRN (new): 48291", "48291"),
    ("MRN, per sticker, 48291", "48291"),
    ("MRN_______48291", "48291"),
    ("MRNs 48291, 48292, 48293", "48292"),
    ("MRNs 48291, 48292, 48293", "48293"),
    ("Duplicate MRNs 48291 / 48292", "48292"),
]
MATCHES = [(text, value, "MEDICAL_RECORD_NUMBER") for text, value in VALUES]
NEAR_MISSES = [
    "MRNs 48291x, 20240314",
    "the medical record shows 3 visits",
    "patient is 62",
    "chart reviewed",
    "patient number three",
    "MRN: pending",
    "MRN not available, DOB 1962",
    "patient 12 of 300",
    "pt 2500 mL positive",
    "hospital day 3, bed 412",
    "hospital 2019-2021",
    "medical records from 2019",
    "MR angiogram, 1.5 T, 120 slices",
    "chart review of 1200 patients",
    "record 24000 steps",
    "patient: 500 mg twice daily",
    "MRI 12 mm lesion",
    "patients 1200 and older records",
    "Patient: 45 yo man",
    "pT2-3bN0-1M0",
    "patient 120/80, HR 72",
    "MRN count: 48291",
    "MRNs processed: 48291, 48292 unique",
    "MRN not available, platelets 245000",
    "MRN unknown. Accession 48291",
    "MRN pending, seen 20240314",
    "MRN^^^ROE||20240314|M",
    "visits 48291, 48292",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_medical_record_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("medical_record", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("medical_record", text) == set()
