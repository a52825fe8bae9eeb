"""The `data:` section: where records come from and how they are split."""

from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.spec.base import Fraction, Line, Slug, Strict, conflict

SPLITS = ("train", "validation", "dev", "test")


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
