"""What packs share: labs with LOINC codes and units, medications with doses, vital signs, common conditions.

LOINC codes are of the subset in clinft/tables/clinical/labs, whose notice is in docs/domain-packs.md; names
of medications are RxNorm ingredients.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Line, Slug, Strict, conflict
from clinft.stages.prepare.pack import Ages, Code, Phrase, Sex, VitalProfile

CodeStart = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z.]*$")]
Loinc = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}-[0-9]$")]
# A decimal as written, so that no value of a table is a binary fraction.
Number = Annotated[Decimal, Field(strict=False, allow_inf_nan=False)]
Bounds = tuple[Number, Number]
Route = Literal[
    "oral", "intravenous", "subcutaneous", "intramuscular", "inhaled", "topical",
    "rectal", "nasal", "sublingual", "ophthalmic", "transdermal", "vaginal",
]  # fmt: skip
# How often a day a dose is given; None where a dose per day means nothing.
PER_DAY: dict[str, Decimal | None] = {
    "once": Decimal(1),
    "once daily": Decimal(1),
    "every evening": Decimal(1),
    "twice daily": Decimal(2),
    "three times daily": Decimal(3),
    "four times daily": Decimal(4),
    "every 4 hours": Decimal(6),
    "every 6 hours": Decimal(4),
    "every 8 hours": Decimal(3),
    "every 12 hours": Decimal(2),
    "every 24 hours": Decimal(1),
    "once weekly": Decimal(1),
    "every 4 weeks": Decimal(1),
    "as needed": None,
    "continuous infusion": None,
}
Frequency = Literal[
    "once", "once daily", "every evening", "twice daily", "three times daily", "four times daily",
    "every 4 hours", "every 6 hours", "every 8 hours", "every 12 hours", "every 24 hours",
    "once weekly", "every 4 weeks", "as needed", "continuous infusion",
]  # fmt: skip


class OtherUnit(Strict):
    """`factor`: how many of this unit are one of the lab's own."""

    unit: Line
    factor: Number
    digits: int = Field(ge=0, le=3)


class Lab(Strict):
    """`normal` and `critical` bounds in `unit`; `possible`: what a living patient's value can be."""

    name: Phrase
    also: tuple[Phrase, ...] = Field(default=(), description="Short names that notes use, e.g. Hb.")
    loinc: Loinc
    unit: Line
    digits: int = Field(ge=0, le=3, description="After the decimal point, as laboratories report it.")
    normal: Bounds
    normal_female: Bounds | None = None
    critical_below: Number | None = None
    critical_above: Number | None = None
    possible: Bounds
    other_units: tuple[OtherUnit, ...] = ()

    def reference(self, sex: Sex) -> Bounds:
        return self.normal_female if sex == "female" and self.normal_female is not None else self.normal

    @model_validator(mode="after")
    def bounds_are_in_order(self) -> Self:
        for name in ("normal", "normal_female"):
            found = getattr(self, name)
            if found is not None and not self.possible[0] <= found[0] < found[1] <= self.possible[1]:
                raise conflict("a reference range lies within what is possible, the low end first", name)
        for name in ("critical_below", "critical_above"):
            found = getattr(self, name)
            if found is not None and not self.possible[0] <= found <= self.possible[1]:
                raise conflict("a critical value lies within what is possible", name)
        return self


class Medication(Strict):
    """One way to give a drug; another way is another row. `name`: RxNorm ingredients, joined by `and`."""

    name: Phrase
    also: tuple[Phrase, ...] = Field(default=(), description="Abbreviations that notes use; no brand names.")
    route: Route
    unit: Line = Field(description="Of one dose: mg, mcg, g, units, mL, puffs, mg/kg, units/kg/hour ...")
    doses: tuple[Number, ...] = Field(min_length=1, description="Usual single doses of adults.")
    frequencies: tuple[Frequency, ...] = Field(min_length=1)
    max_per_day: Number | None = Field(default=None, description="In `unit`; absent where none is stated.")
    avoid_in_pregnancy: bool = False
    sex: Sex | None = Field(default=None, description="Given to this sex only.")

    @model_validator(mode="after")
    def doses_are_safe(self) -> Self:
        for dose in self.doses:
            if dose <= 0:
                raise conflict("a dose is above 0", "doses")
            for frequency in self.frequencies:
                times = PER_DAY[frequency]
                if self.max_per_day is not None and times is not None and dose * times > self.max_per_day:
                    raise conflict(f"the dose {dose}, {frequency}, is more than max_per_day", "doses")
        return self


class Common(Strict):
    """A common condition that stands in histories only. `takes`: slugs of medications."""

    code: Code
    name: Phrase
    also: tuple[Phrase, ...] = ()
    ages: Ages = (18, 89)
    sex: Sex | None = None
    takes: tuple[Slug, ...] = ()
    not_with: tuple[CodeStart, ...] = Field(
        default=(),
        description="Starts of codes that ICD-10-CM excludes beside it, or codes together with it.",
    )
    changes: tuple[Slug, ...] = Field(default=(), description="Labs that are not normal in whoever has it.")
    contradicts: tuple[Phrase, ...] = Field(
        default=(), description="Words that no note of somebody who has it says, e.g. sinus rhythm."
    )


class SharedTable(Strict):
    """One YAML file of clinft/tables/clinical/*/; files of a folder are merged, a slug twice is refused."""

    version: Literal[1]
    labs: dict[Slug, Lab] = Field(default={})
    medications: dict[Slug, Medication] = Field(default={})
    vitals: dict[Slug, VitalProfile] = Field(default={})
    background: tuple[Common, ...] = ()
