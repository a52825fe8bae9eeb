"""A domain pack: the clinical knowledge of one domain as data, checked before use."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Label, Line, Slug, Strict, conflict

Severity = Literal["mild", "moderate", "severe"]
Sex = Literal["female", "male"]
Onset = Literal["sudden", "acute", "subacute", "chronic"]
SEVERITIES: tuple[Severity, ...] = ("mild", "moderate", "severe")
# 45 CFR 164.514(b)(2)(i)(C): ages over 89 are identifiers.
YOUNGEST, OLDEST = 18, 89
NUMBER_RANGE = re.compile(r"<(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)>")

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")]
Phrase = Annotated[str, StringConstraints(pattern=r"^[^\s{}](?:[^\r\n{}]*[^\s{}])?$", max_length=80)]
Ages = tuple[int, int]
Range = tuple[int, int]


class Source(Strict):
    title: Line
    url: str | None = None
    used_for: Line


class Terminology(Strict):
    """Release against which every code is tested."""

    name: str
    release: str
    package: str
    package_version: str

    def __str__(self) -> str:
        return f"{self.name} {self.release} ({self.package} {self.package_version})"


class VitalRanges(Strict):
    pulse: Range
    systolic: Range
    diastolic: Range
    breaths: Range
    temperature: Range = Field(description="Tenths of a degree Celsius.")
    saturation: Range

    @model_validator(mode="after")
    def low_before_high(self) -> Self:
        for name in type(self).model_fields:
            low, high = getattr(self, name)
            if low > high:
                raise conflict("the low end of a vital sign is above its high end", name)
        return self


class VitalProfile(Strict):
    mild: VitalRanges
    moderate: VitalRanges
    severe: VitalRanges


class Condition(Strict):
    """Whatever may stand in a history. Ages are inclusive years."""

    code: Code
    name: Phrase
    ages: Ages = (YOUNGEST, OLDEST)
    sex: Sex | None = None
    takes: Phrase | None = Field(default=None, description="Common long-term medicine.")

    @model_validator(mode="after")
    def adult_ages(self) -> Self:
        if not YOUNGEST <= self.ages[0] <= self.ages[1] <= OLDEST:
            raise conflict(f"ages go from {YOUNGEST} to {OLDEST}, the younger first", "ages")
        return self

    @property
    def history_name(self) -> str:
        return self.name

    def fits(self, age: int, sex: Sex) -> bool:
        return self.ages[0] <= age <= self.ages[1] and self.sex in (None, sex)


class Background(Condition):
    """Never a main diagnosis; `label` is its chapter, which need not be one of the task's."""

    label: Label


class Diagnosis(Condition):
    """One possible main diagnosis. Phrases are noun phrases; `<a..b>` is drawn from mild to severe."""

    also: tuple[Phrase, ...] = ()
    past_name: Phrase | None = None
    family: bool = Field(default=False, description="May stand in a family history.")
    findings: tuple[Phrase, ...] = Field(min_length=2)
    tests: tuple[Phrase, ...] = Field(min_length=1)
    treatment: tuple[Phrase, ...] = Field(min_length=1)
    denies: tuple[Phrase, ...] = Field(min_length=1, description="Pertinent negatives.")
    onset: Onset = "acute"
    severity: tuple[Severity, ...] = SEVERITIES
    vitals: Slug = "normal"
    ruled_out: tuple[Code, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also)

    @property
    def history_name(self) -> str:
        return self.past_name or self.name

    @property
    def phrases(self) -> tuple[str, ...]:
        """Everything that a note may say of this diagnosis, but its own names."""
        spoken = (*self.findings, *self.tests, *self.treatment, *self.denies, self.past_name, self.takes)
        return tuple(phrase for phrase in spoken if phrase is not None)

    @model_validator(mode="after")
    def numbers_have_equal_digits(self) -> Self:
        for test in self.tests:
            ends = NUMBER_RANGE.findall(test)
            if len(ends) != test.count("<") or len(ends) > 1:
                raise conflict("a test has at most one range, written <a..b>", "tests")
            if any(len(mild.partition(".")[2]) != len(severe.partition(".")[2]) for mild, severe in ends):
                raise conflict("both ends of a range need the same digits after the point", "tests")
        return self

    @model_validator(mode="after")
    def negatives_do_not_contradict(self) -> Self:
        if set(self.denies) & set(self.findings):
            raise conflict("a finding is also denied", "denies")
        return self


class Chapter(Strict):
    chapter: int = Field(ge=1, le=22, description="Number of the ICD-10-CM chapter.")
    label: Label
    diagnoses: tuple[Diagnosis, ...] = Field(min_length=4)


class DomainPack(Strict):
    version: Literal[1]
    name: Slug
    title: Line
    terminology: Terminology
    sources: tuple[Source, ...] = Field(min_length=1)
    vitals: dict[Slug, VitalProfile]
    background: tuple[Background, ...] = ()
    chapters: tuple[Chapter, ...] = Field(min_length=2)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(chapter.label for chapter in self.chapters)

    def diagnoses(self) -> Iterator[tuple[str, Diagnosis]]:
        """Every diagnosis with its chapter's label, in the file's order."""
        for chapter in self.chapters:
            for diagnosis in chapter.diagnoses:
                yield chapter.label, diagnosis

    @model_validator(mode="after")
    def references_exist(self) -> Self:
        label_of = {diagnosis.code: label for label, diagnosis in self.diagnoses()}
        codes = [diagnosis.code for _, diagnosis in self.diagnoses()]
        codes += [condition.code for condition in self.background]
        if len(set(codes)) < len(codes):
            raise conflict("a code is given twice", "chapters")
        if len(set(self.labels)) < len(self.labels):
            raise conflict("a label is given twice", "chapters")
        for label, diagnosis in self.diagnoses():
            if diagnosis.vitals not in self.vitals:
                raise conflict(f"{diagnosis.code}: this vitals profile does not exist", "chapters")
            for code in diagnosis.ruled_out:
                if label_of.get(code, label) == label:
                    raise conflict(
                        f"{diagnosis.code}: ruled_out needs codes of this file from other chapters",
                        "chapters",
                    )
        return self

    @model_validator(mode="after")
    def phrases_name_no_other_diagnosis(self) -> Self:
        """Else a diagnosis that is kept for testing would be read in training."""
        owner = {
            name.casefold(): diagnosis.code for _, diagnosis in self.diagnoses() for name in diagnosis.names
        }
        names = "|".join(re.escape(name) for name in sorted(owner, key=len, reverse=True))
        named = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE)
        for _, diagnosis in self.diagnoses():
            for phrase in diagnosis.phrases:
                for match in named.findall(phrase):
                    if owner[match.casefold()] != diagnosis.code:
                        raise conflict(f"{diagnosis.code}: a phrase names another diagnosis", "chapters")
        return self
