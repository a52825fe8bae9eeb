"""Check digits of public numbering schemes, so that invented numbers pass as well formed."""

VIN_VALUES = {
    letter: value
    for value, group in enumerate(("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ"))
    for letter in group
}
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(int(mark) for mark in reversed(body)):
        total += sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit
    return str(-total % 10)


def vin(body: str) -> str:
    """The 17 characters of 49 CFR 565.15, from the 16 others: the check digit is the ninth."""
    open_form = f"{body[:8]}0{body[8:]}"
    values = (int(mark) if mark.isdigit() else VIN_VALUES[mark] for mark in open_form)
    rest = sum(value * weight for value, weight in zip(values, VIN_WEIGHTS, strict=True)) % 11
    return f"{body[:8]}{'X' if rest == 10 else rest}{body[8:]}"


def dea(digits: str) -> str:
    odd, even = sum(map(int, digits[0::2])), sum(map(int, digits[1::2]))
    return digits + str((odd + 2 * even) % 10)


def routing(digits: str) -> str:
    """ABA routing number from its first eight digits."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=False))
    return digits + str(-total % 10)


def iban(country: str, account: str) -> str:
    """ISO 13616: country, two check digits, account."""
    numbered = "".join(str(int(mark, 36)) for mark in f"{account}{country}00")
    return f"{country}{98 - int(numbered) % 97:02d}{account}"


def gtin(body: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def npi(nine: str) -> str:
    """National provider identifier: Luhn over 80840 and the number."""
    return nine + luhn(f"80840{nine}")
