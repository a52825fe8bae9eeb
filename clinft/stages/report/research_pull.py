"""The pull request that brings a brief: counts and what they mean. No title of a record stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from clinft.artifacts.envelope import Artifact
from clinft.artifacts.research import SECTIONS, ResearchBrief
from clinft.stages.report.markdown import bullets, code_block, document, numbered, table
from clinft.stages.report.pull_request.room import FOLDER_NAME, Room
from clinft.stages.report.research import HEADINGS, MEANS
from clinft.stages.report.returned import names
from clinft.stages.report.returned.fitting import Block, fitted, section
from clinft.stages.report.returned.names import Links
from clinft.stages.report.returned.results import GITHUB_ACTIONS

MERGING = (
    "It adds two files. Later reports of this project show the brief with its age, and its suggestions.",
    "It trains nothing, deploys nothing and changes no plan: nothing follows a suggestion by itself.",
)


@dataclass(frozen=True)
class BriefFacts:
    """`commit`: of the protected branch, where `workflow_run` asked."""

    artifact: Artifact[ResearchBrief]
    commit: str
    workflow_run: int
    author: str = GITHUB_ACTIONS


def brief_title(project: str) -> str:
    return names.title(project, "brief of the literature")


def brief_body(facts: BriefFacts, links: Links) -> str:
    return fitted(
        lambda room: _blocks(facts, links, room),
        "All of it stands in the files of this pull request.",
        "`brief.md`",
    )


def _blocks(facts: BriefFacts, links: Links, room: Room) -> Iterable[Block]:
    brief, project = facts.artifact.payload, facts.artifact.project
    yield Block(document((f"## {names.project(project)}: what the literature says", MEANS)))
    yield section("What was found", _counts(brief))
    if brief.failed:
        told = [f"`{one.source}`: {room.text(one.why)}" for one in brief.failed]
        yield section("What did not answer", bullets(told))
    yield section("Who must act", numbered(_who_must_act(facts)))
    yield section("What merging does", bullets(MERGING))
    rows = (
        ("asked by", f"{links.workflow_run(facts.workflow_run)}, on commit {names.digest(facts.commit)}"),
        ("made on", brief.made_on),
        ("oldest answer of", brief.as_of),
        ("digest of the brief", names.whole_digest(facts.artifact.digest)),
    )
    yield section("What it rests on", table(("What", "Which"), rows))
    if FOLDER_NAME.fullmatch(project):
        line = code_block(f"clinft research projects/{project}", "sh")
        yield section("How to check it", "It asks again; services answer something else tomorrow:", line)


def _counts(brief: ResearchBrief) -> str:
    rows = []
    for one in SECTIONS:
        statements = brief.of(one)
        verified = sum(statement.status == "verified" for statement in statements)
        rows.append((HEADINGS[one], str(verified), str(len(statements) - verified)))
    grid = table(("Section", "Verified", "Unverified"), rows, numeric={1, 2})
    retracted = sum(one.retracted for one in brief.references)
    return f"{len(brief.references)} records, of which retracted: {retracted}.\n\n{grid}"


def _who_must_act(facts: BriefFacts) -> Iterable[str]:
    if facts.author == GITHUB_ACTIONS:
        yield (
            '**One person with write access** presses "Approve workflows to run" at the end of this page: '
            "the checks of a pull request that a workflow opened start only then."
        )
    yield "**Somebody of the team** reads `brief.md`, follows the addresses that matter, and merges."
