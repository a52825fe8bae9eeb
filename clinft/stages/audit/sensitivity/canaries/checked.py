"""Numbers whose digits check each other, made so that the check holds."""

import string
from itertools import cycle

from clinft.stages.audit.sensitivity.canaries.form import shaped
from clinft.stages.audit.sensitivity.draw import Draw

# 49 CFR 565.15: values of the letters (I, O and Q do not occur) and weights of the 17 places.
VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
# Length of a national account number after country and check digits.
IBAN_SHAPES = (("DE", "##################"), ("GB", "^^^^##############"), ("FR", "#######################"))
# CMS leaves out S, L, O, I, B and Z.
MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
UDI_DATES = ("240915", "251130", "230601")


def with_luhn(digits: str) -> str:
    """ISO/IEC 7812: the digit that makes the sum a multiple of 10 is put last."""
    total = sum(
        sum(divmod(int(digit) * weight, 10))
        for digit, weight in zip(reversed(digits), cycle((2, 1)), strict=False)
    )
    return digits + str(-total % 10)


def npi(draw: Draw) -> str:
    """National Provider Identifier: Luhn over 80840 and the number."""
    return with_luhn("80840" + draw.one("12") + draw.digits(8))[5:]


def dea(draw: Draw) -> str:
    digits = draw.digits(6)
    odd, even = (sum(map(int, digits[start::2])) for start in (0, 1))
    return draw.one("ABFGM") + draw.one("ABCDEFGHKLMPRST") + digits + str((odd + 2 * even) % 10)


def vin(draw: Draw) -> str:
    free = [draw.one(VIN_SIGNS) for _ in range(8)]
    signs = [draw.one("12345JKW"), *free[1:], "0", draw.one(VIN_YEARS), free[0], *draw.digits(6)]
    total = sum(
        int(VIN_VALUES.get(sign, sign)) * weight for sign, weight in zip(signs, VIN_WEIGHTS, strict=True)
    )
    signs[8] = "0123456789X"[total % 11]
    return "".join(signs)


def card(draw: Draw) -> str:
    prefix = draw.one(("4", "51", "53", "55", "2231"))
    return with_luhn(prefix + "".join(draw.one(string.digits) for _ in range(15 - len(prefix))))


def amex(draw: Draw) -> str:
    return with_luhn(draw.one(("34", "37")) + draw.digits(12))


def card_in_groups(draw: Draw) -> str:
    number, gap = card(draw), draw.one(" -")
    return gap.join((number[:4], number[4:8], number[8:12], number[12:]))


def iban(draw: Draw) -> str:
    """ISO 13616: letters count from A = 10, the remainder by 97 is 1."""
    country, shape = draw.one(IBAN_SHAPES)
    account = shaped(shape, draw)
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{account}{country}00")) % 97
    return f"{country}{check:02d}{account}"


def iban_in_groups(draw: Draw) -> str:
    number = iban(draw)
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def routing(draw: Draw) -> str:
    """ABA routing number: weights 3, 7, 1."""
    digits = draw.one(("02", "06", "07", "11", "12", "31")) + draw.digits(6)
    total = sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
    return digits + str(-total % 10)


def imei(draw: Draw) -> str:
    return with_luhn("35" + draw.digits(12))


def medicare(draw: Draw) -> str:
    """Medicare Beneficiary Identifier (CMS): C from 1 to 9, N a digit, A a letter, X either."""
    signs = {"C": "123456789", "N": string.digits, "A": MBI_LETTERS, "X": MBI_LETTERS + string.digits}
    return "".join(draw.one(signs[kind]) for kind in "CAXNAXNAANN")


def medicare_in_groups(draw: Draw) -> str:
    number = medicare(draw)
    return "-".join((number[:4], number[4:7], number[7:]))


def device_identifier(draw: Draw) -> str:
    """FDA Unique Device Identifier as GS1 writes it: GTIN with check digit, expiry, serial number."""
    digits = "00" + draw.digits(11)
    total = sum(int(digit) * weight for digit, weight in zip(digits, cycle((3, 1)), strict=False))
    return f"(01){digits}{-total % 10}(17){draw.one(UDI_DATES)}(21){shaped('^##^#####', draw)}"
