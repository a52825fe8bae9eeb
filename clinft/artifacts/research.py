"""What `clinft research` found: every statement with the ids that a service returned for it.

Titles are other people's text: cleaned and cut where they enter, escaped where they are shown.
No abstract is kept: it is its publisher's.
"""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Count, Sha256, Slug, Strict
from clinft.spec.eligibility import IsoDate
from clinft.spec.research_policy import Source

Section = Literal["techniques", "benchmarks", "models", "providers", "terminology", "regulation"]
SECTIONS: tuple[Section, ...] = (
    "techniques", "benchmarks", "models", "providers", "terminology", "regulation",
)  # fmt: skip
IdKind = Literal[
    "pmid", "doi", "pmcid", "arxiv", "openalex", "s2", "hf", "federal_register", "mesh", "release"
]
# The first that a record has is its name in the brief.
KINDS: tuple[IdKind, ...] = (
    "pmid", "doi", "pmcid", "arxiv", "federal_register", "hf", "mesh", "release", "openalex", "s2",
)  # fmt: skip
PATTERNS: Mapping[IdKind, re.Pattern[str]] = MappingProxyType(
    {
        "pmid": re.compile(r"[1-9][0-9]{0,8}"),
        "doi": re.compile(r"10\.[0-9]{4,9}/[!-;=?-~]{1,200}"),
        "pmcid": re.compile(r"PMC[1-9][0-9]{0,8}"),
        "arxiv": re.compile(r"[0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(\.[A-Z]{2})?/[0-9]{7}"),
        "openalex": re.compile(r"W[1-9][0-9]{0,11}"),
        "s2": re.compile(r"[0-9a-f]{40}"),
        "hf": re.compile(r"[A-Za-z0-9_.-]{1,96}(/[A-Za-z0-9_.-]{1,96})?"),
        "federal_register": re.compile(r"[A-Z0-9]{1,5}-[A-Z0-9]{1,8}(-[A-Z0-9]{1,8})?"),
        "mesh": re.compile(r"[DC][0-9]{6,9}"),
        "release": re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,79}"),
    }
)
# Where a person reads it. Made from the id: no address that an answer holds is ever shown.
PAGES: Mapping[IdKind, str] = MappingProxyType(
    {
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
        "doi": "https://doi.org/{}",
        "pmcid": "https://europepmc.org/article/PMC/{}",
        "arxiv": "https://arxiv.org/abs/{}",
        "openalex": "https://openalex.org/{}",
        "s2": "https://www.semanticscholar.org/paper/{}",
        "hf": "https://huggingface.co/{}",
        "federal_register": "https://www.federalregister.gov/d/{}",
        "mesh": "https://meshb.nlm.nih.gov/record/ui?ui={}",
    }
)
LONGEST_TITLE, LONGEST_JOURNAL, LONGEST_TEXT, LONGEST_QUERY = 300, 120, 1_200, 20_000

Title = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TITLE)]
Journal = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_JOURNAL)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Year = Annotated[int, Field(ge=1500, le=2200)]
Status = Literal["verified", "unverified"]


def is_id(kind: IdKind, text: str) -> bool:
    return PATTERNS[kind].fullmatch(text) is not None


class Query(Strict):
    """What is asked, in no service's syntax: one of each group must occur. With `ids`: these records."""

    section: Section
    all_of: tuple[tuple[Phrase, ...], ...] = Field(default=(), max_length=30)
    ids: tuple[tuple[IdKind, str], ...] = Field(default=(), max_length=100)
    since: Year | None = None
    in_title: bool = False
    anywhere: bool = Field(
        default=False, description="Of a person: for every service, not those of a section."
    )

    @model_validator(mode="after")
    def asks_for_something(self) -> Self:
        if bool(self.ids) is bool(self.all_of) or not all(self.all_of):
            raise ValueError("a query names phrases or ids")
        if not all(is_id(kind, text) for kind, text in self.ids):
            raise ValueError("a query names ids of their kinds")
        return self


class Retrieval(Strict):
    """Where a record came from: `sha256` of the record as it was retrieved."""

    source: Source
    retrieved_on: IsoDate
    sha256: Sha256


class Reference(Strict):
    """A record that a service returned. `ids`: all that were returned for it."""

    kind: IdKind
    id: str = Field(max_length=260)
    ids: dict[IdKind, str]
    title: Title
    year: Year | None = None
    journal: Journal | None = None
    url: str | None = None
    retrieved: tuple[Retrieval, ...] = Field(min_length=1)
    retracted: bool = False
    concern: bool = False
    retraction_checked: bool = Field(description="Whether a service that knows of retractions answered.")
    licence: Journal | None = None

    @model_validator(mode="after")
    def is_named_by_its_ids(self) -> Self:
        if self.ids.get(self.kind) != self.id:
            raise ValueError("a reference is named by one of its ids")
        if not all(is_id(kind, text) for kind, text in self.ids.items()):
            raise ValueError("an id is not of its kind")
        if self.url != page_of(self.kind, self.id):
            raise ValueError("an address is made from the id")
        return self

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


def page_of(kind: IdKind, text: str) -> str | None:
    return PAGES[kind].format(quote(text, safe="/")) if kind in PAGES else None


def named_by(ids: Mapping[IdKind, str]) -> IdKind:
    """The kind of id that names a record; it has one at least."""
    return next(kind for kind in KINDS if kind in ids)


class Found(Strict):
    """One answer, or all pages of it. `answers`: digest of each body; `left_out`: records not taken."""

    source: Source
    asked: Annotated[str, StringConstraints(max_length=LONGEST_QUERY)]
    asked_on: IsoDate
    total: Count | None = Field(default=None, description="How many the service says it has.")
    left_out: Count = 0
    references: tuple[Reference, ...]
    answers: tuple[Sha256, ...]


class Heading(Strict):
    """A MeSH record: its heading and entry terms, and the reference that stands for it."""

    reference: Reference
    terms: tuple[Title, ...] = Field(max_length=500)


class Headings(Strict):
    asked_on: IsoDate
    found: tuple[Heading, ...]
    answers: tuple[Sha256, ...]


class Asked(Strict):
    """A query as one service was asked it. The digests say what it answered."""

    source: Source
    section: Section
    query: Annotated[str, StringConstraints(max_length=LONGEST_QUERY)]
    asked_on: IsoDate
    total: Count | None = None
    taken: Count
    left_out: Count = 0
    answers: tuple[Sha256, ...]


class Failed(Strict):
    """A service that did not answer, or not all that it was asked."""

    source: Source
    why: Text
    answered: Count = Field(description="Queries that it had answered before.")
    unasked: Count = Field(description="Queries that it was then not asked any more.")


class Statement(Strict):
    """`verified`: a service returned each record that it rests on, and none of them is retracted.

    It says that the record exists and is what the statement names, not that the paper is right.
    """

    section: Section
    text: Text
    references: tuple[str, ...] = Field(default=(), max_length=100)
    status: Status
    why: Text | None = Field(default=None, description="Why it is unverified, or what limits it.")
    as_of: IsoDate | None = Field(default=None, description="Of a table of ours: the day it was read.")

    @model_validator(mode="after")
    def verified_rests_on_something(self) -> Self:
        if self.status == "verified" and not self.references:
            raise ValueError("a verified statement names what a service returned")
        if self.status == "unverified" and self.why is None:
            raise ValueError("an unverified statement says why")
        return self


class Term(Strict):
    """A clinical term that neither the packs nor ICD-10-CM have. `heading`: of MeSH, where it is one."""

    term: Title
    status: Status
    heading: Title | None = None
    references: tuple[str, ...] = Field(default=(), max_length=20)
    why: Text | None = None


class Suggestion(Strict):
    """Shown in the report of the worker that it is for; nothing follows it by itself."""

    for_worker: Literal["prepare", "estimate"]
    about: Literal["volume", "format", "lifecycle"]
    text: Text
    references: tuple[str, ...] = ()
    status: Status
    why: Text | None = None


class Summary(Strict):
    """What a model wrote of the references; sentences that cite none of them were dropped."""

    model: Title
    sentences: tuple[tuple[Text, tuple[str, ...]], ...]
    dropped: Count


class ResearchBrief(Strict):
    """`as_of`: the day of its oldest answer. `project`: None where a query alone was asked."""

    project: Slug | None
    as_of: IsoDate
    made_on: IsoDate
    asked: tuple[Asked, ...]
    failed: tuple[Failed, ...]
    references: tuple[Reference, ...]
    statements: tuple[Statement, ...]
    terms: tuple[Term, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    summary: Summary | None = None

    @model_validator(mode="after")
    def rests_on_what_was_returned(self) -> Self:
        usable = {one.key for one in self.references if not one.retracted}
        known = {one.key for one in self.references}
        cited: tuple[Statement | Term | Suggestion, ...] = (
            *self.statements,
            *self.terms,
            *self.suggestions,
        )
        for one in cited:
            allowed = usable if one.status == "verified" else known
            if not set(one.references) <= allowed:
                raise ValueError("something rests on a record that no service returned, or a retracted one")
        for _, ids in self.summary.sentences if self.summary else ():
            if not ids or not set(ids) <= usable:
                raise ValueError("a sentence of the summary cites nothing that was returned")
        return self

    def of(self, section: Section) -> tuple[Statement, ...]:
        return tuple(one for one in self.statements if one.section == section)

    def age_days(self, today: date) -> int:
        return (today - date.fromisoformat(self.as_of)).days
