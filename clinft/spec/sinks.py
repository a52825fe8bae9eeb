"""Where messages and documents go. The policy names the place; its secret is bound to the place's host."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from clinft.spec.base import Line, Strict, conflict
from clinft.spec.eligibility import Eligibility, ServiceUrl

ChannelId = Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]{7,20}$")]
GoogleFileId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{10,120}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$", max_length=254)]
WorkloadIdentityProvider = Annotated[
    str,
    StringConstraints(
        pattern=r"^projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9-]+/providers/[a-z0-9-]+$"
    ),
]
DocumentKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}/[a-z_]{1,40}$")]


class GoogleLogin(Strict):
    """Keyless: GitHub's token is exchanged for the service account's. Else a key in CLINFT_SINK_KEYS."""

    workload_identity_provider: WorkloadIdentityProvider | None = Field(
        default=None,
        description="projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME.",
    )
    service_account: Email | None = Field(default=None, description="The account that writes.")
    subject: Email | None = Field(
        default=None, description="A user of the domain for whom it writes (domain-wide delegation)."
    )

    @model_validator(mode="after")
    def is_whole(self) -> Self:
        if self.workload_identity_provider is not None and self.service_account is None:
            raise conflict(
                "a workload identity alone gets no token for Drive and Sheets",
                "service_account",
                next_step="Name the service account that it may act as.",
            )
        return self


SinkKind = Literal["slack", "google_sheets", "google_docs", "langsmith"]
# Which of the optional keys each kind knows.
KEYS: dict[str, frozenset[str]] = {
    "slack": frozenset({"channel", "url"}),
    "google_sheets": frozenset({"spreadsheet", "folder", "login"}),
    "google_docs": frozenset({"documents", "folder", "login"}),
    "langsmith": frozenset({"url", "workspace"}),
}


class Sink(Strict):
    """A place that messages, tables, documents or datasets go to."""

    kind: SinkKind = Field(description="What it is.")
    description: Line = Field(
        description="Which channel, spreadsheet, folder or workspace; shown before a merge."
    )
    url: ServiceUrl | None = Field(
        default=None,
        description="slack, langsmith: address of the API where it is not the usual one, e.g. GovSlack.",
    )
    channel: ChannelId | None = Field(
        default=None,
        description="slack: id of the channel; absent: an incoming webhook, whose path is the secret.",
    )
    spreadsheet: GoogleFileId | None = Field(
        default=None,
        description="google_sheets: id of a spreadsheet that people made and shared; absent: one is made.",
    )
    folder: GoogleFileId | None = Field(
        default=None,
        description="google_sheets, google_docs: folder of a Shared Drive in which files are made.",
    )
    documents: dict[DocumentKey, GoogleFileId] = Field(
        default={},
        max_length=500,
        description="google_docs: documents that people made and shared, by project/document.",
    )
    login: GoogleLogin | None = Field(
        default=None,
        description="google_sheets, google_docs: who writes; absent: the key in CLINFT_SINK_KEYS.",
    )
    workspace: Line | None = Field(
        default=None, description="langsmith: id of the workspace, where the key opens several."
    )
    eligibility: Eligibility = Field(description="Why it may be used.")

    @model_validator(mode="after")
    def knows_its_keys(self) -> Self:
        known = KEYS[self.kind] | {"kind", "description", "eligibility"}
        for key in sorted(self.model_fields_set - known):
            raise conflict(
                f"a sink of the kind {self.kind} has no such key",
                key,
                next_step=f"Remove it; {self.kind} knows: {', '.join(sorted(KEYS[self.kind]))}.",
            )
        return self
