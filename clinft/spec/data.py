"""The `data:` section: where records come from and how they are split."""

from typing import Literal, Self

from pydantic import Field, model_validator

from clinft.spec.base import Fraction, Line, Slug, Strict

SPLITS = ("train", "validation", "dev", "test")


class Splits(Strict):
    """Fractions of the records; whole scenarios are assigned, never single records."""

    train: Fraction = 0.6
    validation: Fraction = 0.1
    dev: Fraction = 0.1
    test: Fraction = 0.2

    @model_validator(mode="after")
    def add_up(self) -> Self:
        if abs(self.train + self.validation + self.dev + self.test - 1.0) > 1e-6:
            raise ValueError("the four fractions must add up to 1")
        if min(self.train, self.validation, self.dev, self.test) <= 0.0:
            raise ValueError("every split needs a share above 0")
        return self


class DataSpec(Strict):
    # Any other value is declined by spec.load with the reason; there is no switch for it.
    source: Literal["synthetic"]
    origin: Literal["generated", "frozen"] = Field(
        default="generated",
        description="generated: made by `clinft prepare` from the seed. "
        "frozen: read from synthetic/, written there by `clinft freeze`.",
    )
    generator: Slug = Field(
        default="diagnosis-notes", description="A generator of clinft's table; never a path."
    )
    records: int = Field(ge=40, le=5_000_000, description="Records over all splits.")
    seed: int = Field(ge=0, le=2**31 - 1)
    splits: Splits = Splits()
    styles: tuple[Slug, ...] = Field(
        default=(), max_length=30, description="Note styles; empty means all of the generator's."
    )
    terminology_focus: tuple[Line, ...] = Field(default=(), max_length=50)
