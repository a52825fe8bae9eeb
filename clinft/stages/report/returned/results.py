"""The results pull request: what came out, who merges it, what merging does, and how to check it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.bundle import evidence_artifact
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunRecord, RunReport
from clinft.artifacts.run_state import Purpose
from clinft.spec.project import ProjectSpec
from clinft.stages.report import numbers, words
from clinft.stages.report.markdown import code, code_block, document, numbered, table
from clinft.stages.report.pull_request.room import Room, duration, money
from clinft.stages.report.returned import comparison, figures, names, safety
from clinft.stages.report.returned.fitting import Block, collapsed, fitted, section
from clinft.stages.report.returned.names import NOT_MEASURED, Links

GITHUB_ACTIONS = "github-actions[bot]"
MOST = 10**9  # dollars or seconds: what is more was not measured but made up
NOT_REACHED = "not reached: the run ended before"


@dataclass(frozen=True)
class ResultsFacts:
    """A run's folder, read; a stage that the run did not reach is None.

    `workflow_run`: the one of ours that sealed the record and left it under its digest. `commit`: of the
    evidence, on the branch. `author`: whoever opens the pull request. `baseline`: the evaluation of the run
    that the verdict compares with. `measured`: of the training. `message`: why the run failed, in clinft's
    words. `issue`: the project's tracking issue. `spec`: as the run's folder holds it.
    """

    record: RunRecord
    workflow_run: int
    spec: ProjectSpec | None = None
    report: RunReport | None = None
    audit: AuditReport | None = None
    estimate: CostEstimate | None = None
    decision: GateDecision | None = None
    model: TrainedModel | None = None
    evaluation: EvaluationReport | None = None
    baseline: EvaluationReport | None = None
    regression: RegressionVerdict | None = None
    measured: Mapping[str, float | int | str] = field(default_factory=dict)
    message: str = ""
    commit: str | None = None
    issue: int | None = None
    author: str = GITHUB_ACTIONS
    purpose: Purpose = "train"


def results_title(project: str, run_id: str) -> str:
    return names.title(project, "results of", run_id)


def results_body(facts: ResultsFacts, links: Links) -> str:
    where = "All of it stands in the files of this pull request."
    return fitted(lambda room: _blocks(facts, links, room), where, "`report.md`")


def _blocks(facts: ResultsFacts, links: Links, room: Room) -> Iterable[Block]:
    yield Block(document(_verdict(facts, links, room)))
    yield section("Who must act", *_who_must_act(facts, links, room))
    yield section("What was measured", *_measured(facts, room))
    if facts.regression is not None:
        labels = names.critical_labels(facts.spec)
        yield section("Regression", *comparison.regression(facts.regression, labels, room))
    yield section("Approvals, audit and cost", *_before(facts, room))
    yield section("What merging does", *_merging(facts))
    yield section("How to check it", *_check(facts))
    yield from comparison.many_flips(facts.regression, room)
    yield from _details(facts, room)
    yield collapsed("Digests", *_digests(facts, room))


def _verdict(facts: ResultsFacts, links: Links, room: Room) -> Iterable[str]:
    record, regression = facts.record, facts.regression
    yield f"## {names.project(record.project)}: run {names.run(record.run_id)} {record.status}"
    yield safety.warning(regression, room)
    if facts.report is not None:
        yield room.text(facts.report.headline)
    yield from _as_used(facts)
    if regression is not None:
        yield f"**{regression.recommendation}**: {safety.recommended(regression)}."
        labels = names.critical_labels(facts.spec)
        if regression.critical_flips or labels == ():
            yield comparison.critical(regression, labels)
    if record.status != "succeeded":
        why = room.text(facts.message) if facts.message.strip() else "the reason was not recorded"
        yield f"**Why**: {why}"
        yield "No model of this run can be deployed."
    place = names.folder(record.project, record.run_id)
    if place is not None and facts.report is not None:
        yield f"To read: {links.file(f'{place}/report.md', facts.commit)}."
    if facts.issue is not None:
        yield f"Every step on the way stands in the tracking issue {names.pull(facts.issue)}."


def _who_must_act(facts: ResultsFacts, links: Links, room: Room) -> Iterable[str]:
    steps = []
    if facts.author == GITHUB_ACTIONS:
        steps.append(
            '**One person with write access** presses "Approve workflows to run" at the end of this page: '
            f"the checks of a pull request that {room.text(GITHUB_ACTIONS)} opened start only then."
        )
    steps.append(
        "The same person, or another one, waits until the check `gate` is green, reads the figures "
        "and merges."
        if steps
        else "**One person with write access** waits until the check `gate` is green, reads and merges."
    )
    yield numbered(steps)
    yield (
        "No role has to approve: GitHub's own list of what "
        f"{links.workflow_run(facts.workflow_run)} left names the digest of this very record, so the gate "
        "knows that a workflow of this repository on the protected branch sealed it and that nobody changed "
        "it since. The branch's own rules on GitHub, such as a number of reviews, hold as always."
    )


def _as_used(facts: ResultsFacts) -> Iterable[str]:
    """The headline may compare label scores; what a reader wants first is the model as it would be used."""
    tuned = None if facts.evaluation is None else words.primary(facts.evaluation)
    if facts.evaluation is None or tuned is None:
        return
    main = facts.evaluation.main_metric
    found = words.find_metric(tuned, main)
    if found is not None and found.interval is not None:
        yield (
            f"As it would be used ({words.scoring(tuned.scoring)}): {words.metric(main)} "
            f"{numbers.interval_n(found.interval)}, on synthetic records only."
        )


def _measured(facts: ResultsFacts, room: Room) -> Iterable[str]:
    if facts.evaluation is None:
        yield "Nothing: the run ended before its model was evaluated."
        return
    yield from figures.measures(facts.evaluation, facts.regression, facts.baseline, room)
    yield figures.thresholds_in_words(facts.evaluation)


def _details(facts: ResultsFacts, room: Room) -> Iterable[Block]:
    evaluation = facts.evaluation
    if evaluation is None:
        return
    if evaluation.thresholds:
        yield collapsed("Thresholds", *figures.thresholds(evaluation, room))
    otherwise = [*figures.read_otherwise(evaluation, facts.regression, facts.baseline, room)]
    if otherwise:
        yield collapsed("The same, answers read in the other way", *otherwise)


def _before(facts: ResultsFacts, room: Room) -> Iterable[str]:
    decision, audit, estimate = facts.decision, facts.audit, facts.estimate
    yield table(
        ("What", "Said"),
        (
            (
                "Approved by",
                NOT_REACHED
                if decision is None
                else f"{names.approved(decision, room)}, on {names.pull(decision.source.pull_request)}",
            ),
            (
                "HIPAA audit",
                NOT_REACHED if audit is None else figures.audited(audit),
            ),
            ("Cost, estimated", NOT_REACHED if estimate is None else _estimated(estimate, room)),
            (
                "Cost, allowed",
                NOT_REACHED if decision is None else f"at most {money(decision.cost_bound_usd)}",
            ),
            ("Cost, measured", _cost(facts, room)),
            ("Time, measured", _time(facts)),
        ),
    )


def _estimated(estimate: CostEstimate, room: Room) -> str:
    price = f"{room.text(estimate.price.source)}, as of {room.text(estimate.price.as_of)}"
    return f"{money(estimate.cost_usd)}, at most {money(estimate.cost_usd_upper)} (price: {price})"


def _cost(facts: ResultsFacts, room: Room) -> str:
    said = facts.measured.get("cost_usd")
    if said is None:
        return NOT_MEASURED
    try:
        cost = Decimal(str(said))
    except InvalidOperation:
        return f"{room.text(str(said))}, which is no amount"
    if not (cost.is_finite() and 0 <= cost < MOST):
        return f"{room.text(str(said))}, which is no amount"
    above = facts.decision is not None and cost > facts.decision.cost_bound_usd
    return f"**{money(cost)}, above what was allowed**" if above else money(cost)


def _time(facts: ResultsFacts) -> str:
    seconds = facts.measured.get("seconds")
    if not isinstance(seconds, int | float) or not 0 <= seconds < MOST:
        return NOT_MEASURED
    return duration(seconds / 60)


def _merging(facts: ResultsFacts) -> Iterable[str]:
    record = facts.record
    place = names.folder(record.project, record.run_id)
    folder = "the run's folder" if place is None else code(f"{place}/")
    documents = ", the project's documents" if facts.report is not None else ""
    brought = f"{folder}{documents} and the rows of this run in `projects/tracking/`"
    yield numbered((f"The evidence enters the repository: {brought}.", _afterwards(facts)))
    yield "Nothing else: nothing is trained, deployed, sent or deleted."


def _afterwards(facts: ResultsFacts) -> str:
    regression = facts.regression
    if facts.record.status != "succeeded" or regression is None:
        return "No deployment follows. A further attempt at the same plan needs no new pull request."
    if regression.is_critical and facts.purpose == "train":
        return (
            f"No deployment follows, and clinft opens none. Rollback here means: {safety.kept(regression)}. "
            "This run was never in use, so there is no line to take back; were it deployed in spite of this, "
            "clinft would open a rollback pull request."
        )
    if regression.recommendation == "deploy" and not regression.is_critical:
        return (
            "clinft opens a deployment pull request of its own, for the roles **privacy** and **clinical** "
            "to decide. Until they approve it and it is merged, nothing is deployed."
        )
    if regression.recommendation == "rollback" or regression.is_critical:
        return "clinft opens a rollback pull request, for the roles **privacy** and **clinical** to decide."
    return (
        "No deployment pull request follows: the verdict does not recommend it. Where the errors show "
        "what to change in the plan, clinft opens a pull request that proposes it."
    )


def _check(facts: ResultsFacts) -> Iterable[str]:
    record = facts.record
    place = names.folder(record.project, record.run_id)
    if place is None:
        yield "Run `clinft verify` on the run's folder."
        return
    yield "On a checkout of this branch, without GitHub:"
    yield code_block(
        f"git fetch origin clinft/results/{record.run_id}\n"
        f"git switch --detach FETCH_HEAD\nclinft verify {place}",
        "sh",
    )
    yield (
        "It computes every digest again and says for each link: same, different, or not regenerable here. "
        "The weights are not in git; their digests are."
    )


def _digests(facts: ResultsFacts, room: Room) -> Iterable[str]:
    record = facts.record
    rows = [("plan", record.plan_digest), ("`record.json`", record.digest)]
    if facts.evaluation is not None:
        rows.append(("test split", facts.evaluation.test_sha256))
    if facts.model is not None:
        model = facts.model
        rows += [
            (f"base model {room.text(model.base_model.ref)}", model.base_model.digest),
            ("training file", model.training_file),
            ("validation file", model.validation_file),
            *((f"weights: {room.text(name)}", sha256) for name, sha256 in model.weights.items()),
        ]
    rows += [(f"stage {room.text(stage.stage)}", stage.digest) for stage in record.stages]
    yield room.grid(("What", "sha256"), [(what, names.whole_digest(sha256)) for what, sha256 in rows])
    if names.RUN_ID.fullmatch(record.run_id) and names.HEX.fullmatch(record.digest):
        artifact = evidence_artifact(record.run_id, record.digest, facts.purpose)
        yield f"On GitHub the evidence is the artifact {code(artifact)}."
