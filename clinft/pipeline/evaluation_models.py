"""Models that the policy names in `evaluation_models`: whether they may be asked, where, at what price."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from clinft.artifacts.planning import Price
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline import prices
from clinft.pipeline.context import Context
from clinft.ports.models import HostedModel, LanguageModel
from clinft.spec.evaluation_models import EvaluationModel
from clinft.stages.assess.asking import Prices
from clinft.stages.gate.places import evaluation_model_reasons


def named(context: Context, name: str) -> EvaluationModel:
    """PolicyViolation where the policy has no such model, or questions may not be sent there today."""
    policy, today = context.policy, context.services.clock.now().date()
    reasons = list(evaluation_model_reasons(policy, context.loaded.spec.training, name, today))
    if reasons:
        raise PolicyViolation(
            f"The evaluation model {name} may not be asked.",
            " ".join(f"{reason.code}: {reason.message}" for reason in reasons),
            " ".join(dict.fromkeys(reason.way_out for reason in reasons)),
        )
    return policy.evaluation_models[name]


def opened(context: Context, name: str, journal: Path) -> LanguageModel:
    """Nothing is asked before its `generate` is called; what `journal` holds is not asked again.

    SpecError where its price is not known: then no bound could stop it.
    """
    model = named(context, name)
    if cost_of(context, name, 0, 0) is None:
        raise SpecError(
            f"What asking {model.model} costs is not known, so no bound can be kept.",
            "Neither the policy nor clinft/tables/prices.yaml says it.",
            f"Have evaluation_models.{name}.price written in .github/clinft.yml; 0 only where it is free.",
        )
    endpoint = context.policy.endpoints[model.endpoint]
    deployed = endpoint.deployments.get(model.model, model.model)
    return context.services.models.open_hosted(
        HostedModel(model.provider, endpoint, deployed, known_as=model.model, journal=journal)
    )


def cost_of(context: Context, name: str, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
    """USD; None where the price of questions or answers is not known."""
    return prices_of(context, name).of(prompt_tokens, completion_tokens)


def prices_of(context: Context, name: str) -> Prices:
    """What is agreed in the policy, else of clinft's table; None where neither says it."""
    model = context.policy.evaluation_models[name]
    region = context.policy.endpoints[model.endpoint].region
    if model.price is None:
        return Prices(
            prices.price_of("input", model.provider, model.model, None, region),
            prices.price_of("output", model.provider, model.model, None, region),
            prices.price_of("cached_input", model.provider, model.model, None, region),
        )
    agreed = model.price

    def price(what: Literal["input", "output"], usd: Decimal) -> Price:
        return Price(
            what=what,
            value=usd,
            unit="usd_per_million_tokens",
            region=region,
            as_of=agreed.as_of,
            source=f"policy: {agreed.source}"[:300],
        )

    return Prices(
        price("input", agreed.usd_per_million_input_tokens),
        price("output", agreed.usd_per_million_output_tokens),
    )
