"""The `data:` section: where records come from and how they are split."""

from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.spec.base import Fraction, Label, Line, Slug, Strict, conflict

SPLITS = ("train", "validation", "dev", "test")
# In a project's folder: the team's own domain pack, which `clinical_domain` then names.
OWN_PACK = "domain.yaml"


class Splits(Strict):
    """Shares of the records; whole scenarios are assigned, never single records."""

    train: Fraction = Field(default=0.6, description="Teaches the model.")
    validation: Fraction = Field(default=0.1, description="Watched while training.")
    dev: Fraction = Field(default=0.1, description="Used to choose the prompt, before training.")
    test: Fraction = Field(default=0.2, description="Kept aside; every number in the report is from it.")

    @model_validator(mode="after")
    def add_up(self) -> Self:
        if abs(self.train + self.validation + self.dev + self.test - 1.0) > 1e-6:
            raise conflict(
                "the four fractions must add up to 1", next_step="Write e.g. 0.6, 0.1, 0.1 and 0.2."
            )
        for name in SPLITS:
            if getattr(self, name) <= 0.0:
                raise conflict(
                    "every split needs a share above 0", name, next_step="Take it from another split."
                )
        return self


class Realism(Strict):
    """For generator clinical-notes: the share of notes that get each of these."""

    abbreviations: Fraction = Field(default=0.4, description="Words written short, e.g. SOB.")
    typos: Fraction = Field(default=0.1, description="Misspelt words; never in what the answer rests on.")
    missing: Fraction = Field(default=0.2, description="A part left out, such as vital signs.")
    units: Fraction = Field(default=0.2, description="Lab values and temperature in another unit.")
    distractors: Fraction = Field(default=0.5, description="A relative's illness, or one long past.")
    contradictions: Fraction = Field(default=0.05, description="An earlier statement that is corrected.")


class DataSpec(Strict):
    """Where the records come from. They are always synthetic."""

    # Any other value is declined by spec.load with the reason; there is no switch for it.
    source: Literal["synthetic"] = Field(description="Always synthetic; real patient data is declined.")
    origin: Literal["generated", "frozen"] = Field(
        default="generated",
        description="generated: made by `clinft prepare` from the seed. "
        "frozen: read from the project's folder synthetic/, which `clinft rescue` fills.",
    )
    generator: Slug = Field(
        default="diagnosis-notes", description="A generator of clinft's table; never a path."
    )
    records: int = Field(ge=40, le=5_000_000, description="Records over all splits.")
    seed: int = Field(ge=0, le=2**31 - 1, description="The same seed gives the same records.")
    splits: Splits = Field(default=Splits(), description="Shares of train, validation, dev and test.")
    styles: tuple[Slug, ...] = Field(
        default=(), max_length=30, description="Note styles; empty means all of the generator's."
    )
    terminology_focus: tuple[Line, ...] = Field(
        default=(), max_length=50, description="Clinical terms that the records should use often."
    )
    realism: Realism = Field(default=Realism(), description="How much of a hurried ward is in the notes.")
    label_counts: dict[Label, int] = Field(
        default={}, description="Records per label over all splits; absent: as equal as can be."
    )

    preference_pairs: bool = Field(
        default=False,
        description="Each record also gets an answer that is wrong in one known way, in `facts.rejected`. "
        "Training by method dpo does not read it yet.",
    )

    @model_validator(mode="after")
    def counts_add_up(self) -> Self:
        counts = self.label_counts
        for label, count in counts.items():
            if count < len(SPLITS):
                raise conflict(
                    f"{count} records of a label cannot be in all {len(SPLITS)} splits",
                    "label_counts",
                    label,
                    next_step="Raise the count, or leave the label out of task.labels too.",
                )
        if counts and sum(counts.values()) != self.records:
            raise conflict(
                f"label_counts add up to {sum(counts.values())}, and records is {self.records}",
                "label_counts",
            )
        return self
