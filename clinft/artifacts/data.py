"""Records, chat messages, and what data preparation and the audit say about them."""

from typing import Literal

from pydantic import Field, JsonValue

from clinft.spec.base import Sha256, Slug, Strict


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


Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]
SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO")


class Finding(Strict):
    """Where an identifier may be. There is no field for its text, on purpose.

    `row` counts from 1; `start` and `end` are character offsets into `field`.
    """

    id: str = Field(description="sha256 over file, row, field, start, end and entity type, first 16 hex.")
    file: str
    row: int
    field: str
    start: int
    end: int
    entity_type: str
    safe_harbor: str = Field(description="Letter A to R of 45 CFR 164.514(b)(2)(i).")
    severity: Severity
    score: float
    recognizer: str


class CategoryResult(Strict):
    """One of the 18 rows. `status` never says compliant: only what this method found."""

    letter: str
    title: str
    recognizers: tuple[str, ...]
    findings: int
    status: Literal["none_found", "found", "not_text_checkable"]
    note: str = ""


class AuditReport(Strict):
    verdict: Literal["PASS", "FAIL"]
    by_severity: dict[str, int]
    categories: tuple[CategoryResult, ...]
    findings: tuple[Finding, ...] = Field(description="The first 1,000; `by_severity` counts all.")
    files_scanned: dict[str, Sha256]
    records_scanned: int
    characters_scanned: int
    authenticity: dict[str, JsonValue] = Field(
        description="Evidence that the data is synthetic: source, generator, regenerated digest."
    )
    limits: tuple[str, ...]
