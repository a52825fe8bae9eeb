"""The pull request that proposes another try: a few lines of project.yaml, each with its reason.

A bot opens it, so its merge trains nothing (CLINFT-G055): who wants the plan makes it theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clinft.artifacts.proposal import Proposal
from clinft.artifacts.results import RegressionVerdict
from clinft.stages.report import proposal as in_words
from clinft.stages.report import words
from clinft.stages.report.markdown import bullets, code, code_block, document, numbered
from clinft.stages.report.pull_request.room import FOLDER_NAME, Room
from clinft.stages.report.returned import names
from clinft.stages.report.returned.fitting import Block, collapsed, fitted, section
from clinft.stages.report.returned.names import Links

MERGING = (
    "**It trains nothing by itself**: a bot opened it, and a plan is somebody's intention (CLINFT-G055). "
    "Where it is merged all the same, the plan waits until somebody raises `revision` in a pull request.",
    "It lowers no threshold and no margin, and takes no label and no rule of the audit away.",
    "It deploys nothing: a new run gets a verdict of its own.",
)
TAKEN = (
    "Its checks prepare, audit and estimate the plan, its comment shows what it would cost, and the roles "
    "that the policy names approve it. Merging that one trains. Then close this one."
)


@dataclass(frozen=True)
class IterationFacts:
    """`regression`: the verdict of the run that this follows."""

    proposal: Proposal
    regression: RegressionVerdict | None


def iteration_title(project: str, run_id: str) -> str:
    return names.title(project, "another try after", run_id)


def iteration_body(facts: IterationFacts, links: Links) -> str:
    where = "All of it is computed again by `clinft propose`."
    return fitted(lambda room: _blocks(facts, links, room), where, "`clinft propose`")


def _blocks(facts: IterationFacts, links: Links, room: Room) -> Iterable[Block]:
    proposal = facts.proposal
    yield Block(document(_head(facts, links, room)))
    yield section("What would change, and why", *in_words.changes(proposal, room))
    yield section("What it costs", in_words.cost(proposal, room))
    yield section("Who must act", numbered(_who_must_act()), *_taking_over(proposal))
    yield section("What merging does", bullets(MERGING))
    yield section(
        "What was found in the errors",
        *in_words.groups(proposal, room),
        *in_words.kinds(proposal, room),
        *in_words.left_alone(proposal, room),
    )
    yield section("What more records would bring", *in_words.curve(proposal, room))
    yield collapsed("How to check it", *_check(proposal))


def _head(facts: IterationFacts, links: Links, room: Room) -> Iterable[str]:
    proposal, verdict = facts.proposal, facts.regression
    project = names.project(proposal.project)
    yield f"## Another try at {project} after {names.run(proposal.run_id)}?"
    if verdict is not None:
        yield (
            f"The verdict of that run is **{verdict.status}** ({words.REGRESSION[verdict.status]}), so it is "
            "not deployed."
        )
        yield room.text(verdict.reason)
    place = names.folder(proposal.project, proposal.run_id)
    if place is not None:
        yield f"It rests on {links.file(f'{place}/items.jsonl')} and {links.file(f'{place}/evaluate.json')}."
    yield (
        "Proposed by arithmetic, not by a model: every reason below is a count over synthetic records whose "
        "facts are known. Edit this branch, or close it, where you know better."
    )


def _who_must_act() -> Iterable[str]:
    yield "**ML engineer and clinical reviewer** read what was found, and close this where they doubt it."
    yield (
        "**Who wants this plan** opens a pull request of their own with these lines, changed where they know "
        "better. From then on it is theirs."
    )


def _taking_over(proposal: Proposal) -> Iterable[str]:
    if names.RUN_ID.fullmatch(proposal.run_id):
        lines = (
            f"git fetch origin clinft/iterate/{proposal.run_id}",
            "git switch -c another-try FETCH_HEAD",
            "git push -u origin another-try",
        )
        yield code_block("\n".join(lines), "sh")
    yield TAKEN


def _check(proposal: Proposal) -> Iterable[str]:
    if FOLDER_NAME.fullmatch(proposal.project) and names.RUN_ID.fullmatch(proposal.run_id):
        command = f"clinft propose projects/{proposal.project} --run {proposal.run_id}"
        yield "On a checkout of the protected branch, without GitHub; the same evidence proposes the same:"
        yield code_block(command, "sh")
    else:
        yield f"Run {code('clinft propose')} on the project's folder."
