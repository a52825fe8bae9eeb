"""The assessment in words: the table of prompts that every reader gets, and its pull request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clinft.artifacts.envelope import Artifact
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.stages.report import assessment_ladder as ladder
from clinft.stages.report import numbers, words
from clinft.stages.report.markdown import bullets, code_block, document, numbered, table
from clinft.stages.report.pull_request.project import method
from clinft.stages.report.pull_request.room import FOLDER_NAME, UNKNOWN, Room
from clinft.stages.report.returned import names
from clinft.stages.report.returned.fitting import Block, fitted, section
from clinft.stages.report.returned.names import Links
from clinft.stages.report.returned.results import GITHUB_ACTIONS

SAID: Mapping[str, str] = MappingProxyType(
    {
        "PROMPT_SUFFICIENT": "**PROMPT-SUFFICIENT: training is not recommended.**",
        "FINE_TUNE": "**FINE-TUNE: no prompt that was tried reaches the target.**",
        "HYBRID": "**HYBRID: a better prompt first, and training for what is left.**",
        "INCONCLUSIVE": "**INCONCLUSIVE: this measurement does not decide.**",
    }
)
MEANS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "PROMPT_SUFFICIENT": (
            "The whole interval of the best prompt lies at or above the target: the base model with this "
            "prompt does what the spec asks for, and no trained model has to be kept and watched.",
            "From the merge on an approval of the role **ml** must state a reason, or the gate waits "
            "(CLINFT-G025).",
        ),
        "FINE_TUNE": (
            "The whole interval of the best prompt lies below the target: training has something to gain.",
            "It does not say that training gains it: that is measured after training, on the test split.",
        ),
        "HYBRID": (
            "The whole interval of every prompt lies below the target, but part of what is missing needs no "
            "training: a better prompt, constrained decoding or retrieval gets some of it.",
            "Adopt the recommended prompt first (`clinft assess --adopt`): the training plan is made of the "
            "prompt that is committed.",
        ),
        "INCONCLUSIVE": (
            "It speaks neither for training nor against it. A least accuracy in the spec, where there is "
            "none, or more dev records can make it decide.",
        ),
    }
)
ALWAYS_MEANS = (
    "The records are synthetic: it says nothing about notes of real patients.",
    "It was measured on the dev split, from which no model is trained. The test split was not read.",
)
MERGING = (
    "It adds one file. Later pull requests of this project show it with its age, and as stale once prompt, "
    "data, thresholds or base model are others.",
    "It trains nothing, deploys nothing and changes no plan.",
)


NO_ROLE = (
    "No role has to approve: the file advises, and decides nothing. Who doubts its figures closes this pull "
    "request and says why. The branch's own rules on GitHub hold as always."
)


@dataclass(frozen=True)
class AssessmentFacts:
    """`commit`: of the protected branch, where `workflow_run` measured. `paid`: what that cost, in words."""

    artifact: Artifact[PromptAssessment]
    commit: str
    workflow_run: int
    paid: str
    author: str = GITHUB_ACTIONS


def assessment_title(project: str) -> str:
    return names.title(project, "assessment of the prompt")


def assessment_body(facts: AssessmentFacts, links: Links) -> str:
    where = "All of it stands in the file of this pull request."
    return fitted(lambda room: _blocks(facts, links, room), where, "`assess.json`")


def strategies(payload: PromptAssessment, room: Room) -> Iterable[str]:
    yield f"{room.text(payload.reason)} Recommended prompt: {ladder.strategy(payload.recommended, room)}."
    yield ladder.rungs(payload.results, room)
    intervals = (one for found in payload.results for one in (found.score, found.critical_recall))
    how = dict.fromkeys(method(one, room) for one in intervals if one is not None)
    yield (
        f"Measured on the dev split {names.digest(payload.dev_sha256)}. "
        f"Brackets: {room.inline([*how]) or UNKNOWN}."
    )
    yield from ladder.brief(payload, room)


def _blocks(facts: AssessmentFacts, links: Links, room: Room) -> Iterable[Block]:
    payload, project = facts.artifact.payload, facts.artifact.project
    head = f"## {names.project(project)}: does a prompt alone do?"
    yield Block(document((head, SAID[payload.verdict], _target(payload, room))))
    yield section("What was measured", *strategies(payload, room))
    yield section("What it means", bullets((*MEANS[payload.verdict], *ALWAYS_MEANS)))
    yield section("Who must act", numbered(_who_must_act(facts)), NO_ROLE)
    yield section("What merging does", bullets(MERGING))
    yield section("What it rests on", table(("What", "Which"), _rests_on(facts, links, room)))
    if FOLDER_NAME.fullmatch(project):
        lines = f"clinft prepare projects/{project}\nclinft assess projects/{project}"
        yield section("How to check it", "On a checkout of the protected branch:", code_block(lines, "sh"))


def _target(payload: PromptAssessment, room: Room) -> str:
    if payload.target is None:
        return "The spec sets no least accuracy, so there is no target to compare with."
    metric = room.text(words.metric(payload.target_metric))
    return f"The spec's target: {metric} of at least {numbers.number(payload.target)}."


def _who_must_act(facts: AssessmentFacts) -> Iterable[str]:
    if facts.author == GITHUB_ACTIONS:
        yield (
            '**One person with write access** presses "Approve workflows to run" at the end of this page: '
            "the checks of a pull request that a workflow opened start only then."
        )
    yield "**One person with write access** waits until the check `gate` is green, reads and merges."


def _rests_on(facts: AssessmentFacts, links: Links, room: Room) -> Iterable[tuple[str, str]]:
    inputs = facts.artifact.inputs
    yield "measured by", f"{links.workflow_run(facts.workflow_run)}, on commit {names.digest(facts.commit)}"
    yield "measured at", room.text(facts.artifact.created_at)
    yield "clinft", room.text(facts.artifact.clinft_version)
    for name, what in (("base_model", "base model"), ("prompt", "prompt"), ("dev", "dev split")):
        yield what, names.whole_digest(inputs.get(name))
    yield "paid", room.text(facts.paid)
