"""(L) Vehicle identifiers. The VIN with a true check digit is the example of 49 CFR 565; plates are invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("1HGCM82633A004352", "1HGCM82633A004352"),
    ("VIN: 3A004352", "3A004352"),
    ("VIN 267-10-87", "267-10-87"),
    ("vin 1hgcm82633a004352", "1hgcm82633a004352"),
    ("vehicle identification number is 3VWDF0M60AH609482", "3VWDF0M60AH609482"),
    ("license plate 7ABC123", "7ABC123"),
    ("License plate: ABC 1234", "ABC 1234"),
    ("license plate number TX ABC-1234", "ABC-1234"),
    ("license plate 9950", "9950"),
    ("license palte S85-91B", "S85-91B"),
    ("licence plate reads KLM-482", "KLM-482"),
    ("plate T08-95W left the lot", "T08-95W"),
    ("plate S14 TFM", "S14 TFM"),
    ("tow plate z06 gbh.", "z06 gbh"),
    ("TX plate 7RB8197", "7RB8197"),
    ("Ohio plate ABC 1234", "ABC 1234"),
    ("own car, tag S01 RDK, spot 14", "S01 RDK"),
    ("motorcycle reg HGS5805", "HGS5805"),
    ("tag number 482913", "482913"),
    ("silver Camry 472-MLA", "472-MLA"),
    ("his truck (PWS3306) was", "PWS3306"),
    ('plate reads "GOTMILK"', "GOTMILK"),
    ("plate no. 48213", "48213"),
    ("license_plate: 7abc123", "7abc123"),
    ("Vehicle registration A65 TPW", "A65 TPW"),
    ("motorcycle frame no. ZD7289718", "ZD7289718"),
    ("tail number N48213", "N48213"),
    ("pt's plates are KLM 482", "KLM 482"),
]
MATCHES = [(text, value, "VEHICLE_IDENTIFIER") for text, value in VALUES]
NEAR_MISSES = [
    "1HGCM82633A004353",
    "growth plate 2 mm",
    "bovine serum",
    "platelets 412000",
    "vinblastine 6 mg",
    "plate 10 mm and 6 screws",
    "PLATE 12 MM",
    "a 6-hole plate was used",
    "agar plate 24 hrs",
    "vincristine 2 mg",
    "car accident in 2019",
    "car going 45 mph",
    "volar plate injury, 3 weeks",
    "truck driver, 62 yo",
    "tag sale 2 days ago",
    "plates and screws 2019",
    "skin tag 3 mm",
    "Honda CRV 2019",
    "car 12 ft away",
    "registration of 12 patients",
    "Ford 150 and 2 others",
    "the plates are AB1 type",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_vehicle_identifier_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("vehicle", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("vehicle", text) == set()
