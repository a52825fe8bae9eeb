"""Asking a model that answers at its provider; where it must be deployed for that, it is, and no longer."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clinft.errors import ClinftError, PolicyViolation, SpecError
from clinft.pipeline import lifecycles, serving
from clinft.pipeline.context import Context
from clinft.ports.hosting import Hosting
from clinft.ports.models import HostedModel, LanguageModel
from clinft.spec.eligibility import Endpoint
from clinft.spec.reached import endpoint_of
from clinft.stages.gate.places import may_be_asked

# Of a run: word for word what was answered, so never outside of its git-ignored data/.
ANSWERS = "data/hosted-answers.jsonl"


def _endpoint(context: Context, model: str) -> Endpoint:
    training = context.loaded.spec.training
    endpoint = endpoint_of(context.policy, training)
    if endpoint is None:
        raise SpecError(
            f"It is not known where {model} answers.",
            f"The policy has no endpoint for {training.provider}, or the spec names none of several.",
            f"Have the address listed under endpoints in .github/clinft.yml, for {training.provider}; where "
            "it is the only one the spec stays as it is.",
        )
    return endpoint


def answering(context: Context, model: str, journal: Path) -> LanguageModel:
    """A model that answers there already; nothing is deployed for it. What the journal holds is not asked.

    Raises PolicyViolation where questions may not be sent there, SpecError where it does not answer.
    """
    training = context.loaded.spec.training
    _refuse_where_not_allowed(context, model)
    endpoint = _endpoint(context, model)
    name = endpoint.deployments.get(model, model)
    if name == model and training.provider == "azure_openai":
        raise SpecError(
            f"{model} is not deployed, so it cannot be asked.",
            "On Azure a model answers under the name of its deployment; for an assessment none is made.",
            f"Deploy it and have `deployments: {{{model}: NAME}}` written at the endpoint in "
            ".github/clinft.yml.",
        )
    hosted = HostedModel(training.provider, endpoint, name, known_as=model, journal=journal)
    return context.services.models.open_hosted(hosted)


@contextmanager
def hosted_models(context: Context, run_id: str) -> Iterator[Callable[[str], LanguageModel]]:
    """Opens models by the provider's name. What is deployed for it here is taken down at the end.

    Answers are kept until all went well, so that after a failure only what is missing is asked; what is
    measured later is asked anew. Raises PolicyViolation where questions may not be sent there any more.
    """
    deployed: list[tuple[Hosting, str]] = []
    journal = context.run_dir / ANSWERS

    def opened(model: str) -> LanguageModel:
        training = context.loaded.spec.training
        _refuse_where_not_allowed(context, model)
        endpoint = _endpoint(context, model)
        name = endpoint.deployments.get(model, model)
        if name == model and training.provider == "azure_openai":
            hosting = _hosting(context, endpoint, model)
            name = serving.evaluation_name(run_id, len(deployed) + 1)
            # Told before it exists: whatever happens in between, it is taken down.
            deployed.append((hosting, name))
            context.say(f"Deploying {model} as {name}; it costs by the hour until it is taken down below.")
            hosting.deploy(name, model, training.training_type or "standard")
            hosting.wait(name)
        return context.services.models.open_hosted(
            HostedModel(training.provider, endpoint, name, known_as=model, journal=journal)
        )

    try:
        yield opened
        journal.unlink(missing_ok=True)
    finally:
        for hosting, name in deployed:
            _take_down(context, hosting, name)


def _refuse_where_not_allowed(context: Context, model: str) -> None:
    """The gate asked before the training; since then facts may have aged and people changed their minds."""
    training, today = context.loaded.spec.training, context.services.clock.now().date()
    life = lifecycles.lifecycle_of(training.provider, training.base_model)
    reasons = may_be_asked(context.policy, training, today, life)
    if reasons:
        raise PolicyViolation(
            f"{model} may not be asked: {len(reasons)} "
            f"{'reason speaks' if len(reasons) == 1 else 'reasons speak'} against it.",
            " ".join(f"{reason.code}: {reason.message}" for reason in reasons),
            " ".join(dict.fromkeys(reason.way_out for reason in reasons)),
        )


def _take_down(context: Context, hosting: Hosting, name: str) -> None:
    """What was measured is not lost where this fails: reconcile tells of it until it is gone."""
    try:
        hosting.undeploy(name)
    except ClinftError as error:
        context.say(f"{name} may still cost by the hour: `clinft undeploy` it. {error}")
    else:
        context.say(f"{name} is taken down.")


def _hosting(context: Context, endpoint: Endpoint, model: str) -> Hosting:
    if endpoint.azure is None or endpoint.azure.deployer is None:
        raise SpecError(
            f"{model} is not deployed, and nobody may deploy it.",
            "On Azure a model answers under the name of its deployment; the policy names no azure.deployer.",
            "Have azure.deployer set at the endpoint in .github/clinft.yml, or deploy it by hand and have "
            f"`deployments: {{{model}: NAME}}` written there.",
        )
    return context.services.hosting(endpoint)


def tokens_used(models: Sequence[LanguageModel]) -> dict[str, float | int | str]:
    """Of all that was asked, as the provider counts; nothing where all models are on this machine."""
    used = [model.used for model in models]
    if not used:
        return {}
    return {
        "prompt_tokens": sum(prompt for prompt, _ in used),
        "completion_tokens": sum(completion for _, completion in used),
    }
