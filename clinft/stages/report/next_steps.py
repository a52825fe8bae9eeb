"""The end of `report.md`: who does what now, from the recommendation and the numbers."""

from collections.abc import Iterable

from clinft.stages.report import numbers, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import code, escape, numbered

WEAKEST_CLASSES = 3
FIRST_CASES = 5
# Base models whose tuned weights `clinft export` does not have.
NOT_HANDED_OVER = ("hosted", "fake")


def next_steps(facts: RunFacts) -> Iterable[str]:
    yield "## What to do next"
    by_recommendation = {"deploy": _deploy, "iterate": _iterate, "rollback": _rollback}
    yield numbered(by_recommendation[facts.regression.recommendation](facts))


def _deploy(facts: RunFacts) -> Iterable[str]:
    deployment = f"projects/{facts.spec.name}/deployment.yaml"
    yield (
        f"**ML engineer**: run {code(f'clinft verify {facts.run_folder}')}, then read the per-class table "
        "and the errors above."
    )
    yield from _hipaa_step(facts)
    yield "**Clinical reviewer**: " + _weakest_in_words(facts)
    yield _kept(facts)
    yield (
        f"**ML engineer**: open a pull request that writes {code(f'run_id: {facts.run_id}')} into "
        f"{code(deployment)}. It needs the approval of privacy and of a clinical reviewer."
    )
    if facts.model.weights and facts.model.base_model.kind not in NOT_HANDED_OVER:
        yield (
            f"**Whoever operates the model**: once that is merged, {code(f'clinft export {facts.run_id}')} "
            "writes the folder that a server loads, on the machine that has the weights."
        )


def _iterate(facts: RunFacts) -> Iterable[str]:
    yield "**Nobody deploys this run.** It stays as evidence."
    for result in facts.evaluation.thresholds:
        if result.met is not True:
            yield (
                f"**ML engineer**: the threshold on {escape(words.metric(result.metric))} "
                f"({escape(result.bound)}) was not met: {escape(result.detail)}"
            )
    for change in facts.regression.metrics:
        if change.status == "FAIL":
            yield (
                f"**ML engineer**: {escape(words.metric(change.metric))} failed the comparison "
                f"with the baseline: {escape(change.detail)}"
            )
    yield "**ML engineer and clinical reviewer**: " + _weakest_in_words(facts)
    if _validation_loss_rose(facts):
        yield (
            "**ML engineer**: the validation loss rose towards the end. Try fewer epochs, a lower learning "
            "rate or more records."
        )
    if facts.assessment is not None and facts.assessment.verdict == "PROMPT_SUFFICIENT":
        yield (
            "**ML engineer**: the assessment found that a prompt alone reaches the target "
            f"({code(facts.assessment.recommended)}). Consider not fine-tuning."
        )
    yield _kept(facts)
    yield (
        f"**ML engineer**: change {code(f'projects/{facts.spec.name}/project.yaml')} or the prompt and open "
        "a pull request. For the same plan once more, raise `revision` by one."
    )


def _rollback(facts: RunFacts) -> Iterable[str]:
    deployment = f"projects/{facts.spec.name}/deployment.yaml"
    baseline = facts.regression.baseline_run_id
    earlier = f"back to {code(baseline)}" if baseline else "back to the run it named before, or delete it"
    yield (
        f"**Whoever operates the model**: open a pull request that sets {code(deployment)} {earlier}. "
        "It needs the approval of privacy and of a clinical reviewer."
    )
    yield (
        "**Clinical reviewer**: look at the critical cases in the section Regression "
        "and at what was done with them."
    )
    yield "**ML engineer**: keep this run; find the cause in the per-class table and the errors above."
    yield _kept(facts)


def _kept(facts: RunFacts) -> str:
    """On GitHub the workflow report does it."""
    tables = code("projects/tracking/")
    if facts.decision.mode != "local":
        return (
            f"**ML engineer**: merge the results pull request; it brings this run and its rows in {tables}."
        )
    return (
        f"**ML engineer**: run {code('clinft tracking rebuild')}, and commit {code(facts.run_folder)} and "
        f"{tables} together; the run's git-ignored {code('data/')} stays on this machine."
    )


def _hipaa_step(facts: RunFacts) -> Iterable[str]:
    if "hipaa_report" in facts.spec.documents:
        yield "**Privacy officer**: read [HIPAA_REPORT.md](HIPAA_REPORT.md), its limits first, and sign it."


def _weakest_in_words(facts: RunFacts) -> str:
    result = words.primary(facts.evaluation)
    supported = [label for label in result.labels if label.support] if result else []
    if not supported:
        return _errors_in_words(facts)
    weakest = sorted(supported, key=lambda label: (label.recall.low, label.label))[:WEAKEST_CLASSES]
    listed = ", ".join(f"{code(label.label)} {numbers.interval_n(label.recall)}" for label in weakest)
    return f"judge the classes with the lowest recall: {listed}."


def _errors_in_words(facts: RunFacts) -> str:
    """Of a task without labels: the cases to read, by their ids."""
    items = [item for group in facts.evaluation.errors for item in group.items][:FIRST_CASES]
    if not items:
        return "no answer of the tuned model was wrong; read some all the same, with `clinft inspect`."
    listed = ", ".join(code(item) for item in items)
    return f"read these answers, critical misses and lowest scores first: {listed} (`clinft inspect`)."


def _validation_loss_rose(facts: RunFacts) -> bool:
    losses = [point.validation_loss for point in facts.model.loss if point.validation_loss is not None]
    return len(losses) > 1 and losses[-1] > min(losses)
