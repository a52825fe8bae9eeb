"""What data preparation says about its records."""

from pydantic import Field

from clinft.artifacts.data_plan import DataPlan
from clinft.artifacts.records import Message, Record
from clinft.spec.base import Sha256, Slug, Strict

__all__ = [
    "REJECTED",
    "UNKNOWN_STYLE",
    "WRITTEN",
    "FieldSummary",
    "Message",
    "PreparedDataset",
    "Record",
    "SplitSummary",
]

# In the field `style` of a record of which nobody said how it is written.
UNKNOWN_STYLE = "unknown"
# `generator` of texts that a model wrote from generated facts, which were drawn again and held against them.
WRITTEN = "written"
# In `facts` of a record that is a preference pair: a wrong answer to its text, wrong in one known way.
REJECTED = "rejected"


ENDS = ("train", "test")


class SplitSummary(Strict):
    records: int
    scenarios: int
    by_label: dict[str, int]
    by_style: dict[str, int]
    sha256: Sha256


class FieldSummary(Strict):
    """One row of the data dictionary."""

    name: str
    type: str
    meaning: str
    example: str = Field(description="From the generator's own vocabulary; the data is synthetic.")


class PreparedDataset(Strict):
    generator: Slug
    generator_version: int
    seed: int
    splits: dict[str, SplitSummary]
    fields: tuple[FieldSummary, ...]
    shared_scenarios: int = Field(description="Scenarios found in more than one split; must be 0.")
    shared_styles: int = Field(description="Wordings found both in train and in test; must be 0.")
    duplicate_texts: int
    terminology_release: str
    plan: DataPlan | None = Field(default=None, description="Balance, diversity, repeats, lengths, volume.")

    @property
    def wording(self) -> str:
        """What `shared_styles` counts: where each style has several templates, these are kept apart."""
        found = [set(self.splits[name].by_style) for name in ENDS if name in self.splits]
        in_both = set.intersection(*found) - {UNKNOWN_STYLE} if found else set()
        return "note template" if in_both and not self.shared_styles else "note style"

    @property
    def styles_known(self) -> bool:
        """False: whether training and test share note styles could not be looked at."""
        return not any(UNKNOWN_STYLE in split.by_style for split in self.splits.values())
