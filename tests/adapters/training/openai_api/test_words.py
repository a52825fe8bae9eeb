"""What a service says is shown without credentials and control characters."""

import base64

import pytest

from clinft.adapters.training.openai_api.problems import Place
from clinft.adapters.training.openai_api.words import shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invalid file.", "Invalid file."),
        ("a\r\nb\tc  d", "a b c d"),
        ("red \x1b[31m, left \u202e, null \x00", "red \\x1b[31m, left \\u202e, null \\x00"),
        ("half \ud800", "half \\ud800"),
        ("Größe über 512 MB", "Größe über 512 MB"),
        # Keys of anybody.
        ("key sk-proj-abcDEF_123, wrong", "key [redacted], wrong"),
        ("Incorrect API key provided: sk-ab***wxyz.", "Incorrect API key provided: [redacted]"),
        ("Authorization: Bearer abc.defgh", "Authorization: [redacted]"),
        ("token eyJhbGciOiJIUzI.eyJpc3Mi.c2ln ends", "token [redacted] ends"),
        # Near misses.
        ("the ask-price", "the ask-price"),
        ("the bearer of news", "the bearer of news"),
        ("eyJ", "eyJ"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert shown(text) == expected


SECRET = "0123456789abcdefFEDCBA"


@pytest.mark.parametrize(
    "text", [SECRET, f"'{SECRET}'", f"x{SECRET}y", f"{SECRET[:8]}****", f"****{SECRET[-8:]}", SECRET * 3]
)
def test_a_known_secret_is_not_shown_in_part_either(text: str) -> None:
    said = shown(f"bad key {text} given", [SECRET])
    assert "[redacted]" in said
    assert SECRET[:8] not in said
    assert SECRET[-8:] not in said
    assert said.startswith("bad key ")
    assert said.endswith(" given")


@pytest.mark.parametrize(
    "part",
    [
        SECRET.upper(),
        SECRET[5:11],
        SECRET[8:14].swapcase(),
        f"{SECRET[:6]}*****{SECRET[-4:]}",
        f"{SECRET[:11]}\n{SECRET[11:]}",
        f"{SECRET[:11]}\u200b{SECRET[11:]}",
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"Basic x:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"user:{SECRET}!".encode()).decode(),
        base64.b64encode(f"a:{SECRET}!".encode()).decode().lower(),
    ],
)
def test_no_part_of_a_known_secret_is_shown_in_any_case_nor_its_base64(part: str) -> None:
    said = shown(f"bad key {part} given", [SECRET])
    assert said.replace(" [redacted]", "") == "bad key given"


@pytest.mark.parametrize("text", [SECRET[:5], "nothing", "", "İ" * 50])
def test_what_is_no_part_of_a_secret_stays(text: str) -> None:
    assert shown(text, [SECRET, ""]) == text


def test_a_short_secret_is_one_as_a_whole() -> None:
    assert shown("key ab12 and ab1", ["ab12"]) == "key [redacted] and ab1"


def test_a_long_text_is_cut() -> None:
    said = shown("x" * 10_000)
    assert len(said) == 600
    assert said.endswith("x ...")


def test_a_secret_is_not_cut_in_two() -> None:
    assert SECRET[:8] not in shown("x" * 590 + SECRET, [SECRET])


def test_a_place_never_shows_its_secrets() -> None:
    assert repr(Place("host:1", False, (SECRET,))) == "Place(host:1)"
