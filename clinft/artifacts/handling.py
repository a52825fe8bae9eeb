"""How data are handled around one plan: safeguards with their evidence, and everything that leaves."""

from typing import Literal

from pydantic import Field

from clinft.spec.base import Strict

SafeguardState = Literal["verified", "declared", "not_met", "not_applicable", "needs_evidence"]


class SafeguardRow(Strict):
    """`by` and `date`: who verified or declared it, and when."""

    name: str
    citation: str
    title: str
    requirement: Literal["required", "addressable"]
    state: SafeguardState
    statement: str
    by: str = ""
    date: str = ""


class EgressRow(Strict):
    """Something that leaves the organisation's machines. `allowed_by`: whose facts permit it."""

    to: str
    what: str
    when: str
    region: str = ""
    baa_signed: str = Field(default="", description="Day; empty: none is known.")
    allowed_by: str = ""


class Handling(Strict):
    rows: tuple[SafeguardRow, ...]
    egress: tuple[EgressRow, ...]
    source: str = Field(description="Where the list of safeguards comes from, and as of when.")
