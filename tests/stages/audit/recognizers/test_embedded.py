"""(R) Encoded payloads. They hold counted bytes."""

import base64

import pytest

from tests.stages.audit.recognizers.finding import found

BYTES = bytes(range(256))
BASE64 = base64.b64encode(BYTES).decode()
URL_SAFE = base64.urlsafe_b64encode(BYTES).decode()
LINES = "\n".join(BASE64[start : start + 76] for start in range(0, 228, 76)) + "\n"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIHJvZSJ9.c2lnbmF0dXJl"
VALUES = [
    ("x " + "aB3dE5gH7jK9mN1p/" * 8, "aB3dE5gH7jK9mN1p/" * 8),
    (BASE64, BASE64),
    (f"note: {BASE64}", BASE64),
    (f'"{URL_SAFE}"', URL_SAFE),
    (f"begin\n{LINES}", LINES),
    (TOKEN, TOKEN),
    (f"Bearer {TOKEN}", TOKEN),
    ("JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoK", "JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoK"),
    ("UEsDBBQAAAAIAAAAIQDb4fbL7gAAAIUBAAA", "UEsDBBQAAAAIAAAAIQDb4fbL7gAAAIUBAAA"),
    ("H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==", "H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA=="),
    ("data:text/plain;base64,SmFuZSBSb2U=", "data:text/plain;base64,SmFuZSBSb2U="),
    ("data:application/octet-stream;base64,AAEC", "data:application/octet-stream;base64,AAEC"),
    (BYTES.hex(), BYTES.hex()),
    (f"0x: {BYTES.hex().upper()}", BYTES.hex().upper()),
    ("S\0S\0N\0", "\0S\0N\0"),
    ("caf\ufffd", "\ufffd"),
]
MATCHES = [(text, value, "EMBEDDED_DATA") for text, value in VALUES]
NEAR_MISSES = [
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "A" * 200,
    "sha256 " + "ab12" * 16,
    "sha512 " + "0123456789abcdef" * 8,
    "GATTACA" * 30,
    "MKWVTFISLLFLFSSAYSRGVFRRDAHKSEVAHRFKDLGEENFKALVLIAFAQYLQQCPFEDHVKLVNEVTEFAKTCVADESAENCDKSLHTLFGDK",
    "=" * 200,
    "-" * 200,
    "_" * 200,
    "a-b-c-" * 30,
    "0" * 200,
    "http://example.org/" + "a/" * 80,
    "eyJ is the beginning of a token",
    "data: base64, see below",
    "UEsDB",
    "caf\u00e9",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_payload_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("embedded", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("embedded", text) == set()


def test_a_long_payload_is_one_find_to_its_end() -> None:
    text = "payload " + BASE64.rstrip("=") * 1_000
    assert ("EMBEDDED_DATA", text[8:]) in found("embedded", text)
