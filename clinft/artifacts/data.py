"""Records, chat messages, and what data preparation says about them."""

from typing import Literal

from pydantic import Field, JsonValue

from clinft.spec.base import Sha256, Slug, Strict

# In the field `style` of a record of which nobody said how it is written.
UNKNOWN_STYLE = "unknown"


class Message(Strict):
    role: Literal["system", "user", "assistant"]
    content: str


class Record(Strict):
    """One synthetic record. `facts` are the gold it was written from; `scenario` decides its split."""

    id: str
    scenario: str
    style: Slug
    text: str
    target: str
    facts: dict[str, JsonValue]


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
    shared_styles: int = Field(description="Note styles found both in train and in test; must be 0.")
    duplicate_texts: int
    terminology_release: str

    @property
    def styles_known(self) -> bool:
        """False: whether training and test share note styles could not be looked at."""
        return not any(UNKNOWN_STYLE in split.by_style for split in self.splits.values())
