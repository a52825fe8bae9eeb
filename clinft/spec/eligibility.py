"""What the policy knows about everything outside the repository that a spec may name."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from clinft.spec.base import Line, Provider, Strict, Usd, conflict


def _real_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("date", "no such day; write YYYY-MM-DD") from None
    return text


IsoDate = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_date)
]
# One host and a path; no user, no query, so that no secret can hide in it. Without TLS only this machine.
ServiceUrl = Annotated[
    str,
    StringConstraints(
        pattern=r"^(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?"
        r"(/[A-Za-z0-9._~-]+)*/?$",
        max_length=300,
    ),
]
Guid = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
]
AzureName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._()-]{0,88}[A-Za-z0-9_()]$")]
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


class AgreedPrice(Strict):
    """What this organisation pays there: it counts before the table that ships with clinft."""

    usd_per_million_training_tokens: Usd = Field(description="For training; 0 only where nothing is charged.")
    hosting_usd_per_hour: Usd | None = Field(
        default=None,
        description="For a deployed model, asked or not; absent: as the table says, else unknown.",
    )
    usd_per_million_input_tokens: Usd | None = Field(default=None, description="For asking the tuned model.")
    usd_per_million_output_tokens: Usd | None = Field(default=None, description="For its answers.")
    as_of: IsoDate = Field(description="The day on which it was agreed or read.")
    source: Line = Field(description="Where it stands: a contract, an order, a page.")


class ProviderPolicy(Strict):
    """A training provider that specs may name."""

    price: AgreedPrice | None = Field(
        default=None, description="What you pay there, instead of the table's prices."
    )

    eligibility: Eligibility | None = Field(
        default=None, description="Required for every provider that is not your own machine."
    )


class AzureAccount(Strict):
    """The Azure resource behind an endpoint, and who logs in to it. None of this is secret.

    Two identities: whoever trains cannot deploy, and so cannot start what costs by the hour.
    """

    tenant: Guid = Field(description="The directory in which both identities live.")
    subscription: Guid = Field(description="The subscription that pays.")
    resource_group: AzureName = Field(description="The resource group of the account.")
    account: AzureName = Field(description="The name of the Azure OpenAI or Foundry resource.")
    trainer: Guid | None = Field(default=None, description="Client id of the identity that trains.")
    deployer: Guid | None = Field(
        default=None, description="Client id of the identity that deploys; absent: nothing is deployed."
    )
    login_url: ServiceUrl = Field(
        default="https://login.microsoftonline.com", description="Other clouds have another one."
    )
    management_url: ServiceUrl = Field(
        default="https://management.azure.com", description="Other clouds have another one."
    )


TrainingType = Literal["standard", "data_zone", "global", "developer"]


class Endpoint(Strict):
    """A place where a provider is reached. Its secret is bound to this host."""

    provider: Provider = Field(description="The provider that is reached there.")
    url: ServiceUrl = Field(description="Its address; for OpenAI with /v1, for Azure with /openai/v1.")
    region: Region | None = Field(default=None, description="Where it processes data.")
    login: Literal["key", "entra"] = Field(
        default="key", description="A key of the secret CLINFT_KEYS, or Entra ID without any key."
    )
    azure: AzureAccount | None = Field(default=None, description="Its Azure resource, for azure_openai.")
    training_types: tuple[TrainingType, ...] = Field(
        default=("standard",),
        min_length=1,
        max_length=4,
        description="Azure's training types that specs may name; standard alone keeps data in the region.",
    )
    price: AgreedPrice | None = Field(
        default=None, description="What you pay there, instead of the provider's price."
    )
    deployments: dict[Line, AzureName] = Field(
        default={},
        max_length=50,
        description="On Azure, where a base model is asked by its deployment: model, deployment.",
    )
    eligibility: Eligibility = Field(description="Why it may be used.")

    @model_validator(mode="after")
    def login_is_possible(self) -> Self:
        if self.login == "entra" and (self.azure is None or self.azure.trainer is None):
            raise conflict(
                "login: entra needs azure.tenant and azure.trainer",
                "login",
                next_step="Name the Azure resource and the identity that trains.",
            )
        return self
