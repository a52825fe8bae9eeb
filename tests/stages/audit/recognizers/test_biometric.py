"""(P) Biometric identifiers. All are invented; the base64 rows hold only first bytes of a format."""

import base64

import pytest

from tests.stages.audit.recognizers.finding import found


def encoded(first: bytes) -> str:
    return base64.b64encode(first + bytes(range(48))).decode()


VECTOR = ", ".join(f"{-1 if place % 2 else 1:+d}.{place:03d}" for place in range(40)).replace("+", "")
VALUES = [
    ("voiceprint template: c2FtcGxlX3ZvaWNl12", "c2FtcGxlX3ZvaWNl12"),
    ("fingerprint hash = 8f14e45fceea167a", "8f14e45fceea167a"),
    ("voiceprint id VP-WYNP-3256 enrolled", "VP-WYNP-3256"),
    ("enrolled voice print FIR:3dd043c145251869 so she can", "FIR:3dd043c145251869"),
    ("iris scan code iris-l-068669", "iris-l-068669"),
    ("retinal scan template no. 8d3165884791288a", "8d3165884791288a"),
    ("face recognition template: VP-WPMC-6708", "VP-WPMC-6708"),
    ("biometric token: FP-241877-R2", "FP-241877-R2"),
    ("gait signature 876f4d915e339ed1", "876f4d915e339ed1"),
    ("Palm vein scan hash VP-GZPA-9947 linked", "VP-GZPA-9947"),
    ("check-in by fingerprint, template FPT61839ad7bf", "FPT61839ad7bf"),
    ("fingerprint id: 48213", "48213"),
    ("face_embedding: [0.0123, -0.4431, 0.221]", "0.0123, -0.4431, 0.221"),
    ("face embedding: 0.0123", "0.0123"),
    (f"[{VECTOR}]", f"[{VECTOR}"),
    ("D3S1358 15,17; vWA 16,18; FGA 21,24", "D3S1358 15,17; vWA 16,18; FGA 21,24"),
    (encoded(b"FMR\0 20\0"), encoded(b"FMR\0 20\0")),
    (encoded(b"FAC\x00010\0"), encoded(b"FAC\x00010\0")),
    ("464d52002032300000000102", "464d52002032300000000102"),
    ("data:audio/ogg;base64,T2dnUwAC", "data:audio/ogg;base64,T2dnUwAC"),
    (encoded(b"RIFF$\0\0\0WAVEfmt "), encoded(b"RIFF$\0\0\0WAVEfmt ")),
    (encoded(b"OggS\0\2"), encoded(b"OggS\0\2")),
    (encoded(b"\0\0\0\x20ftypM4A "), encoded(b"\0\0\0\x20ftypM4A ")),
    (encoded(b"\xff\xfb\x90" + bytes(30)), encoded(b"\xff\xfb\x90" + bytes(30))),
    ("attached right_index_87132.wsq", "right_index_87132.wsq"),
    ("gait video faceprint_pham.dat", "faceprint_pham.dat"),
    ("see visit_recording.wav", "visit_recording.wav"),
    ("voicemail_0412.m4a attached", "voicemail_0412.m4a"),
]
MATCHES = [(text, value, "BIOMETRIC_DATA") for text, value in VALUES]
NEAR_MISSES = [
    "fingerprint clearance is needed",
    "biometric screening: normal",
    "face ID: none",
    "voice is hoarse",
    "10 p.m. and mp3 player",
    "retina scan 20/40",
    "retinal images 2019",
    "iris: brown, 4 mm",
    "face scan: normal, 12 mm lesion",
    "finger stick glucose 120",
    "gait speed 0.8 m/s",
    "gait pattern: 2 falls",
    "vein mapping 3 mm",
    "ear infection, 3 days",
    "HLA typing A2, B7",
    "FGA 24 weeks, D-dimer 500",
    "face mask.bin was full",
    "index finger laceration, 2 cm",
    "values 0.1, 0.2, 0.3",
    "voice recognition was used for 3 notes",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_biometric_data_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("biometric", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert found("biometric", text) == set()


def test_a_long_recording_is_one_find_to_its_end() -> None:
    text = "audio " + encoded(b"OggS\0\2").rstrip("=") * 10_000
    assert ("BIOMETRIC_DATA", text[6:]) in found("biometric", text)
