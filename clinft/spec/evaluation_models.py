"""Models beside the tuned one that a spec may have measured, or may ask as a judge: the policy names them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clinft.spec.base import PROVIDER_NAME, Line, Slug, Strict, Usd
from clinft.spec.eligibility import IsoDate
from clinft.spec.training import TrainingSpec

ModelName = Annotated[str, StringConstraints(pattern=rf"^{PROVIDER_NAME}$")]


class AskingPrice(Strict):
    """What this organisation pays for questions and answers there."""

    usd_per_million_input_tokens: Usd = Field(description="For questions; 0 only where nothing is charged.")
    usd_per_million_output_tokens: Usd = Field(description="For answers.")
    as_of: IsoDate = Field(description="The day on which it was agreed or read.")
    source: Line = Field(description="Where it stands: a contract, an order, a page.")


class EvaluationModel(Strict):
    """A model at one of `endpoints` that speaks OpenAI's chat API. It gets synthetic records once merged."""

    provider: Literal["openai", "azure_openai", "manual"] = Field(
        description="Whose facts of eligibility count; manual: any other service with this API."
    )
    endpoint: Slug = Field(description="The entry of `endpoints` where it answers.")
    model: ModelName = Field(
        description="Its name there, pinned to a date where the provider has such names; on Azure with "
        "`deployments` of the endpoint the model's own."
    )
    price: AskingPrice | None = Field(
        default=None, description="What you pay there; absent: as clinft's table says, else unknown."
    )


def asked_as(training: TrainingSpec, model: EvaluationModel) -> TrainingSpec:
    """A spec's training as if this model were the one that it reaches: for the rules about places."""
    return training.model_copy(
        update={
            "provider": model.provider,
            "endpoint": model.endpoint,
            "base_model": model.model,
            "region": None,
            "server": None,
            "training_type": None,
        }
    )
