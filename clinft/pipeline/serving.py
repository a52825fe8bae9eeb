"""The deployed run of a project where its model is hosted by the hour, and what else is hosted there."""

from collections.abc import Iterator, Mapping
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
from clinft.stages.estimate import money

OURS = "clinft-"
EVALUATING = "clinft-eval-"
# Azure deletes what nobody asked for so long, and keeps the model (MicrosoftDocs/azure-ai-docs, 2026).
IDLE_DAYS = 15


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


def idle(context: Context, runs: Mapping[str, bool]) -> Iterator[str]:
    """What costs by the hour and is not what people agreed to deploy, in words.

    `runs`: of the project that are not on the branch yet, and whether they live: one that lives may be
    evaluating a model that is hosted for that alone.
    """
    found = host_of(context)
    if found is None:
        return
    hosting, _ = found
    models, wanted, fee = models_by_run(context), wanted_model(context), monthly_fee(context)
    mine = {*models, *runs}
    for one in hosting.list():
        evaluated = evaluated_run(one.name)
        if evaluated is None:
            is_left = one.model != wanted and (
                one.model in models.values() or one.name == name_of(context.name)
            )
        else:
            is_left = evaluated in mine and not runs.get(evaluated, False)
        if is_left:
            yield _left(context, one, fee)


def _left(context: Context, one: HostedDeployment, fee: Decimal | None) -> str:
    price = "costs by the hour" if fee is None else f"costs {fee} USD a month"
    return (
        f"{one.name} hosts {one.model}, which nobody agreed to there, and {price}. Take it down: "
        f"`clinft undeploy projects/{context.name} --name {one.name}`. After {IDLE_DAYS} days without a "
        "question Azure deletes it, and keeps the model."
    )


def evaluation_name(run_id: str, number: int) -> str:
    """Of a deployment that serves one evaluation."""
    return f"{EVALUATING}{run_id}-{number}"


def evaluated_run(name: str) -> str | None:
    """The run whose evaluation it serves; None where it serves none."""
    return name.removeprefix(EVALUATING).rpartition("-")[0] if name.startswith(EVALUATING) else None


def wanted_model(context: Context) -> str | None:
    run = deployed_run(context.paths.root)
    return None if run is None else models_by_run(context).get(run)


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
    return None if price is None else money.of_a_month(price)
