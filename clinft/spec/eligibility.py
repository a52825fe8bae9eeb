"""What the policy knows about everything outside the repository that a spec may name."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from clinft.spec.base import Line, Provider, Strict


def _real_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("date", "no such day; write YYYY-MM-DD") from None
    return text


IsoDate = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_date)
]
# One host and a path; no user, no query, so that no secret can hide in it.
HttpsUrl = Annotated[
    str,
    StringConstraints(
        pattern=r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?$",
        max_length=300,
    ),
]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=60)]


class Eligibility(Strict):
    """Why this organisation may send synthetic records there. Facts with an owner, not promises."""

    owner: Line = Field(description="Who answers for these facts: a person or an office.")
    baa_signed: IsoDate | None = Field(
        default=None, description="Day on which a business associate agreement was signed; absent: none."
    )
    regions: tuple[Region, ...] = Field(
        default=(), max_length=50, description="Where data may be processed; empty: not restricted."
    )
    review_by: IsoDate = Field(description="After this day the facts count as unknown, and the gate refuses.")


class ProviderPolicy(Strict):
    """A training provider that specs may name."""

    eligibility: Eligibility | None = Field(
        default=None, description="Required for every provider that is not your own machine."
    )


class Endpoint(Strict):
    """A place where a provider is reached. Its secret is bound to this host."""

    provider: Provider = Field(description="The provider that is reached there.")
    url: HttpsUrl = Field(description="Its https address.")
    region: Region | None = Field(default=None, description="Where it processes data.")
    eligibility: Eligibility = Field(description="Why it may be used.")


class McpServer(Strict):
    """A Model Context Protocol server that trains. Its secret is bound to this host."""

    url: HttpsUrl = Field(description="Its https address.")
    eligibility: Eligibility = Field(description="Why it may be used.")


class Sink(Strict):
    """Where messages and documents go. Targets and secrets live in the environment, not here."""

    kind: Literal["slack", "google_sheets", "google_docs", "langsmith"] = Field(description="What it is.")
    description: Line = Field(description="Which channel, sheet or folder; shown before a merge.")
    eligibility: Eligibility = Field(description="Why it may be used.")
