"""The policy's `research:` section: which services may be asked, and how old a brief may be."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clinft.spec.base import Strict

# One slug names the module in adapters/literature, the value in YAML and the heading of docs/research.md.
Source = Literal[
    "europepmc",
    "pubmed",
    "federal_register",
    "releases",
    "arxiv",
    "crossref",
    "huggingface",
    "openalex",
    "semantic_scholar",
]
# Each answers without a key and needs no package that the light set lacks.
KEYLESS: tuple[Source, ...] = ("europepmc", "pubmed", "federal_register", "releases")
Email = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$", max_length=200
    ),
]


class ResearchPolicy(Strict):
    """What `clinft research` may ask: a query leaves the repository."""

    sources: tuple[Source, ...] = Field(
        default=KEYLESS, max_length=20, description="Services that may be asked; docs/research.md has them."
    )
    contact: Email | None = Field(
        default=None, description="Sent to services that ask for an address; without it none is sent."
    )
    max_age_days: int = Field(
        default=180, ge=1, le=3660, description="A brief whose oldest answer is older is called old."
    )
    cache_days: int = Field(
        default=7, ge=0, le=365, description="An answer this young is not asked for again; 0: always ask."
    )
