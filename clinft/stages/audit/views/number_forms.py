"""Digits read one by one: whether they make somebody's number, and where its dashes go."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.labels import Label

# Telephone numbers, Social Security numbers, payment cards; days with their year.
NUMBERS = frozenset(((3, 3, 4), (1, 3, 3, 4), (3, 2, 4), (4, 4, 4, 4)))
DAYS = frozenset(((2, 2, 4), (4, 2, 2)))
LABELLED_DAYS = DAYS | {(1, 2, 4), (2, 1, 4), (1, 1, 4), (2, 2, 2), (1, 2, 2), (2, 1, 2), (1, 1, 2)}
# An area or office code begins with 2 to 9, and an office code does not end in 11 (NANPA).
NORTH_AMERICAN = regex(r"1?[2-9]\d\d[2-9](?!11)\d{6}")
# Item scores, muscle strengths and reflexes go from 0 to 5 at most.
LARGEST_SCORE = 5
FEWEST, FEWEST_LABELLED = 7, 4


@dataclass(frozen=True)
class Form:
    """`sign` stands after so many digits each."""

    sign: str = ""
    after: tuple[int, ...] = ()


def form_of(digits: str, groups: tuple[int, ...], label: Label | None, spoken: bool) -> Form | None:
    """`groups`: how the text parts the digits. None if they make no number.

    `spoken`: words for digits in such a row are somebody's number; plain digits may be a list.
    """
    if groups in NUMBERS:
        return Form("-", tuple(accumulate(groups[:-1])))
    if groups in DAYS or (label == "day" and groups in LABELLED_DAYS):
        return Form("/", tuple(accumulate(groups[:-1])))
    if label == "day":
        return Form("/", (2, 4)) if len(digits) in (6, 8) else None
    if label:
        return _usual(digits) if len(digits) >= FEWEST_LABELLED else None
    alone = len(digits) >= FEWEST if spoken else _is_telephone(digits) or _is_card(digits)
    return _usual(digits) if alone else None


def is_series(numbers: list[int]) -> bool:
    """Counting in equal steps, or one number again and again."""
    return len({later - earlier for earlier, later in pairwise(numbers)}) <= 1


def _usual(digits: str) -> Form:
    if len(digits) == 10:
        return Form("-", (3, 6))
    return Form("-", (1, 4, 7)) if len(digits) == 11 and digits[0] == "1" else Form()


def _is_telephone(digits: str) -> bool:
    return NORTH_AMERICAN.fullmatch(digits) is not None and max(map(int, digits)) > LARGEST_SCORE


def _is_card(digits: str) -> bool:
    """13 to 19 digits with the checksum of ISO/IEC 7812."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
