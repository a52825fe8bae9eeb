"""The plan and checks of prepared data: balance, diversity, repeats, lengths, volume, codes, samples."""

from typing import Literal

from pydantic import Field, JsonValue

from clinft.artifacts.planning import Interval
from clinft.artifacts.records import Record
from clinft.spec.base import Slug, Strict
from clinft.spec.eligibility import IsoDate


class Spread(Strict):
    """How the records of one split fall over the values of one field. Counted over all records."""

    split: Slug
    field: Literal["target", "style"]
    n: int
    values: int = Field(description="Different values that occur.")
    absent: tuple[str, ...] = Field(description="Labels of the task that no record of the split has.")
    smallest: int
    largest: int
    evenness: float | None = Field(
        description="Shannon entropy over that of equal counts; 1: all equal. None with fewer than 2 values."
    )


class Diversity(Strict):
    """Different n-grams of words over all n-grams, in a sample; it falls as `words` grow."""

    split: Slug
    n: int
    words: int
    distinct_1: float | None
    distinct_2: float | None
    distinct_3: float | None


class ExactRepeats(Strict):
    """Records whose text, blanks and case apart, an earlier record has.

    `considered` of `n` records: all of them, or all records of a random part of the texts.
    """

    n: int
    considered: int
    repeated: int
    across_splits: int = Field(description="Different texts that stand in more than one split.")
    rate: Interval | None = Field(description="None without a record.")


class NearRepeats(Strict):
    """Sampled records of `split` that a sampled record of `against` nearly repeats.

    Within one split only an earlier record counts. More records may find more: a lower bound.
    """

    split: Slug
    against: Slug
    n: int
    compared_with: int
    repeated: int
    rate: Interval | None


class Lengths(Strict):
    """Tokens in a sample; None: nobody could count."""

    split: Slug
    field: Literal["text", "target"]
    n: int
    p5: int
    p50: int
    p95: int
    p99: int
    most: int


class VolumeAdvice(Strict):
    """A starting point from the literature; the learning curve of one's own data decides."""

    unit: str
    at_least: int
    enough: int | None = Field(description="Above it gains were small; None: the source names no such point.")
    per_label: int | None
    finding: str
    source: str
    verified: bool = Field(description="False: quoted second-hand, not looked up at its source.")
    as_of: IsoDate


class CurvePoint(Strict):
    """One size at which to train: that many records of train, drawn by its seed."""

    percent: int
    records: int
    fewest_per_label: int | None = Field(description="Expected; None where the task has no labels.")


class Volume(Strict):
    """`standing`: of the training split against `advice`, the lowest of its figures first."""

    train_records: int
    fewest_per_label: int | None
    advice: tuple[VolumeAdvice, ...]
    standing: Literal["too_few", "enough_to_start", "ample", "unknown"]
    curve: tuple[CurvePoint, ...]


class CodeUse(Strict):
    """`records`: how many hold this code in their facts or answer."""

    system: str
    code: str
    name: str
    records: int


class DataPlan(Strict):
    records: dict[str, int]
    sampled: dict[str, int] = Field(description="Records per split that sampled figures rest on.")
    seed: int
    spreads: tuple[Spread, ...]
    diversity: tuple[Diversity, ...]
    exact_repeats: ExactRepeats
    near_repeats: tuple[NearRepeats, ...]
    lengths: tuple[Lengths, ...] | None
    counted_by: str | None = Field(description="Whose tokens `lengths` are.")
    volume: Volume
    codes: tuple[CodeUse, ...] = Field(description="The most frequent first.")
    more_codes: int = Field(description="Different codes that occur and are not listed.")
    record_schema: dict[str, JsonValue]
    samples: tuple[Record, ...]
    samples_missing: str | None = Field(description="Why there are fewer than were asked for.")
    hipaa: tuple[str, ...]

    def leaked(self) -> int:
        """Sampled records outside of train that a record of train nearly repeats, and texts in two splits."""
        near = sum(one.repeated for one in self.near_repeats if one.against == "train" != one.split)
        return near + self.exact_repeats.across_splits
