"""The comments of the tracking issue: one for each finished step. What it found, and what follows from it."""

from collections.abc import Callable, Iterable, Mapping

from clinft.artifacts.run_state import RunState
from clinft.stages.report import audit_words, run_evidence, words
from clinft.stages.report.markdown import document, numbered, table
from clinft.stages.report.numbers import count
from clinft.stages.report.pull_request.room import Room, money
from clinft.stages.report.returned import comparison, figures, names, safety, steps
from clinft.stages.report.returned.fitting import Block, fitted
from clinft.stages.report.returned.names import Links

LATER = {
    "deployed": (
        "Deployed",
        "`deployment.yaml` on the protected branch names this run now. clinft itself serves nothing: whoever "
        "operates the model acts on that file.",
    ),
    "rolled_back": (
        "Rolled back",
        "`deployment.yaml` on the protected branch does not name this run any more. clinft itself serves "
        "nothing: whoever operates the model acts on that file.",
    ),
    "weights_deleted": (
        "Weights deleted",
        "The trained weights were deleted, as the policy's retention says. The evidence stays in git.",
    ),
    "provider_files_deleted": (
        "Files at the provider deleted",
        "The copies of the training files at the provider were deleted, as the policy's retention says. "
        "The evidence stays in git.",
    ),
}
TRAIN_AGAIN = "Actions → train → Run workflow"


def step_note(step: steps.Step, links: Links) -> str:
    where = "All of it stands in the files of the run."
    render = NOTES[type(step)]
    return fitted(lambda room: [Block(document(render(step, links, room)))], where, "the files of the run")


def _queued(step: steps.Queued, links: Links, room: Room) -> Iterable[str]:
    decision = step.decision
    number = names.attempt(step.run_id)
    yield _heading("Plan merged and queued", step.run_id)
    yield table(
        ("What", "Value"),
        (
            ("Run", names.run(step.run_id) + ("" if number is None else f", attempt {number} at this plan")),
            ("Plan", names.digest(decision.plan_digest)),
            ("Pull request", names.pull(decision.source.pull_request)),
            ("Approved by", names.approved(decision, room)),
            ("May cost at most", money(decision.cost_bound_usd)),
        ),
    )
    if number is not None and number > 1:
        yield (
            "Every earlier attempt failed or was cancelled. The approvals are those of the plan, which is "
            "the same."
        )
    yield (
        "Data, audit, cost and approvals were checked once more on the protected branch. "
        "The machine that trains checks them again before it begins."
    )


def _prepared(step: steps.Prepared, links: Links, room: Room) -> Iterable[str]:
    prepared = step.prepared
    records = sum(split.records for split in prepared.splits.values())
    yield _heading("Data prepared", step.run_id)
    yield (
        f"{count(records, 'synthetic record')}. "
        "The digest of each split is part of the plan that was approved."
    )
    yield room.grid(
        ("Split", "Records", "Scenarios", "sha256"),
        [
            (room.text(name), f"{split.records:,}", f"{split.scenarios:,}", names.digest(split.sha256))
            for name, split in prepared.splits.items()
        ],
        numeric={1, 2},
    )
    yield run_evidence.disjointness(prepared)


def _audited(step: steps.Audited, links: Links, room: Room) -> Iterable[str]:
    audit = step.audit
    yield _heading(f"HIPAA audit: {audit.verdict}", step.run_id)
    waived = f" ({count(step.waived, 'HIGH one')} waived by the role privacy)" if step.waived else ""
    yield (
        f"Findings by severity: {figures.severities(audit)}{waived}. Searched for the 18 "
        f"identifiers of 45 CFR 164.514(b)(2)(i): {count(audit.records_scanned, 'row')} and "
        f"{count(audit.characters_scanned, 'character')} in {count(len(audit.files_scanned), 'file')}."
    )
    found = [row for row in audit.categories if row.findings]
    if found:
        yield room.grid(
            ("Letter", "Identifier", "Findings"),
            [(room.text(row.letter), room.text(row.title), f"{row.findings:,}") for row in found],
            numeric={2},
        )
    if audit.verdict in ("INVALID", "DECLINED"):
        yield room.listing([room.text(reason) for reason in audit.because])
        yield "Nothing is trained on these data, and nothing waives this."
    elif audit.verdict == "FAIL":
        yield (
            "Nothing is trained on these data while a CRITICAL finding, or a HIGH one without a waiver, "
            "stands against them."
        )
    unseen = [room.text(row.title) for row in audit.categories if row.status == "not_text_checkable"]
    if unseen:
        yield f"Text cannot hold these, so only embedded data was searched for: {room.inline(unseen, '; ')}."
    yield (
        f"{audit_words.sentence(audit_words.sensitivity_of(audit))} Origin: "
        f"{audit_words.signs(audit.authenticity)}. This is evidence for a privacy officer's decision, not "
        "the decision. Texts that were found are never shown here."
    )


def _started(step: steps.Started, links: Links, room: Room) -> Iterable[str]:
    state, entry = step.state, step.state.history[-1]
    training = state.purpose == "train"
    yield _heading("Fine-tuning started" if training else "Evaluation started", state.run_id)
    rows = [
        ("Provider", room.text(state.provider)),
        ("Runner", room.text(state.runner)),
        ("Workflow run", links.workflow_run(entry.workflow_run)),
        ("Commit of the protected branch", names.digest(state.main_sha)),
    ]
    if entry.job is not None:
        rows.append(("Job at the provider", room.text(entry.job.id)))
    yield table(("What", "Value"), rows)
    if not training:
        yield "The run exists already and is measured once more; nothing is trained."


def _paused(step: steps.Paused, links: Links, room: Room) -> Iterable[str]:
    yield _heading("Paused", step.state.run_id)
    yield _why(step.state, links, room)
    yield (
        f"Nothing is lost and nobody needs to act: clinft goes on from {_checkpoint(step.after_steps)}. "
        "It stays the same attempt at the same plan."
    )


def _resumed(step: steps.Resumed, links: Links, room: Room) -> Iterable[str]:
    yield _heading("Resumed", step.state.run_id)
    yield f"Goes on from {_checkpoint(step.after_steps)} ({_workflow(step.state, links)})."


def _failed(step: steps.Failed, links: Links, room: Room) -> Iterable[str]:
    state = step.state
    number = names.attempt(state.run_id)
    following = "a further attempt" if number is None else f"attempt {number + 1}"
    cancelled = state.status == "cancelled"
    yield _heading("Cancelled" if cancelled else "Failed", state.run_id)
    yield _why(state, links, room)
    yield "**What happens next**: nothing by itself. Whoever answers for the project:"
    yield numbered(
        (
            "Reads the log of the workflow run and corrects the cause.",
            f"Runs train again ({TRAIN_AGAIN}): {following} at the same plan needs no new pull request.",
            "Opens a pull request only where the plan itself must change.",
        )
    )


def _evaluated(step: steps.Evaluated, links: Links, room: Room) -> Iterable[str]:
    yield _heading("Evaluated", step.run_id)
    yield from figures.measures(step.evaluation, None, None, room)
    yield from figures.thresholds(step.evaluation, room)


def _compared(step: steps.Compared, links: Links, room: Room) -> Iterable[str]:
    yield _heading(f"Regression test: {step.regression.status}", step.run_id)
    yield safety.warning(step.regression, room)
    yield from comparison.regression(step.regression, step.critical_labels, room)


def _results(step: steps.ResultsOpened, links: Links, room: Room) -> Iterable[str]:
    yield _heading("Results are back", step.run_id)
    yield safety.warning(step.regression, room)
    if step.regression is None:
        yield "The run did not come to a comparison, so there is no recommendation."
    else:
        said = step.regression
        yield (
            f"Regression **{said.status}** ({words.REGRESSION[said.status]}), recommendation "
            f"**{said.recommendation}**: {safety.recommended(said)}."
        )
    yield (
        f"**To do**: one person with write access reviews and merges {names.pull(step.number)}, which brings "
        "the evidence into the repository. No role has to approve it. Merging it deploys nothing."
    )


def _deployment(step: steps.DeploymentOpened, links: Links, room: Room) -> Iterable[str]:
    yield _heading("Deployment proposed", step.run_id)
    now = "nothing is deployed now" if step.before is None else f"{names.run(step.before)} is deployed now"
    yield (
        f"{names.pull(step.number)} would make {names.run(step.run_id)} the deployed run; {now}. "
        "**To do**: a person of the role **privacy** and a person of the role **clinical** read the evidence "
        "and approve it, or close it."
    )


def _rollback(step: steps.RollbackOpened, links: Links, room: Room) -> Iterable[str]:
    yield _heading("Rollback proposed", step.run_id)
    to = "leave nothing deployed" if step.to is None else f"go back to {names.run(step.to)}"
    yield (
        f"{names.pull(step.number)} would take back {names.run(step.run_id)}, which is deployed, and {to}. "
        "**To do**: a person of the role **privacy** and a person of the role **clinical** read why and "
        "approve it, or close it. Until it is merged the file still names the deployed run: whoever operates "
        "the model may take it out of use at once."
    )


def _iteration(step: steps.IterationOpened, links: Links, room: Room) -> Iterable[str]:
    yield _heading("Another try proposed", step.run_id)
    yield (
        f"{names.pull(step.number)} changes a few lines of `project.yaml`, each with its reason and its "
        "predicted gain. **To do**: an ML engineer and a clinical reviewer read it. Who wants "
        "this plan opens a pull request of their own with these lines; who does not closes it. Its merge "
        "trains nothing."
    )


def _later(step: steps.Later, links: Links, room: Room) -> Iterable[str]:
    entry = step.entry
    title, sentence = LATER.get(entry.status, (f"Now {entry.status}", ""))
    yield _heading(title, entry.run_id)
    yield sentence
    yield room.text(entry.message) if entry.message.strip() else ""
    yield f"Recorded at {room.text(entry.at)} ({links.workflow_run(entry.workflow_run)})."


def _heading(what: str, run_id: str) -> str:
    return f"### {what} ({names.run(run_id)})"


def _why(state: RunState, links: Links, room: Room) -> str:
    said = state.history[-1].message
    why = room.text(said) if said.strip() else "the reason was not recorded"
    return f"**Why**: {why} ({_workflow(state, links)})"


def _workflow(state: RunState, links: Links) -> str:
    return links.workflow_run(state.history[-1].workflow_run)


def _checkpoint(after_steps: int | None) -> str:
    return "its last checkpoint" if after_steps is None else f"its checkpoint after step {after_steps:,}"


NOTES: Mapping[type[steps.Step], Callable[..., Iterable[str]]] = {
    steps.Queued: _queued,
    steps.Prepared: _prepared,
    steps.Audited: _audited,
    steps.Started: _started,
    steps.Paused: _paused,
    steps.Resumed: _resumed,
    steps.Failed: _failed,
    steps.Evaluated: _evaluated,
    steps.Compared: _compared,
    steps.ResultsOpened: _results,
    steps.DeploymentOpened: _deployment,
    steps.RollbackOpened: _rollback,
    steps.IterationOpened: _iteration,
    steps.Later: _later,
}
