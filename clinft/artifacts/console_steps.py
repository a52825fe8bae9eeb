"""Training in a provider's own console, step by step: a person starts the job, clinft only hears of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinft.spec.training import HOSTED_METHODS, TrainingSpec

CONSOLES = (
    "OpenAI's dashboard: Fine-tuning → Create. Foundry's portal: Fine-tuning → Fine-tune a model. "
    "Others: their own page for it"
)


@dataclass(frozen=True)
class ConsoleFacts:
    """`run_id` None: no attempt is taken yet. Digests are empty where the files are not audited yet."""

    project: str
    training: TrainingSpec
    training_file: str
    validation_file: str
    training_sha256: str = ""
    validation_sha256: str = ""
    run_id: str | None = None


def console_steps(facts: ConsoleFacts) -> tuple[str, ...]:
    """Plain text, one step each."""
    return tuple(_steps(facts))


def _steps(facts: ConsoleFacts) -> Iterator[str]:
    folder = f"projects/{facts.project}"
    named = f" --run {facts.run_id}" if facts.run_id else ""
    yield (
        f"Where they do not lie here, make the files: clinft prepare {folder}, then clinft audit {folder}. "
        f"Check them with sha256sum: {facts.training_file} is {_digest(facts.training_sha256)}, "
        f"{facts.validation_file} is {_digest(facts.validation_sha256)}. Anything else was not audited: stop."
    )
    yield (
        "Open the console of the provider, in the account and the region that your policy's eligibility "
        f"facts are about ({CONSOLES})."
    )
    yield f"Choose the base model {facts.training.base_model}{_method(facts.training)}."
    yield "Upload these two files, the first for training, the second for validation, and no other file."
    yield f"Set: {'; '.join(_settings(facts.training))}. Leave the rest as the provider has it."
    yield (
        "Start the job, once. Note the id that the provider shows, and tell it: "
        f"clinft import {folder}{named} --job ID"
    )
    yield (
        "When the provider says that it succeeded, write down steps, trained_tokens, cost_usd and the loss "
        "curve in a file metrics.yaml, and tell them, with your name and the model's: "
        f"clinft import {folder}{named} --metrics metrics.yaml --source NAME --model MODEL"
    )
    yield (
        f"Go on: clinft train {folder}. Where the run was started on GitHub, commit {folder}/declared/ in a "
        "pull request instead; after its merge reconcile goes on by itself."
    )
    yield (
        "Delete both files in the console by the date of the policy's retention.provider_files_days, and "
        f"tell it: clinft import {folder} --run {facts.run_id or 'RUN'} --files-deleted"
    )
    yield (
        "If the job fails there, nothing is told: correct the cause and raise `revision` in project.yaml by "
        "one, which asks for a fresh run."
    )


def _digest(sha256: str) -> str:
    return sha256 or "what the audit's report names"


def _method(training: TrainingSpec) -> str:
    return f" and the method {training.method}" if training.method in HOSTED_METHODS else ""


def _settings(training: TrainingSpec) -> Iterator[str]:
    hyper = training.hyperparameters
    yield f"epochs {hyper.n_epochs}"
    if hyper.asked_batch_size is not None:
        yield f"batch size {hyper.asked_batch_size}"
    if hyper.learning_rate_multiplier is not None:
        yield f"learning rate multiplier {hyper.learning_rate_multiplier:g}"
    if hyper.learning_rate is not None:
        yield f"learning rate {hyper.learning_rate:g}"
    if hyper.beta is not None:
        yield f"beta {hyper.beta:g}"
    yield f"seed {hyper.seed}"
    if training.suffix is not None:
        yield f"suffix {training.suffix}"
