"""What the audit says: findings without their text, how sure it is of itself, where the data came from."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clinft.spec.audit_policy import AuditPolicy
from clinft.spec.base import Sha256, Slug, Strict
from clinft.spec.statement import Statement

Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]
SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO")
Letter = Annotated[str, StringConstraints(pattern=r"^[A-R]$")]
# INVALID: the audit does not know itself well enough. DECLINED: the data looks real. Nothing waives these.
Verdict = Literal["PASS", "FAIL", "INVALID", "DECLINED"]


class Finding(Strict):
    """Where an identifier may be. There is no field for its text, on purpose.

    `row` counts from 1; `start` and `end` are character offsets into `field`.
    """

    id: str = Field(
        description="sha256 over file, row, field, start, end, entity type and recognizer, first 16 hex."
    )
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


class Measured(Strict):
    """`found` of `n` planted identifiers; `low` and `high`: exact 95 % interval (Clopper and Pearson)."""

    n: int
    found: int
    low: float
    high: float


class Sensitivity(Strict):
    """What share of planted identifiers of one class this very audit finds.

    `canaries`: planted into a copy of the audited data; absent where its format cannot hold the class.
    `challenge`: the frozen set that ships with clinft.
    """

    identifier: Letter
    canaries: Measured | None
    challenge: Measured | None
    status: Literal["certified", "below_floor", "not_certified"]
    note: str = ""


class Place(Strict):
    """`row` counts from 1."""

    file: str
    row: int


class Sign(Strict):
    """Something that real records have and synthetic ones have no reason to. `declines`: enough by itself."""

    kind: Slug
    declines: bool
    count: int
    places: tuple[Place, ...] = Field(description="The first 20.")
    meaning: str


class Duplicates(Strict):
    """Records whose text other records repeat, letter by letter or nearly."""

    records: int
    exact: int
    near: int
    largest_group: int
    places: tuple[tuple[Place, Place], ...] = Field(description="The first 20 pairs.")


class Uniqueness(Strict):
    """k-anonymity over the quasi-identifiers that the records hold: age band, sex, condition, place."""

    fields: tuple[str, ...]
    records: int
    classes: int
    smallest: int
    unique: int = Field(description="Records that nobody else equals in these fields.")


class Provenance(Strict):
    """Where the data says it comes from, and whether that could be repeated here."""

    origin: Literal["generated", "frozen", "file"]
    generator: str | None = None
    generator_version: int | None = None
    seed: int | None = None
    prepare_digest: Sha256 | None = None
    regenerated: Literal["same", "different", "not_tried", "not_possible"] = "not_tried"
    statements: tuple[Statement, ...] = ()


class Authenticity(Strict):
    provenance: Provenance
    signs: tuple[Sign, ...] = ()
    duplicates: Duplicates | None = None
    uniqueness: Uniqueness | None = None


class AuditReport(Strict):
    verdict: Verdict
    because: tuple[str, ...] = Field(default=(), description="Why the verdict is not PASS, a sentence each.")
    by_severity: dict[str, int]
    categories: tuple[CategoryResult, ...]
    findings: tuple[Finding, ...] = Field(description="The first 1,000; `by_severity` counts all.")
    remedies: dict[str, str] = Field(default={}, description="What to do, by entity type found.")
    sensitivity: tuple[Sensitivity, ...] = Field(default=(), description="By letter; empty: not measured.")
    policy: AuditPolicy = Field(default=AuditPolicy(), description="What the repository's policy asked for.")
    challenge_sha256: Sha256 | None = None
    files_scanned: dict[str, Sha256]
    records_scanned: int
    characters_scanned: int
    authenticity: Authenticity
    limits: tuple[str, ...]


class FileFinding(Strict):
    """A finding as `clinft audit FILE --json` prints it. `record` counts from 0."""

    id: str
    file: str
    record: int
    field: str
    start: int
    end: int
    identifier: Letter
    entity_type: str
    severity: Severity
    score: float
    recognizer: str


class FileAudit(Strict):
    """The one object that `clinft audit FILE --json` prints.

    `digest`: sha256 of the file; of several, of their canonical list.
    """

    verdict: Verdict
    because: tuple[str, ...]
    digest: Sha256
    files: dict[str, Sha256]
    records: int
    characters: int
    by_severity: dict[str, int]
    findings: tuple[FileFinding, ...] = Field(
        description="The first 100,000; `limits` says so where there are more."
    )
    sensitivity: tuple[Sensitivity, ...]
    sensitivity_floor: float
    authenticity: Authenticity
    rules: Sha256
    limits: tuple[str, ...]
