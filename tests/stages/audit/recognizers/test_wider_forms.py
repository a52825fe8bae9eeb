"""Forms that the first challenge set showed to be missed: found by kind of label and shape, not by sentence."""

import pytest

from tests.stages.audit.recognizers.finding import found

MATCHES = [
    ("telephone", "(305) 683 - 3534", "(305) 683 - 3534"),
    ("telephone", "Emergency no. 503-6697331", "503-6697331"),
    ("fax", "telecopier 720-4609325", "720-4609325"),
    ("dates", "LMP NOVEMBER THE SEVENTH, 2015", "NOVEMBER THE SEVENTH, 2015"),
    ("dates", "Discharged 8-29 in good health", "8-29"),
    ("ages", "celebrated birthday number 96", "number 96"),
    ("web_address", "short link is.gd/0Pa8A1 opens", "is.gd/0Pa8A1"),
    ("medical_record", "Hosp no. 8 702 142: admitted", "8 702 142"),
    ("medical_record", "wristband 301-144 checked", "301-144"),
    ("medical_record", "looking up 905-788 in the chart", "905-788"),
    ("medical_record", "Label: 985.491.456 MRN / stable", "985.491.456"),
    ("medical_record", "PID|1||T-167564^^^HOSP^MR||", "T-167564"),
    ("health_plan", "RxGRP FVHK22", "FVHK22"),
    ("health_plan", "state medicaid recipient dy36022w", "dy36022w"),
    ("health_plan", "IN1|1|HMO||CAREPLAN||||NPBV10||", "NPBV10"),
    ("license_number", "Dental license 559.0563981", "559.0563981"),
    ("license_number", "D.L. VH4831X copied", "VH4831X"),
    ("license_number", "PARAMEDIC CERT 411.0588727", "411.0588727"),
    ("vehicle", "aircraft N117JD carried", "N117JD"),
    ("vehicle", "HIN FEJ 20758 U3 18", "FEJ 20758 U3 18"),
    ("vehicle", "drove off in 488VJ after", "488VJ"),
    ("vehicle", "plate BUJ MH4;", "BUJ MH4"),
    ("vehicle", "licence plate: 8-DVDWZ.", "8-DVDWZ"),
    ("device", "UDI 011564984598919817280328211544MNH", "011564984598919817280328211544MNH"),
    ("device", "(21)04997252-g on the box", "04997252-g"),
    ("device", "Device serial M3205.9147; tachy", "M3205.9147"),
    ("device", "pump seriel number swh38443w", "swh38443w"),
    ("biometric", "faceprint FMD-6faf4eb87fc2 in the log", "FMD-6faf4eb87fc2"),
    ("biometric", "AFIS no. TPL.281894.1192,", "TPL.281894.1192"),
    ("biometric", "Biometrics: iris BT-f8b5ba05,", "BT-f8b5ba05"),
    ("payload", "Medical photo 26-2144 shows", "26-2144"),
    ("payload", "Portrait ref. 09901-3, taken", "09901-3"),
    ("other_id", "Accession # 26:WVV91324 shave", "26:WVV91324"),
    ("other_id", "enrolled as R-4429; first dose", "R-4429"),
    ("other_id", "row 578ee82c8a7e43a0b6106fd215997268 has", "578ee82c8a7e43a0b6106fd215997268"),
    ("online", "gamer tag bassplayer06#1004 came up", "bassplayer06#1004"),
    ("derived", "The MRN was cut to ...6783 in", "...6783"),
    ("social_security", "last four 9353 of SSN", "9353"),
    ("account", "HAR 08-067-6114 combined", "08-067-6114"),
]
NEAR_MISSES = [
    ("telephone", "(120) 3 - 5 mg"),
    ("dates", "Discharged 8-29 weeks"),
    ("ages", "birthday party for 90/10"),
    ("medical_record", "wristband checked, 301 ml"),
    ("medical_record", "looking up at 905 in the chart"),
    ("health_plan", "group AB12"),
    ("license_number", "medical license since 2019"),
    ("vehicle", "aircraft noise 85 dB"),
    ("vehicle", "bus 12 min late"),
    ("vehicle", "hit by car 2 was moved"),
    ("vehicle", "growth plate fix OK"),
    ("device", "0115649845989198"),
    ("biometric", "voice 62db, face scan 2019"),
    ("biometric", "iris 12/40"),
    ("payload", "photo 2019 shows"),
    ("payload", "picture 3/4 done"),
    ("other_id", "enrolled as 2024 began"),
    ("other_id", "sha256 of the file 578ee82c8a7e43a0b6106fd215997268"),
    ("online", "handle with care#1"),
    ("derived", "cut to 50 mg"),
    ("social_security", "last four 2012 of patients"),
    ("account", "har har 123456"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "text", "value"), MATCHES)
def test_it_is_found_whole(family: str, text: str, value: str) -> None:
    assert value in {what for _, what in found(family, text)}


@pytest.mark.parametrize(("family", "text"), NEAR_MISSES)
def test_what_only_looks_like_it_is_not(family: str, text: str) -> None:
    assert found(family, text) == set()
