"""A domain pack of version 2: conditions with all that a coherent clinical state is drawn from."""

import re
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.spec.base import Line, Slug, Strict, conflict
from clinft.stages.prepare.clinical.tables import Bounds, CodeStart, Lab, Medication
from clinft.stages.prepare.pack import (
    OLDEST,
    SEVERITIES,
    YOUNGEST,
    Ages,
    Code,
    Onset,
    Phrase,
    Range,
    Severity,
    Sex,
    Source,
    Terminology,
    VitalProfile,
)

# How soon a clinician must see the patient; own words, of no licensed scale.
Acuity = Literal["immediate", "emergent", "urgent", "less-urgent", "non-urgent"]
ACUITIES: tuple[Acuity, ...] = ("immediate", "emergent", "urgent", "less-urgent", "non-urgent")


class Study(Strict):
    """An examination that is no blood or urine value; `shows` is drawn from, one phrase per note."""

    study: Phrase = Field(description="e.g. ECG, chest X-ray, CT head.")
    shows: tuple[Phrase, ...] = Field(min_length=1)


class Imaging(Strict):
    """What a radiology report of this condition is written from."""

    study: Phrase = Field(description="Modality and region, e.g. CT pulmonary angiogram.")
    technique: Phrase
    findings: tuple[Phrase, ...] = Field(min_length=2)
    normal: tuple[Phrase, ...] = Field(min_length=2, description="Structures reported as normal.")
    impression: Phrase


class Mimic(Strict):
    """A near miss: considered, and ruled out because of `against`."""

    code: Code
    name: Phrase
    against: Phrase = Field(description="What speaks against it, as a noun phrase: a normal D-dimer.")


class PackCondition(Strict):
    """Phrases are noun phrases without capitals at the start, without digits of a lab value."""

    code: Code
    name: Phrase
    also: tuple[Phrase, ...] = Field(default=(), description="Synonyms and abbreviations that notes use.")
    past_name: Phrase | None = Field(default=None, description="What a history calls it.")
    ages: Ages
    sex: Sex | None = None
    gestation: Range | None = Field(default=None, description="Weeks; only for conditions of pregnancy.")
    onset: Onset
    severity: tuple[Severity, ...] = SEVERITIES
    acuity: dict[Severity, Acuity] = Field(description="For each severity above.")
    critical: bool = Field(default=False, description="Missing it can kill or disable within hours or days.")
    vitals: Slug = "normal"
    findings: tuple[Phrase, ...] = Field(min_length=4, description="Symptoms and signs that fit together.")
    red_flags: tuple[Phrase, ...] = Field(default=(), description="Present in severe cases only; escalate.")
    denies: tuple[Phrase, ...] = Field(min_length=3, description="Pertinent negatives.")
    labs: dict[Slug, dict[Severity, Bounds]] = Field(
        default={}, description="Lab -> severity -> range, in the lab's own unit."
    )
    normal_labs: tuple[Slug, ...] = Field(default=(), description="Labs that stay within their reference.")
    studies: tuple[Study, ...] = ()
    imaging: Imaging
    medications: tuple[Slug, ...] = Field(min_length=1, description="Started for it.")
    care: tuple[Phrase, ...] = Field(min_length=2, description="What is done besides, and follow-up.")
    long_term: tuple[Slug, ...] = Field(
        default=(), description="Taken by those who have it in their history."
    )
    family: bool = Field(default=False, description="May stand in a family history.")
    comorbid: tuple[Code, ...] = Field(
        default=(), description="Codes of common conditions seen with it often; of a pregnancy none is told."
    )
    not_with: tuple[CodeStart, ...] = Field(
        default=(),
        description="Starts of codes that never stand beside it (Excludes1), here or in a history.",
    )
    mimics: tuple[Mimic, ...] = Field(min_length=2)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also)

    @property
    def history_name(self) -> str:
        return self.past_name or self.name

    @property
    def phrases(self) -> tuple[str, ...]:
        """Everything that a note may say of it, but its own names and its mimics'."""
        spoken = [*self.findings, *self.red_flags, *self.denies, *self.care]
        for study in self.studies:
            spoken += [study.study, *study.shows]
        spoken += [self.imaging.study, self.imaging.technique, *self.imaging.findings, *self.imaging.normal]
        return tuple(spoken)

    @model_validator(mode="after")
    def ages_are_adult(self) -> Self:
        if not YOUNGEST <= self.ages[0] <= self.ages[1] <= OLDEST:
            raise conflict(f"ages go from {YOUNGEST} to {OLDEST}, the younger first", "ages")
        return self

    @model_validator(mode="after")
    def pregnancy_is_possible(self) -> Self:
        if self.gestation is None:
            return self
        if self.sex != "female" or self.ages[1] > 50:
            raise conflict("a condition of pregnancy needs sex: female and ages up to 50", "gestation")
        if not 1 <= self.gestation[0] <= self.gestation[1] <= 42:
            raise conflict("gestation goes from 1 to 42 weeks, the fewer first", "gestation")
        return self

    @model_validator(mode="after")
    def every_severity_is_described(self) -> Self:
        if len(set(self.severity)) < len(self.severity) or not self.severity:
            raise conflict("severities are given once each, at least one", "severity")
        if set(self.acuity) != set(self.severity):
            raise conflict("acuity is given for exactly the severities of `severity`", "acuity")
        for lab, ranges in self.labs.items():
            if set(ranges) != set(self.severity):
                raise conflict(
                    f"{lab}: a range is given for exactly the severities of `severity`", "labs", lab
                )
            if any(low > high for low, high in ranges.values()):
                raise conflict(f"{lab}: the low end is above the high end", "labs", lab)
        levels = [ACUITIES.index(self.acuity[one]) for one in SEVERITIES if one in self.acuity]
        if levels != sorted(levels, reverse=True):
            raise conflict("a severe case is not seen later than a mild one", "acuity")
        return self

    @model_validator(mode="after")
    def nothing_contradicts_itself(self) -> Self:
        present = {phrase.casefold() for phrase in (*self.findings, *self.red_flags)}
        if len(present) < len(self.findings) + len(self.red_flags):
            raise conflict("a finding is given twice", "findings")
        if present & {phrase.casefold() for phrase in self.denies}:
            raise conflict("a finding is also denied", "denies")
        if set(self.labs) & set(self.normal_labs):
            raise conflict("a lab is normal and has a range of its own", "normal_labs")
        if any(mimic.code == self.code for mimic in self.mimics):
            raise conflict("a condition is no mimic of itself", "mimics")
        return self


class ClinicalPack(Strict):
    version: Literal[2]
    name: Slug
    title: Line
    terminology: Terminology
    sources: tuple[Source, ...] = Field(min_length=1)
    abbreviations: dict[Phrase, Phrase] = Field(
        default={}, description="Words as a phrase has them -> what hurried notes write: chest pain -> CP."
    )
    labs: dict[Slug, Lab] = Field(default={}, description="Of this pack only; the shared ones are known.")
    medications: dict[Slug, Medication] = Field(default={})
    vitals: dict[Slug, VitalProfile] = Field(default={})
    conditions: tuple[PackCondition, ...] = Field(min_length=8)

    @property
    def critical(self) -> tuple[PackCondition, ...]:
        return tuple(condition for condition in self.conditions if condition.critical)

    def named(self) -> Iterator[tuple[str, PackCondition]]:
        for condition in self.conditions:
            for name in condition.names:
                yield name, condition

    @model_validator(mode="after")
    def names_and_codes_are_once(self) -> Self:
        codes = [condition.code for condition in self.conditions]
        if len(set(codes)) < len(codes):
            raise conflict("a code is given twice", "conditions")
        names = [name.casefold() for name, _ in self.named()]
        if len(set(names)) < len(names):
            raise conflict("a name is given twice", "conditions")
        return self

    @model_validator(mode="after")
    def phrases_name_no_other_condition(self) -> Self:
        """Else what a note says of one condition would be gold of another."""
        owner = {name.casefold(): condition.code for name, condition in self.named()}
        longest_first = sorted(owner, key=len, reverse=True)
        named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
        for index, condition in enumerate(self.conditions):
            for phrase in condition.phrases:
                for match in named.findall(phrase):
                    if owner[match.casefold()] != condition.code:
                        raise conflict(
                            f"{condition.code}: the phrase `{phrase}` names another condition of this pack",
                            "conditions",
                            index,
                            next_step="Say it in other words.",
                        )
        return self
