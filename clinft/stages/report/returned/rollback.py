"""The rollback pull request: which run is taken back, why, by which evidence, and to what."""

from collections.abc import Iterable
from dataclasses import dataclass

from clinft.artifacts.results import RegressionVerdict
from clinft.spec.policy import CLINICAL, PRIVACY
from clinft.spec.project import ProjectSpec
from clinft.spec.screening import screen
from clinft.stages.report.markdown import bullets, document
from clinft.stages.report.pull_request.head import APPROVING_MEANS
from clinft.stages.report.pull_request.room import Room
from clinft.stages.report.returned import comparison, figures, names, safety
from clinft.stages.report.returned.fitting import Block, fitted, section
from clinft.stages.report.returned.names import Links
from clinft.stages.report.returned.one_line import (
    changed_line,
    deployment_file,
    how_to_check,
    read_first,
    who_decides,
)

AT_ONCE = (
    "**Until this is merged `deployment.yaml` still names the run.** Whoever operates the model may take it "
    "out of use at once; no pull request is needed for that."
)
DOES_NOT = (
    "It deletes nothing: the evidence of the run that is taken back stays, and its weights stay as long as "
    "the policy's retention says.",
    "It stops no server: clinft serves no model. Whoever operates the model acts on `deployment.yaml`.",
    "It does not look for notes that the model has read meanwhile. Whether people must look at them again is "
    "a clinical decision.",
    "It trains nothing. A corrected plan is a pull request of its own.",
)
MEANS_NOTHING_DEPLOYED = {
    PRIVACY: "nothing about the data stands against having no deployed model",
    CLINICAL: "the work goes on without a deployed model",
}
UNREADABLE_LENGTH = 20_000  # of a reason by hand: longer ones are no reason


@dataclass(frozen=True)
class RollbackFacts:
    """`run_id` is deployed; `to`: what would be deployed then, None: nothing. `regression`: what found it.

    `evidence`: the run whose folder holds that verdict, and `evidence_digest` that of its artifact. By hand
    `person` is a GitHub login and `reason` what that person wrote: hostile text like any other. `spec`: of
    the run that is taken back, `spec_then`: of the one that would be deployed.
    """

    project: str
    run_id: str
    to: str | None
    regression: RegressionVerdict | None = None
    evidence: str | None = None
    evidence_digest: str | None = None
    person: str | None = None
    reason: str = ""
    spec: ProjectSpec | None = None
    spec_then: ProjectSpec | None = None
    issue: int | None = None


def rollback_title(project: str, run_id: str) -> str:
    return names.title(project, "take back", run_id)


def rollback_body(facts: RollbackFacts, links: Links) -> str:
    where = "All of it stands in the evidence of the run."
    return fitted(lambda room: _blocks(facts, links, room), where, "the evidence of the run")


def _blocks(facts: RollbackFacts, links: Links, room: Room) -> Iterable[Block]:
    yield Block(document(_head(facts, room)))
    yield section("Why", *_why(facts, links, room))
    yield section("Who decides what", *_who_decides(facts, links))
    yield section("What this pull request does not do", bullets(DOES_NOT))
    yield section("How to check it", *how_to_check(facts.project, facts.run_id, facts.to))
    yield from comparison.many_flips(facts.regression, room)


def _head(facts: RollbackFacts, room: Room) -> Iterable[str]:
    run, gone = names.run(facts.run_id), facts.to is None
    yield f"## Take back {run} of {names.project(facts.project)}?"
    yield safety.warning(_verdict(facts), room)
    then = "no run is deployed any more" if gone else f"the deployed run is {names.run(facts.to or '')}"
    yield f"{run} is deployed. After the merge {then}."
    yield AT_ONCE
    where = deployment_file(facts.project)
    yield f"All that changes: {where} is deleted." if gone else f"All that changes is one line of {where}:"
    yield changed_line(facts.run_id, facts.to)
    if facts.issue is not None:
        yield f"Every step on the way stands in the tracking issue {names.pull(facts.issue)}."


def _why(facts: RollbackFacts, links: Links, room: Room) -> Iterable[str]:
    if facts.person is not None:
        yield from _by_hand(facts.person, facts.reason, room)
    verdict = _verdict(facts)
    if verdict is None:
        yield (
            "No reason and no evidence were recorded. Do not merge this before somebody says why."
            if facts.person is None
            else "No measurement stands behind it: nothing here proves it right or wrong. People decide."
        )
        return
    yield from comparison.regression(verdict, names.critical_labels(facts.spec), room)
    yield _evidence(facts, links)
    yield figures.SYNTHETIC


def _verdict(facts: RollbackFacts) -> RegressionVerdict | None:
    """What is kept is what this pull request leads back to, whatever the verdict knew of then."""
    found = facts.regression
    return None if found is None else found.model_copy(update={"keep": facts.to})


def _by_hand(person: str, reason: str, room: Room) -> Iterable[str]:
    """A reason is written in a hurry, about a patient: what looks like one's data is not repeated."""
    yield f"Asked for by hand, by {room.text(person)}."
    if len(reason) > UNREADABLE_LENGTH:
        yield f"The reason is longer than {UNREADABLE_LENGTH:,} characters and is not shown."
        return
    kinds = sorted({found.kind for found in screen(reason)})
    if kinds:
        yield (
            f"**The reason is not shown: it holds what looks like {room.inline(kinds, ' and ')}.** Whoever "
            "wrote it says it here once more, without that, and tells the privacy officer."
        )
        return
    yield "In that person's words, which nobody checked:"
    yield f"> {room.text(reason)}" if reason.strip() else "> (no reason was written)"


def _who_decides(facts: RollbackFacts, links: Links) -> Iterable[str]:
    then, spec = (facts.run_id, facts.spec) if facts.to is None else (facts.to, facts.spec_then)
    rows = []
    for role in (PRIVACY, CLINICAL):
        reads = read_first(facts.project, then, spec, links, role)
        means = MEANS_NOTHING_DEPLOYED[role]
        if facts.to is not None:
            means = f"of {names.run(facts.to)}, which is deployed then: {APPROVING_MEANS[role]}"
        rows.append((role, reads, means))
    yield from who_decides(rows, links)


def _evidence(facts: RollbackFacts, links: Links) -> str:
    place = None if facts.evidence is None else names.folder(facts.project, facts.evidence)
    if place is None:
        return "Evidence: not recorded."
    sha256 = names.whole_digest(facts.evidence_digest)
    return f"Evidence: {links.file(f'{place}/regress.json')}, digest {sha256}."
