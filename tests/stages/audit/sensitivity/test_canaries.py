"""The ways to write an identifier: whole, plausible, and out of every range that is set aside."""

import ipaddress
import re

import pytest

from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.sensitivity.canaries import FORMS, contacts, records
from clinft.stages.audit.sensitivity.canaries.form import Form, shaped
from clinft.stages.audit.sensitivity.draw import Draw

ALL = [(letter, place, form) for letter, forms in FORMS.items() for place, form in enumerate(forms)]


def drawn(make: object, count: int = 300) -> list[str]:
    draw = Draw("test")
    return [make(draw) for _ in range(count)]  # type: ignore[operator]


def test_every_class_has_forms() -> None:
    assert list(FORMS) == [category.letter for category in CATEGORIES]
    assert all(sum(len(form.carriers) for form in forms) >= 7 for forms in FORMS.values())


@pytest.mark.parametrize(("letter", "place", "form"), ALL)
def test_a_form_is_whole(letter: str, place: int, form: Form) -> None:
    draw = Draw(letter, place)
    for carrier in form.carriers:
        assert carrier.count("{}") == 1
        assert not carrier.endswith(".")
        assert len(set(carrier.split())) == len(carrier.split())
    assert len(set(form.carriers)) == len(form.carriers)
    assert all(re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", key) for key in form.keys)
    for _ in range(100):
        value = form.value(draw)
        assert 1 < len(value) < 300
        assert value == value.strip()
        assert not {"{", "}", "\n"} & set(value)


def test_a_shape_becomes_digits_and_letters() -> None:
    for value in drawn(lambda draw: shaped("$#-^~x", draw)):
        assert re.fullmatch(r"[1-9]\d-[A-HJ-NP-Z][0-9a-f]x", value)


def test_telephone_numbers_are_none_of_fiction_or_service() -> None:
    for value in drawn(contacts.us_phone):
        digits = re.sub(r"\D", "", value)[-10:]
        assert re.fullmatch(r"[2-9]\d\d[2-9]\d{6}", digits)
        assert digits[3:6] != "555"
        assert digits[4:6] != "11"
    assert not any(value.startswith("555") for value in drawn(contacts.local))


def test_social_security_numbers_are_of_areas_that_were_given_out() -> None:
    for value in drawn(records.social_security("-"), 2000):
        area, group, serial = value.split("-")
        assert 1 <= int(area) <= 899
        assert area != "666"
        assert int(group)
        assert int(serial)


def test_internet_addresses_are_public() -> None:
    for value in drawn(contacts.ipv4) + drawn(contacts.ipv6):
        assert ipaddress.ip_address(value).is_global, value


def test_mail_and_web_addresses_are_of_no_reserved_domain() -> None:
    reserved = re.compile(r"(?i)\b(example|test|invalid|localhost)\b|\bexample\.")
    for make in (contacts.email, contacts.tagged_email, contacts.url, contacts.bare_url):
        values = drawn(make)
        assert all(value.isascii() and " " not in value for value in values)
        assert not any(reserved.search(value) for value in values)


@pytest.mark.parametrize("place", range(5, 8))
def test_ages_are_over_89(place: int) -> None:
    form = FORMS["C"][place]
    for value in drawn(form.value):
        number = re.match(r"\d+", value)
        assert int(number.group()) >= 90 if number else re.search("ninety|hundred", value)
