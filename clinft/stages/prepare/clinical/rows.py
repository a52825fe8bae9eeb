"""Rows of the tables in the form that is drawn from: whole steps, doses as text, subsets that are listed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations
from math import comb
from typing import Generic, TypeVar

from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.clinical.tables import Lab, Medication
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import Range, Sex

Item = TypeVar("Item")

MOST_LISTED = 1000
NOT_TAKEN_REGULARLY = ("once", "continuous infusion")
# Of each of these a patient has one at a time: two are a duplication, or one undoes the other.
ONE_OF = {
    "renin-angiotensin": r"\w+(?:pril|sartan)",
    "anticoagulant": r"apixaban|rivaroxaban|edoxaban|dabigatran|warfarin|\w*heparin|enoxaparin|fondaparinux",
    "antiplatelet besides aspirin": r"clopidogrel|ticagrelor|prasugrel",
    "beta blocker": r"\w+(?:ol|al|il)ol",
    "dihydropyridine": r"\w+dipine",
    "statin": r"(?!nystatin)\w+statin",
    "acid suppression": r"(?:es)?omeprazole|pantoprazole|(?:dex)?lansoprazole|rabeprazole|famotidine",
    "anti-inflammatory": r"ibuprofen|naproxen|ketorolac|diclofenac|indomethacin|meloxicam|celecoxib",
    "glucocorticoid": r"(?:methyl)?prednisol?one|prednisone|dexamethasone|hydrocortisone|betamethasone",
    "serotonin reuptake": r"(?:es)?citalopram|sertraline|fluoxetine|paroxetine|venlafaxine|duloxetine",
    "opioid, and its antagonists": r"morphine|fentanyl|oxycodone|hydromorphone|tramadol|methadone|"
    r"buprenorphine|naltrexone",
    "benzodiazepine": r"lorazepam|diazepam|midazolam|clonazepam|alprazolam",
    "antipsychotic": r"aripiprazole|clozapine|olanzapine|quetiapine|risperidone|haloperidol|ziprasidone",
    "loop diuretic": r"furosemide|bumetanide|torsemide",
    "inhaled antimuscarinic": r"ipratropium|tiotropium|umeclidinium",
    "fluoroquinolone": r"\w+floxacin",
}


class Subsets(Generic[Item]):
    """Some of the items, in their own order: one draw each, where there are not too many subsets to list."""

    __slots__ = ("_items", "_listed")

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        self._listed: dict[int, tuple[tuple[Item, ...], ...]] = {}

    def draw(self, count: int, draw: Draw) -> list[Item]:
        count = min(count, len(self._items))
        listed = self._listed.get(count)
        if listed is None:
            if comb(len(self._items), count) > MOST_LISTED:
                return draw.some(self._items, count)
            listed = self._listed[count] = tuple(combinations(self._items, count))
        return list(draw.one(listed))


@dataclass(frozen=True, slots=True)
class Measure:
    """A lab in steps of its last digit. Drawn from `low` to `high`; None: no critical value is stated."""

    name: str
    loinc: str
    unit: str
    digits: int
    low: int
    high: int
    reference: Range
    critical_below: int | None
    critical_above: int | None


@dataclass(frozen=True, slots=True)
class Medicine:
    """One row of a table; `regular`: the frequencies of somebody who takes it every day.

    `alone`: its ingredients, and of which of ONE_OF they are; no two medicines of a patient share one.
    """

    name: str
    unit: str
    route: str
    doses: tuple[str, ...]
    frequencies: tuple[str, ...]
    regular: tuple[str, ...]
    alone: frozenset[str]
    in_pregnancy: bool
    sex: Sex | None


def _steps(value: Decimal, digits: int, rounding: str) -> int:
    return int(value.scaleb(digits).to_integral_value(rounding))


def measure(lab: Lab, sex: Sex, drawn: tuple[Decimal, Decimal] | None = None) -> Measure:
    """`drawn` None: within the reference, and above 0, which laboratories report as `below` something."""
    low, high = lab.reference(sex)
    reference = _steps(low, lab.digits, ROUND_CEILING), _steps(high, lab.digits, ROUND_FLOOR)
    if drawn is None:
        start, stop = max(reference[0], 1) if reference[1] > 0 else reference[0], reference[1]
    else:
        start, stop = _steps(drawn[0], lab.digits, ROUND_CEILING), _steps(drawn[1], lab.digits, ROUND_FLOOR)
    below, above = lab.critical_below, lab.critical_above
    return Measure(
        name=lab.name,
        loinc=lab.loinc,
        unit=lab.unit,
        digits=lab.digits,
        low=start,
        high=stop,
        reference=reference,
        critical_below=None if below is None else _steps(below, lab.digits, ROUND_CEILING),
        critical_above=None if above is None else _steps(above, lab.digits, ROUND_FLOOR),
    )


def medicines(slugs: Iterable[str], pack: Pack) -> tuple[Medicine, ...]:
    return tuple(medicine(pack.medications[slug]) for slug in slugs)


def medicine(row: Medication) -> Medicine:
    ingredients = frozenset(row.name.casefold().split(" and "))
    return Medicine(
        name=row.name,
        unit=row.unit,
        route=row.route,
        doses=tuple(_plain(dose) for dose in row.doses),
        frequencies=row.frequencies,
        regular=tuple(one for one in row.frequencies if one not in NOT_TAKEN_REGULARLY),
        alone=ingredients
        | {kind for kind, names in ONE_OF.items() if any(map(re.compile(names).fullmatch, ingredients))},
        in_pregnancy=not row.avoid_in_pregnancy,
        sex=row.sex,
    )


def _plain(dose: Decimal) -> str:
    """Neither an exponent nor a zero at the end of the fraction."""
    text = f"{dose:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
