"""(Q) Photographs. The encoded rows hold only first bytes of a format."""

import base64

import pytest

from tests.stages.audit.recognizers.finding import found


def encoded(first: bytes) -> str:
    return base64.b64encode(first + bytes(range(24))).decode().rstrip("=")


DATA = [
    ("data:image/png;base64,iVBORw0KGgo", "data:image/png;base64,iVBORw0KGgo"),
    ("![x](data:image/jpeg;base64,/9j/4AAQ)", "data:image/jpeg;base64,/9j/4AAQ"),
    ("/9j/4AAQSkZJRgABAQAAAQABAAD", "/9j/4AAQSkZJRgABAQAAAQABAAD"),
    (encoded(b"\x89PNG\r\n\x1a\n"), encoded(b"\x89PNG\r\n\x1a\n")),
    (encoded(b"\xff\xd8\xff\xe1\x1c"), encoded(b"\xff\xd8\xff\xe1\x1c")),
    (encoded(b"\xff\xd8\xff\xdb"), encoded(b"\xff\xd8\xff\xdb")),
    (encoded(b"GIF89a"), encoded(b"GIF89a")),
    (encoded(b"II*\0"), encoded(b"II*\0")),
    (encoded(b"MM\0*"), encoded(b"MM\0*")),
    (encoded(b"RIFF$\0\0\0WEBPVP8 "), encoded(b"RIFF$\0\0\0WEBPVP8 ")),
    (encoded(b"\0\0\0\x18ftypheic"), encoded(b"\0\0\0\x18ftypheic")),
    (encoded(bytes(128) + b"DICM"), encoded(bytes(128) + b"DICM")),
    ("face ffd8ffe000104a46494600", "ffd8ffe000104a46494600"),
    ("89504e470d0a1a0a0000000d", "89504e470d0a1a0a0000000d"),
]
FILES = [
    ("see left_cheek.jpeg", "left_cheek.jpeg"),
    ("media/2024/face.HEIC", "media/2024/face.HEIC"),
    ("head_ct.nii.gz", "head_ct.nii.gz"),
    ("slice_012.dcm", "slice_012.dcm"),
    ("see photo IMG_1234", "IMG_1234"),
    ("IMG-20240314-WA0012", "IMG-20240314-WA0012"),
    ("PXL_20241005_130539", "PXL_20241005_130539"),
    ("DSC01234 shows it", "DSC01234"),
    ('<img src="wound/8413">', "wound/8413"),
    ("![face](attachment:8413)", "attachment:8413"),
    ("GPSLatitude: 40.44611", "40.44611"),
    ("Exif.Image.DateTime = 2024:03:14 08:15:00", "2024:03:14 08:15:00"),
    ("BodySerialNumber: 048213", "048213"),
    ("1.2.840.113619.2.55.3.604688119.971.1389.1", "1.2.840.113619.2.55.3.604688119.971.1389.1"),
    ("2.25.329800735698586629295641978511506172918", "2.25.329800735698586629295641978511506172918"),
]
MATCHES = [(text, value, "IMAGE_DATA") for text, value in DATA] + [
    (text, value, "IMAGE_FILE") for text, value in FILES
]
NEAR_MISSES = [
    "CT images reviewed",
    "a raw. wound",
    "data: image follows",
    "photo 3 of 4, image 12",
    "IMG in 2 views",
    "SOP class 1.2.840.10008.5.1.4.1.1.2",
    "code system 2.16.840.1.113883.6.96",
    "GPS was off",
    "R0lG was typed",
    "png and jpg are formats",
    "ffd8 ff",
    "scan 2019",
    "section 1.2.840",
    "version 2.25.1",
    "see Fig. 3 (b)",
    "the image [1](2)",
    "raw(12)",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_picture_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("payload", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("payload", text) == set()


def test_a_large_picture_is_one_find_to_its_end() -> None:
    text = "face " + encoded(b"\x89PNG\r\n\x1a\n") * 10_000 + " end"
    assert ("IMAGE_DATA", text[5:-4]) in found("payload", text)
