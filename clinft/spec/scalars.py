"""Plain YAML scalars by the YAML 1.2 core schema; whatever YAML 1.1 reads otherwise is refused.

Tools disagree about `no`, `010` or `0x1F` (https://yaml.org/spec/1.2.2/#103-core-schema against
https://yaml.org/type/), so a spec that holds one would mean two things.
"""

import math
import re

Sentences = tuple[str, str, str]
Scalar = str | int | float | bool | None

NULL = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "True", "TRUE"})
FALSE = frozenset({"false", "False", "FALSE"})
YAML_1_1_BOOLEAN = frozenset({"y", "n", "yes", "no", "on", "off"})
INTEGER = re.compile(r"[-+]?[0-9]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
OTHER_BASE = re.compile(r"[-+]?0(?:o[0-7]+|x[0-9a-fA-F]+|b[01]+)")
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
MAX_DIGITS = 18  # every such number fits into 64 bits, in any reader

QUOTE_IT: Sentences = (
    "This plain word means true or false to some YAML readers and text to others.",
    "YAML 1.1 reads yes, no, on, off, y and n as true or false.",
    "Put it in quotes if it is text, or write true or false.",
)
ZEROS: Sentences = (
    "This number starts with a zero.",
    "YAML 1.1 reads it as octal, YAML 1.2 as decimal.",
    "Put it in quotes if it is a code, or drop the zero.",
)
BASE: Sentences = (
    "This number is not written in decimal.",
    "YAML 1.1 and 1.2 read such numbers differently.",
    "Put it in quotes if it is text, or write it in decimal.",
)
INFINITE: Sentences = (
    "This number is not finite.",
    "No setting of clinft is infinite or undefined.",
    "Write a number, or put it in quotes if it is text.",
)
TOO_LARGE: Sentences = (
    "This number is too large.",
    "Usually it is an identifier, which is text, or a digit too many.",
    "Put it in quotes if it is text, or write a smaller number.",
)


class RefusedScalarError(Exception):
    """Carries three sentences, never the value."""

    def __init__(self, sentences: Sentences) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


def resolve(text: str) -> Scalar:
    """The value of a plain scalar; RefusedScalarError where readers of YAML disagree."""
    if text in NULL:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    for refuses, sentences in (
        (text.lower() in YAML_1_1_BOOLEAN, QUOTE_IT),
        (OTHER_BASE.fullmatch(text), BASE),
        (NOT_FINITE.fullmatch(text), INFINITE),
        (FLOAT.fullmatch(text) and LEADING_ZERO.match(text), ZEROS),
    ):
        if refuses:
            raise RefusedScalarError(sentences)
    if INTEGER.fullmatch(text):
        if len(text.lstrip("+-")) > MAX_DIGITS:
            raise RefusedScalarError(TOO_LARGE)
        return int(text)
    if FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise RefusedScalarError(TOO_LARGE)
        return number
    return text
