"""Check digits, against published examples and worked out a second way."""

import re

import pytest

from clinft.stages.audit.sensitivity.canaries import checked
from clinft.stages.audit.sensitivity.draw import Draw

DRAWS = [Draw("test", number) for number in range(100)]


def luhn_sum(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


@pytest.mark.parametrize(
    ("digits", "whole"),
    [
        ("7992739871", "79927398713"),
        ("411111111111111", "4111111111111111"),
        ("80840123456789", "808401234567893"),
    ],
    ids=["Wikipedia", "test card", "CMS example of an NPI"],
)
def test_luhn(digits: str, whole: str) -> None:
    assert checked.with_luhn(digits) == whole


@pytest.mark.parametrize("draw", DRAWS[:30])
def test_numbers_of_iso_7812_check(draw: Draw) -> None:
    card, amex, imei, npi = checked.card(draw), checked.amex(draw), checked.imei(draw), checked.npi(draw)
    assert (len(card), len(amex), len(imei), len(npi)) == (16, 15, 15, 10)
    assert npi[0] in "12"
    for number in (card, amex, imei, "80840" + npi):
        assert luhn_sum(number) % 10 == 0


@pytest.mark.parametrize("draw", DRAWS)
def test_vehicle_numbers_check(draw: Draw) -> None:
    vin = checked.vin(draw)
    assert re.fullmatch(r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-TV-Y1-9][A-HJ-NPR-Z0-9]\d{6}", vin)
    # The letters in three rows of the standard's table.
    values = {sign: int(sign) for sign in "0123456789"}
    for row in ("ABCDEFGH", "JKLMN.P.R", ".STUVWXYZ"):
        values |= {letter: number for number, letter in enumerate(row, start=1) if letter != "."}
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    rest = sum(values[sign] * weight for sign, weight in zip(vin, weights, strict=True)) % 11
    assert vin[8] == ("X" if rest == 10 else str(rest))


@pytest.mark.parametrize("draw", DRAWS[:30])
def test_account_numbers_check(draw: Draw) -> None:
    iban = checked.iban(draw)
    as_digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    assert int(as_digits) % 97 == 1
    assert len(iban) == {"DE": 22, "GB": 22, "FR": 27}[iban[:2]]
    routing = [int(digit) for digit in checked.routing(draw)]
    thrice, seven, once = (sum(routing[start::3]) for start in range(3))
    assert (3 * thrice + 7 * seven + once) % 10 == 0


@pytest.mark.parametrize("draw", DRAWS[:30])
def test_drug_plan_and_device_numbers_check(draw: Draw) -> None:
    dea = checked.dea(draw)
    one, two, three, four, five, six, check = map(int, dea[2:])
    assert (one + three + five + 2 * (two + four + six)) % 10 == check
    letter = "[AC-HJKMNP-RT-Y]"
    assert re.fullmatch(
        rf"[1-9]{letter}(?:{letter}|\d)\d{letter}(?:{letter}|\d)\d{letter}{{2}}\d\d", checked.medicare(draw)
    )
    gtin = [int(digit) for digit in checked.device_identifier(draw)[4:18]]
    assert (3 * sum(gtin[0::2]) + sum(gtin[1::2])) % 10 == 0


def test_groups_hold_the_same_digits() -> None:
    for number in range(50):
        assert checked.iban_in_groups(Draw(number)).replace(" ", "") == checked.iban(Draw(number))
        assert checked.medicare_in_groups(Draw(number)).replace("-", "") == checked.medicare(Draw(number))
        assert re.fullmatch(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}", checked.card_in_groups(Draw(number)))
