"""Tools that draft: two files of a project in the working tree, and one commit on a branch of its own.

A person reads the draft, pushes it and opens the pull request; checks and reviews decide from there on.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from clinft.artifacts.canonical import digest_bytes
from clinft.errors import SpecError
from clinft.pipeline.assistant.desk import PROJECTS, Desk
from clinft.pipeline.assistant.form import File, Name, Place, places
from clinft.pipeline.assistant.position import differing
from clinft.pipeline.assistant.scratch import copied
from clinft.pipeline.assistant.specs import read_files
from clinft.pipeline.problems import problems_of
from clinft.run_folder import write_atomically
from clinft.spec import quarantine
from clinft.spec.base import Line, Sha256, Slug, Strict
from clinft.spec.load import PROMPT_NAME, SPEC_NAME
from clinft.spec.scaffold import new_project as write_new
from clinft.spec.screening import screen
from clinft.spec.starting import CLASSIFICATION

BRANCH = "clinft-draft/"
FILES = (SPEC_NAME, PROMPT_NAME)
NEVER = frozenset({"main", "master"})
Body = Annotated[str, StringConstraints(min_length=1, max_length=300_000)]
Message = Annotated[str, StringConstraints(max_length=4_000)]


class OfNew(Strict):
    name: Name
    domain: Slug = Field(description="One that list_domains names.")
    task: Annotated[str, StringConstraints(max_length=60)] = Field(default=CLASSIFICATION)


class Begun(Strict):
    project: Slug
    branch: str
    files: tuple[File, ...] = Field(description="Valid as they are; edit them with draft_spec.")


def new_project(desk: Desk, asked: OfNew) -> Begun:
    branch = _refuse_protected(desk)
    if desk.projects.is_symlink():
        raise SpecError(
            "projects is a symbolic link.",
            "What it points to could lie outside.",
            "Put the folder itself there.",
        )
    write_new(desk.root, asked.name, asked.domain, asked.task)
    return Begun(project=asked.name, branch=branch, files=tuple(read_files(desk, asked.name)))


class OfTexts(Strict):
    project: Name
    spec: Body | None = Field(default=None, description="The whole new project.yaml; absent: it stays.")
    prompt: Body | None = Field(default=None, description="The whole new prompt/prompt.md; absent: it stays.")
    spec_sha256: Sha256 | None = Field(
        default=None, description="Of the project.yaml that this replaces, as read_project told it."
    )
    prompt_sha256: Sha256 | None = Field(default=None, description="The same of prompt/prompt.md.")
    write: bool = Field(default=True, description="False: only say what would be wrong with it.")


class Drafted(Strict):
    project: Slug
    valid: bool
    written: bool = Field(description="Only what is valid is written.")
    branch: str | None
    problems: tuple[Place, ...]
    files: tuple[File, ...] = Field(description="As they are now.")


def draft_spec(desk: Desk, asked: OfTexts) -> Drafted:
    folder = desk.project(asked.project)
    given = {SPEC_NAME: (asked.spec, asked.spec_sha256), PROMPT_NAME: (asked.prompt, asked.prompt_sha256)}
    texts = {name: text for name, (text, _) in given.items() if text is not None}
    if not texts:
        raise SpecError("No text was given.", "Both spec and prompt are absent.", "Give one of them, whole.")
    quarantine.refuse(folder)
    found = problems_of(copied(desk, asked.project, texts))
    branch, write = desk.drafts.branch(), asked.write and not found
    if write:
        branch = _refuse_protected(desk)
        for name, (text, sha256) in given.items():
            if text is not None:
                _refuse_changed(desk, f"{PROJECTS}/{asked.project}/{name}", sha256)
        for name, text in texts.items():
            write_atomically(folder / name, text.encode())
    return Drafted(
        project=asked.project,
        valid=not found,
        written=write,
        branch=branch,
        problems=places(desk, found),
        files=tuple(read_files(desk, asked.project)) if write else (),
    )


def _refuse_changed(desk: Desk, place: str, sha256: str | None) -> None:
    """Nobody's edit is written over unseen."""
    path = desk.file(place)
    if digest_bytes(path.read_bytes()) != sha256:
        raise SpecError(
            f"{place} is not the text that this draft was made from.",
            "A person, or an earlier draft, changed it since; or its sha256 was not given.",
            "Call read_project, make the change in the text as it is now, and give its sha256.",
        )


class OfPull(Strict):
    project: Name
    title: Line = Field(description="Of the pull request, and the first line of the commit.")
    why: Message = Field(default="", description="For the reviewers: what changes and why. No patient data.")


class Pulled(Strict):
    """A commit in this clone, on a branch of its own. It is nowhere else until a person pushes it."""

    project: Slug
    branch: str
    commit: str
    parent: str
    files: tuple[str, ...]
    left_out: tuple[str, ...] = Field(description="Other files of the plan that differ; a person adds them.")
    commands: tuple[str, ...] = Field(description="For a person, in a terminal, after reading the commit.")
    approvals: tuple[str, ...] = Field(description="Roles that must approve the pull request.")


def draft_pull_request(desk: Desk, asked: OfPull) -> Pulled:
    folder = desk.project(asked.project)
    quarantine.refuse(folder)
    _refuse_identifiers(asked)
    found = problems_of(copied(desk, asked.project))
    if found:
        raise SpecError(
            f"projects/{asked.project} is not valid, so no pull request is drafted.",
            "Its check `spec` would fail.",
            "Correct what is listed, with draft_spec.",
            tuple(found),
        )
    files = {
        place: desk.file(place).read_bytes()
        for place in (f"{PROJECTS}/{asked.project}/{name}" for name in FILES)
    }
    left = tuple(place for place in differing(desk, asked.project) if place not in files)
    branch = f"{BRANCH}{asked.project}"
    message = f"{asked.title}\n\n{asked.why}".strip() + "\n\nDrafted by an assistant through clinft mcp.\n"
    made = desk.drafts.commit(branch, files, message)
    policy, _ = desk.policy()
    return Pulled(
        project=asked.project,
        branch=branch,
        commit=made.commit,
        parent=made.parent,
        files=tuple(files),
        left_out=left,
        commands=(
            f"git show {branch}",
            f"git push origin {branch}",
            f"gh pr create --base {desk.drafts.protected()} --head {branch} --fill",
        ),
        approvals=policy.required_for(asked.project),
    )


def _refuse_identifiers(asked: OfPull) -> None:
    if screen(asked.title) or screen(asked.why):
        raise SpecError(
            "The title or the reason looks as if it held somebody's data or a secret.",
            "A commit's message stays in the repository for ever, and no audit takes it out.",
            "Say it without names, numbers of people, addresses or keys.",
        )


def _refuse_protected(desk: Desk) -> str:
    branch, protected = desk.drafts.branch(), desk.drafts.protected()
    if branch is None or branch == protected or branch in NEVER:
        raise SpecError(
            "Drafts are not written here: "
            + ("no branch is checked out." if branch is None else f"{branch} is the protected branch."),
            "What is written on it would go around the pull request, or be lost with the next switch.",
            "A person begins a branch: git switch -c my-task",
        )
    return branch
