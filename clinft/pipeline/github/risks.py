"""What could go wrong although every check passes; each sentence rests on something that was found."""

from collections.abc import Iterator
from datetime import date

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.pull_request import Assessment
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import deployed_run
from clinft.spec.policy import Policy
from clinft.spec.reached import AT_ENDPOINTS
from clinft.stages.gate.places import OWN_MACHINES

# Below it a 95 % interval of a share is wider than ten points on either side, whatever the share.
SMALL_TEST = 97
SMALL_CLASS = 10
SOON_DAYS = 30


def risks(
    context: Context,
    policy: Policy,
    prepared: PreparedDataset,
    assessment: Assessment | None,
    audit: AuditReport,
    estimate: CostEstimate,
    decision: GateDecision,
) -> Iterator[str]:
    yield from _data(prepared, context.loaded.spec.regression.critical_labels)
    yield from _advice(assessment)
    yield from _audit(audit, decision, policy, context)
    yield from _money(estimate)
    training = context.loaded.spec.training
    if training.provider not in OWN_MACHINES:
        yield f"The training and validation files leave this repository for {training.provider}."
        yield from _unasked(training.provider)
    elif training.provider != "fake_hosted" and _is_githubs(policy, training.runner):
        yield (
            "It trains on a machine of GitHub: the weights are gone when the job ends. The figures stay; the "
            "model cannot be used, deployed or evaluated again."
        )
    if deployed_run(context.paths.root) is None and not decision.refused:
        yield "Nothing is deployed yet, so the result can be compared with its base model only."
    yield from (reason.message for reason in decision.reasons if reason.code == "CLINFT-G023")


def _unasked(provider: str) -> Iterator[str]:
    """Checks of a pull request hold no secret, so they ask no provider anything."""
    if provider in AT_ENDPOINTS:
        yield (
            f"Not asked at {provider} before the merge: whether the key works, whether this account may tune "
            "the model, and its end date as the provider says it today. It is asked before anything is sent."
        )
    elif provider == "mcp":
        yield (
            "Not asked before the merge: whether the MCP server is there and its tools take these arguments. "
            "That is asked before anything is sent."
        )
    elif provider == "manual":
        yield "A person trains in a provider's console; what they tell is declared, not measured."


def _is_githubs(policy: Policy, runner: str) -> bool:
    return runner in policy.runners and not policy.runners[runner].labels


def _data(prepared: PreparedDataset, critical: tuple[str, ...]) -> Iterator[str]:
    test = prepared.splits.get("test")
    if test is None:
        return
    if test.records < SMALL_TEST:
        yield (
            f"The test split has {test.records} records: a share measured on it is known to no better than "
            "ten points either way."
        )
    counts = {label: test.by_label.get(label, 0) for label in critical}
    small = [f"{label} ({count})" for label, count in counts.items() if count < SMALL_CLASS]
    if small:
        yield f"Critical labels with fewer than {SMALL_CLASS} test records: {', '.join(small)}."
    if prepared.duplicate_texts:
        yield f"{prepared.duplicate_texts} texts stand in the data more than once."


def _advice(assessment: Assessment | None) -> Iterator[str]:
    if assessment is None:
        yield "No assessment lies in the repository: whether a prompt alone would do is not known."
    elif not assessment.current:
        yield "The assessment was made of another prompt, other data or another base model."
    elif assessment.payload.verdict == "INCONCLUSIVE":
        yield "The assessment could not tell whether a prompt alone would do."
    elif assessment.payload.verdict == "PROMPT_SUFFICIENT":
        yield "The assessment says that a prompt alone would do: training adds cost and risk for little."
    elif assessment.payload.verdict == "HYBRID":
        yield "The assessment says that a better prompt comes first; the plan is made of the committed one."


def _audit(audit: AuditReport, decision: GateDecision, policy: Policy, context: Context) -> Iterator[str]:
    if decision.waived:
        yield f"{len(decision.waived)} HIGH findings are waived; the reasons stand in .github/clinft.yml."
    minor = {name: audit.by_severity.get(name, 0) for name in ("MEDIUM", "LOW")}
    if any(minor.values()):
        told = ", ".join(f"{count} {name}" for name, count in minor.items() if count)
        yield f"The audit found {told}; they do not block, but somebody should look."
    today = context.services.clock.now().date()
    for waiver in policy.waivers:
        left = (date.fromisoformat(waiver.expires) - today).days
        if waiver.project == context.name and waiver.finding in decision.waived and left <= SOON_DAYS:
            yield f"The waiver of finding {waiver.finding} ends on {waiver.expires}."


def _money(estimate: CostEstimate) -> Iterator[str]:
    if estimate.tokens_basis == "characters":
        yield "Tokens are estimated from characters; they are counted where the model lies, before training."
    if estimate.minutes is None:
        yield "How long training takes is not known: nothing was measured for this recipe yet."
