"""The 18 identifiers of the Safe Harbor method, 45 CFR 164.514(b)(2)(i)(A) to (R)."""

from dataclasses import dataclass

CITATION = "45 CFR 164.514(b)(2)(i)"

BY_DETECTOR = (
    "Found by rules and a trained detector; what it calls possible counts as found and does not block."
)
EMBEDDED = (
    "Text cannot show one; searched for embedded data and references: "
    "data URIs, base64 and hex payloads, file names, templates and their numbers."
)
BESIDE_A_WORD = "beside a word or a key that names them; bare numbers of that length count under (R)."


@dataclass(frozen=True)
class Category:
    """`in_text`: text can hold the identifier itself. `note` says what the method can and cannot see."""

    letter: str
    title: str
    in_text: bool = True
    note: str = ""


CATEGORIES: tuple[Category, ...] = (
    Category("A", "Names", note=BY_DETECTOR),
    Category(
        "B",
        "Geographic subdivisions smaller than a State",
        note=f"{BY_DETECTOR} The first 3 ZIP digits may stay unless the area is on the restricted list.",
    ),
    Category(
        "C",
        "Dates (except year) and ages over 89",
        note="A year alone may stay, and so may an age up to 89 or the pooled '90 or older'.",
    ),
    Category("D", "Telephone numbers"),
    Category("E", "Fax numbers"),
    Category("F", "Email addresses"),
    Category("G", "Social Security numbers", note="Areas that were never issued count as INFO."),
    Category("H", "Medical record numbers", note=f"Found {BESIDE_A_WORD}"),
    Category(
        "I",
        "Health plan beneficiary numbers",
        note=f"Medicare's are found by their form, others {BESIDE_A_WORD}",
    ),
    Category(
        "J",
        "Account numbers",
        note=f"Cards, IBAN and wallets are found by their form, others {BESIDE_A_WORD}",
    ),
    Category(
        "K",
        "Certificate and license numbers",
        note=f"DEA numbers and passport lines are found by their form, others {BESIDE_A_WORD}",
    ),
    Category(
        "L",
        "Vehicle identifiers and serial numbers, including license plates",
        note="VIN are found by check digit or beside a word, plates beside a word, a State or a car.",
    ),
    Category(
        "M",
        "Device identifiers and serial numbers",
        note=f"UDI and hardware addresses are found by their form, others {BESIDE_A_WORD}",
    ),
    Category("N", "Web URLs", note="Addresses of published references and code systems count as INFO."),
    Category("O", "IP addresses"),
    Category("P", "Biometric identifiers, including finger and voice prints", in_text=False, note=EMBEDDED),
    Category("Q", "Full-face photographs and comparable images", in_text=False, note=EMBEDDED),
    Category(
        "R",
        "Any other unique identifying number, characteristic, or code",
        note="Characteristics are found only where a phrase names them, such as a public office.",
    ),
)
