"""(M) Device identifiers. All are invented, or the issuing agency's own examples."""

import pytest

from tests.stages.audit.recognizers.finding import certainty, found

VALUES = [
    ("serial number SN-884412", "SN-884412"),
    ("Serial #: 20418857", "20418857"),
    ("S/N 48213A", "48213A"),
    ("SN PJN546392W", "PJN546392W"),
    ("sn: 48213", "48213"),
    ("pacemaker id: 99120-77", "99120-77"),
    ("Pacemaker serial number PJN482913", "PJN482913"),
    ("ICD serial 482913", "482913"),
    ("insulin pump S/N 204188", "204188"),
    ("CPAP serial no. 23182-0041", "23182-0041"),
    ("cochlear processor (41-606342)", "41-606342"),
    ("hearing aid R 20418857 L 20418861", "20418857"),
    ("hearing aid R 20418857 L 20418861", "20418861"),
    ("device id 48213", "48213"),
    ("implant lot 48213", "48213"),
    ("breast implant, lot # 4821937", "4821937"),
    ("stent model XR-48213", "XR-48213"),
    ("device_serial: 48213", "48213"),
    ("UDI 082-35-535", "082-35-535"),
    ("(01)00844588003288(17)141120(10)7654321D", "(01)00844588003288(17)141120(10)7654321D"),
    ("+H123PARTNO1234567890120/$$420020216LOT123456789012345", "+H123PARTNO1234567890120/$$420020216LOT123456789012345"),
    ("=/A9999XYZ100T0944=,000025=A99971312345600", "=/A9999XYZ100T0944=,000025=A99971312345600"),
    ("MAC 00:1B:44:11:3A:B7", "00:1B:44:11:3A:B7"),
    ("00-1b-44-11-3a-b7", "00-1b-44-11-3a-b7"),
    ("001b.4411.3ab7", "001b.4411.3ab7"),
    ("IMEI 490154203237518", "490154203237518"),
    ("imei: 49-015420-323751-8", "49-015420-323751-8"),
    ("48213A-77 (serial number)", "48213A-77"),
    ("(0018,1000) LO [PJN377412P]", "PJN377412P"),
    ("LINQ RLA448291S", "RLA448291S"),
    ("DBS Activa PC NKM448291H", "NKM448291H"),
    ("RV lead 6947M TDK448291V", "TDK448291V"),
    ("Dexcom SM4482917", "SM4482917"),
    ("VNS ser 48291", "48291"),
    ("IOL serial 44829110 032", "44829110 032"),
    ("ICD (UBRP899971) gave a shock", "UBRP899971"),
]  # fmt: skip
MATCHES = [(text, value, "DEVICE_IDENTIFIER") for text, value in VALUES] + [
    ("influenza vaccine lot: U2702HL", "U2702HL", "BATCH_NUMBER"),
    ("Lot # 482913", "482913", "BATCH_NUMBER"),
    ("lot MNEK4X", "MNEK4X", "BATCH_NUMBER"),
]
NEAR_MISSES = [
    "Dexcom trial NCT01234567",
    "serial ECGs and 3 serial troponins",
    "pacemaker in 2019",
    "serial: none",
    "ICD I21.4",
    "ICD-10 E11.9",
    "ICD 10 code E1165",
    "ICD 4019, 25000",
    "pump 5 mL/h",
    "12:30:45",
    "monitor 2000 mL intake",
    "sensor glucose 1200",
    "lead level 30 mcg/dL",
    "port 443",
    "valve area 1.2 cm2",
    "stent 3.5 x 18 mm",
    "a lot of 12 pills",
    "lot number unknown",
    "catheter 14 Fr, 2000 units heparin",
    "Medtronic Micra, model unknown",
    "R 120 L 118",
    "de:ad:be:ef",
    "VNS model 106, output 1.3 mA",
    "DBS 1500 mV, placed 2019",
    "a lot of MRI2X scans",
    "SM4482917",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_device_identifier_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("device", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("device", text) == set()


@pytest.mark.parametrize("value", ["00-00-5E-00-53-1F", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"])
def test_an_address_of_no_device_is_reserved(value: str) -> None:
    assert certainty("device", value, value) == {"reserved"}


def test_any_other_address_is_plausible() -> None:
    assert certainty("device", "02:00:5E:00:53:1F", "02:00:5E:00:53:1F") == {"plausible"}
