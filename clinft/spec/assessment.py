"""The `assessment:` section: what requests, errors and training cost this team, for the break-even."""

from typing import Annotated

from pydantic import Field

from clinft.spec.base import Fraction, Strict, Usd

Requests = Annotated[int, Field(ge=1, le=10**9)]


class AssessmentSpec(Strict):
    """All optional: what is absent is not reckoned with, and the report says so."""

    requests_per_month: Requests | None = Field(
        default=None, description="How often the model is asked in a month."
    )
    months: int = Field(default=12, ge=1, le=120, description="Over how long one training is written off.")
    one_off_usd: Usd | None = Field(
        default=None, description="Of a training: data, review, training, evaluation. Absent: unknown."
    )
    monthly_usd: Usd | None = Field(
        default=None, description="Of the tuned model, a month: hosting, watching, training it again."
    )
    usd_per_error: Usd | None = Field(default=None, description="What a wrong answer costs on average.")
    usd_per_critical_miss: Usd | None = Field(
        default=None, description="What a missed critical case costs; such a case is no ordinary error then."
    )
    usd_per_request_prompt: Usd | None = Field(
        default=None, description="Of one request with the best prompt; absent: as measured and priced."
    )
    usd_per_request_tuned: Usd | None = Field(
        default=None, description="Of one request to the tuned model; absent: unknown."
    )
    cached_share: Fraction = Field(
        default=0.0,
        description="Share of the prompt's tokens that the provider bills as cached; 0 where none are.",
    )
