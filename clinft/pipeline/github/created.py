"""Everything that merging will create or send. What is not on this list is not created."""

from collections.abc import Iterator
from typing import Literal

from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.pull_request import Created
from clinft.pipeline.attempts import PLAN_PREFIX
from clinft.pipeline.context import Context
from clinft.pipeline.sinks.documents import COMMITTED as DOCUMENTS
from clinft.spec.policy import Policy
from clinft.spec.reached import endpoint_of
from clinft.stages.gate.places import OWN_MACHINES

SINKS: dict[str, tuple[tuple[Literal["message", "row", "document", "dataset"], str, str], ...]] = {
    "slack": (
        (
            "message",
            "one thread for the plan: data plan, audit, cost, job, evaluation, regression, and concerns",
            "within an hour of each step; a message is changed in place where there is news",
        ),
    ),
    "google_sheets": (
        (
            "row",
            "the rows that the run adds to the tables of projects/tracking/, with links to the documents",
            "when the results are merged",
        ),
    ),
    "google_docs": (
        (
            "document",
            "model card, data dictionary and HIPAA report as far as the spec asks for them, and the prompt; "
            "the same documents are kept up to date",
            "when the results are merged",
        ),
    ),
    "langsmith": (
        (
            "dataset",
            "one dataset with the audited records of all splits, and one experiment for each system with the "
            "scores of each item and the answers that passed the audit",
            "when the results are merged",
        ),
    ),
}


def created(
    context: Context, policy: Policy, estimate: CostEstimate, by_hand: bool = False
) -> Iterator[Created]:
    """`by_hand`: the merge starts nothing; what a person creates by training on a machine."""
    if by_hand:
        yield from _by_hand(context, estimate)
        yield from _sent(context, policy)
        return
    spec, training = context.loaded.spec, context.loaded.spec.training
    run = f"{estimate.plan_digest[:PLAN_PREFIX]}-a1"
    yield Created(
        kind="job",
        where=f"{training.provider} on the runner {training.runner}"
        if training.provider in OWN_MACHINES
        else training.provider,
        what=f"one training run, {run} (a later number where an attempt failed)",
        when="at the merge",
    )
    where = "the runner, in git-ignored files" if training.provider in OWN_MACHINES else training.provider
    yield Created(
        kind="dataset",
        where=where,
        what=f"training and validation file, {estimate.training_tokens:,} tokens of training data",
        when="at the merge",
    )
    if training.provider not in OWN_MACHINES:
        yield from _evaluated(context, policy)
    if training.provider in OWN_MACHINES:
        kept = f"kept {policy.retention.weights_days} days where the machine is yours"
        yield Created(
            kind="file",
            where="the machine of the runner, outside git",
            what=f"checkpoints and trained weights, {kept}",
            when="while it trains",
        )
    yield Created(
        kind="file",
        where="artifacts of this repository's Actions",
        what="the run's evidence without weights, kept 90 days",
        when="when the run ends",
    )
    yield Created(
        kind="issue",
        where="this repository",
        what=f"the tracking issue of {spec.name} and its labels, where there are none; one comment for each "
        "finished step",
        when="at the merge",
    )
    yield Created(
        kind="file",
        where=f"the git ref refs/clinft/{spec.name}",
        what="the lock of the project and the journal of runs that are not merged yet",
        when="at the merge",
    )
    yield Created(
        kind="pull request" if policy.commit_back.mode == "pull_request" else "file",
        where=f"branch clinft/results/{run}" if policy.commit_back.mode == "pull_request" else "main",
        what=f"the evidence projects/{spec.name}/runs/{run}/",
        when="when the run ends",
    )
    for document in (one for one in spec.documents if one in DOCUMENTS):
        yield Created(
            kind="document",
            where=f"projects/{spec.name}/{DOCUMENTS[document]}",
            what="made from the run's evidence",
            when="with the evidence",
        )
    yield Created(
        kind="row", where="projects/tracking/*.csv", what="rows in the tables", when="with the evidence"
    )
    yield Created(
        kind="pull request",
        where="this repository",
        what=f"one line in projects/{spec.name}/deployment.yaml, for your decision",
        when="only if the regression verdict is deploy; a rollback one only if a deployed model fails",
    )
    yield Created(
        kind="pull request",
        where=f"branch clinft/iterate/{run}",
        what=f"a few lines of projects/{spec.name}/project.yaml with their reasons; its merge trains nothing",
        when="only if the regression verdict is iterate",
    )
    yield Created(
        kind="pull request",
        where="branch clinft/disposals",
        what="a note that weights or a provider's files were deleted",
        when="after the days that the policy names",
    )
    yield from _sent(context, policy)


def _sent(context: Context, policy: Policy) -> Iterator[Created]:
    """Of a run that a person makes too, once its results are merged."""
    yield Created(
        kind="file",
        where="artifacts of this repository's Actions",
        what="the dashboard of all projects, kept 7 days",
        when="when the results are merged, and at the merge",
    )
    if policy.pages.publish:
        yield Created(
            kind="document",
            where="GitHub Pages of this repository",
            what="the dashboard of all projects, with the documents of every run, for whoever may see it",
            when="when the results are merged, and at the merge",
        )
    for name in context.loaded.spec.notify:
        if name in policy.sinks:
            sink = policy.sinks[name]
            for kind, what, when in SINKS[sink.kind]:
                yield Created(kind=kind, where=sink.description, what=what, when=when)
            yield Created(
                kind="file",
                where=f"the git ref refs/clinft-sinks/{name}",
                what="ids and digests of what was sent",
                when="with the first of it",
            )


def _evaluated(context: Context, policy: Policy) -> Iterator[Created]:
    training = context.loaded.spec.training
    endpoint = endpoint_of(policy, training)
    account = None if endpoint is None else endpoint.azure
    if training.provider == "azure_openai" and account is not None and account.deployer is not None:
        yield Created(
            kind="job",
            where=training.provider,
            what="a deployment of each evaluated model that has none: by the hour, taken down afterwards",
            when="when it is trained",
        )
    yield Created(
        kind="message",
        where=training.provider,
        what="each record of the test split as a question, to the base model and to the trained one",
        when="when it is trained",
    )


def _by_hand(context: Context, estimate: CostEstimate) -> Iterator[Created]:
    spec = context.loaded.spec
    run, when = f"{estimate.plan_digest[:PLAN_PREFIX]}-a1", "when a person runs it"
    yield Created(kind="job", where="the machine it is run on", what=f"one training run, {run}", when=when)
    yield Created(
        kind="dataset",
        where="git-ignored files of that machine",
        what=f"records, training and validation file, {estimate.training_tokens:,} tokens of training data",
        when=when,
    )
    yield Created(
        kind="file", where=f"projects/{spec.name}/runs/{run}/", what="the run's evidence", when=when
    )
    for document in (one for one in spec.documents if one in DOCUMENTS):
        where = f"projects/{spec.name}/{DOCUMENTS[document]}"
        yield Created(kind="document", where=where, what="made from the run's evidence", when=when)
