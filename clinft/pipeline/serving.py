"""The deployed run of a project where its model is hosted by the hour, and what else is hosted there."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from clinft import run_folder
from clinft.artifacts.model import TrainedModel
from clinft.errors import ClinftError, PolicyViolation, SpecError
from clinft.pipeline import costs
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import deployed_run
from clinft.ports.hosting import HostedDeployment, Hosting
from clinft.spec.eligibility import Endpoint
from clinft.spec.reached import endpoint_of

OURS = "clinft-"
EVALUATING = "clinft-eval-"
HOURS_PER_MONTH = 730
# Azure deletes what nobody asked for so long, and keeps the model (MicrosoftDocs/azure-ai-docs, 2026).
IDLE_DAYS = 15


@dataclass(frozen=True)
class Hosted:
    """`wanted`: the model that deployment.yaml names. `usd_month`: None where its price is not known."""

    name: str
    model: str
    state: str
    wanted: bool
    usd_month: Decimal | None


def name_of(project: str) -> str:
    return f"{OURS}{project}"


def host_of(context: Context) -> tuple[Hosting, Endpoint] | None:
    """None: this project's provider hosts nothing by the hour, or nobody may deploy there."""
    training = context.loaded.spec.training
    endpoint = endpoint_of(context.policy, training)
    if training.provider != "azure_openai" or endpoint is None:
        return None
    if endpoint.azure is None or endpoint.azure.deployer is None:
        return None
    return context.services.hosting(endpoint), endpoint


def need_host(context: Context) -> tuple[Hosting, Endpoint]:
    found = host_of(context)
    if found is None:
        raise SpecError(
            f"{context.name} has no place where its model is deployed by clinft.",
            "Only Azure OpenAI hosts models by the hour, and the endpoint must name azure.deployer.",
            "Nothing needs to be done elsewhere: the model answers as soon as it is trained.",
        )
    return found


def deploy(context: Context) -> HostedDeployment:
    """The run that deployment.yaml names, which people approved; refused above the policy's fee."""
    hosting, _ = need_host(context)
    model = wanted_model(context)
    if model is None:
        raise SpecError(
            f"{context.name} has no deployed run.",
            "deployment.yaml is missing, or names a run without a hosted model.",
            "Merge a deployment pull request first.",
        )
    training = context.loaded.spec.training
    fee = monthly_fee(context)
    most = context.policy.budgets.hosting_per_month_usd
    if fee is None or fee > most:
        raise PolicyViolation(
            f"Hosting {model} costs {'an unknown amount' if fee is None else f'{fee} USD'} a month.",
            f"The policy allows {most} USD (budgets.hosting_per_month_usd).",
            "Ask the owners of .github/clinft.yml to raise it, or serve an open-weight model yourselves.",
        )
    name = name_of(context.name)
    there = hosting.get(name)
    if there is not None and there.model != model:
        hosting.undeploy(name)
    hosting.deploy(name, model, training.training_type or "standard")
    return hosting.wait(name)


def hosted(context: Context) -> Iterator[Hosted]:
    """What is hosted of this project's models, or under a name of ours; nothing where nothing can be."""
    found = host_of(context)
    if found is None:
        return
    hosting, _ = found
    known, wanted = models_of(context), wanted_model(context)
    fee = monthly_fee(context)
    for one in hosting.list():
        if one.model in known or one.name == name_of(context.name):
            yield Hosted(one.name, one.model, one.state, one.model == wanted, fee)


def idle(context: Context) -> Iterator[str]:
    """What costs by the hour and is not what people agreed to deploy, in words."""
    for one in hosted(context):
        if one.wanted and not one.name.startswith(EVALUATING):
            continue
        costs = "costs by the hour" if one.usd_month is None else f"costs {one.usd_month} USD a month"
        yield (
            f"{one.name} hosts {one.model}, which deployment.yaml does not name, and {costs}. Take it down: "
            f"`clinft undeploy projects/{context.name} --name {one.name}`. After {IDLE_DAYS} days without a "
            "question Azure deletes it, and keeps the model."
        )


def wanted_model(context: Context) -> str | None:
    run = deployed_run(context.paths.root)
    return None if run is None else models_by_run(context).get(run)


def models_of(context: Context) -> frozenset[str]:
    return frozenset(models_by_run(context).values())


def models_by_run(context: Context) -> dict[str, str]:
    """Names of hosted models, by run; damaged evidence is left out."""
    found = {}
    for folder in sorted(context.paths.runs.glob("*-a*")):
        try:
            trained = run_folder.load(folder, "train", TrainedModel)
        except ClinftError:
            continue
        if trained is not None and not trained.payload.weights:
            found[folder.name] = trained.payload.fine_tuned_model
    return found


def monthly_fee(context: Context) -> Decimal | None:
    """At the price that the estimate takes, so that what was approved is what is compared."""
    price = costs.prices_for(context.policy, context.loaded.spec.training).hosting
    return None if price is None else (price.value * HOURS_PER_MONTH).quantize(Decimal("0.01"))
