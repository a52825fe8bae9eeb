"""The top of the comment: the verdict, what merging would do, and who must act."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from clinft.artifacts.decision import Approval, DeploymentDecision
from clinft.artifacts.pull_request import ProjectReport, PullRequestReport
from clinft.stages.report import words
from clinft.stages.report.markdown import document, numbered
from clinft.stages.report.numbers import count
from clinft.stages.report.pull_request import reasons
from clinft.stages.report.pull_request.reasons import Stated
from clinft.stages.report.pull_request.room import Room, Section, at_most, command

TITLES = {
    "refused": "refused",
    "approvals missing": "waiting for approvals",
    "ready": "ready to merge",
}
APPROVING_MEANS = {
    "ml": "the recipe and the evaluation are sound",
    "privacy": (
        "no patient's text is in prompt, spec or data, and the audit's findings and limits are acceptable"
    ),
    "clinical": "the behaviour of the deployed model is acceptable",
    "engine": "the code and the policy that judge pull requests may change as proposed",
}
NAMED_PROJECTS = 3
AS_OF = "A review given after these checks shows here once the job `gate` runs again."
FORK = (
    "This pull request comes from a fork. Its checks ran without secrets and without a GPU, and no comment "
    "is posted on it. A maintainer who wants it trained must push the branch to this repository."
)
QUEUE = (
    "Checked in the merge queue: several pull requests may lie together, and every approval must be there."
)


def heading(report: PullRequestReport) -> str:
    verdict = reasons.verdict(report)
    if verdict == "ready" and nothing_to_judge(report):
        return "## clinft: nothing to judge"
    return f"## clinft: {TITLES[verdict]}"


def sections(report: PullRequestReport, room: Room) -> Iterable[Section]:
    changes = report.changes
    yield Section(
        document(
            (
                heading(report),
                " ".join(_consequences(report, room)),
                FORK if changes.from_fork else "",
                QUEUE if changes.event == "merge_group" else "",
                "" if report.projects else "This pull request changes no project.",
            )
        )
    )
    yield Section(document(("### Who must act", *_who_must_act(report, room), AS_OF)))


def _consequences(report: PullRequestReport, room: Room) -> Iterable[str]:
    would = "" if reasons.verdict(report) == "ready" else "would "
    deployed = [project for project in report.projects if project.what == "deployment"]
    for project in deployed[:NAMED_PROJECTS]:
        yield f"Merging {would or 'will '}{_deploys(project, room)}."
    if len(deployed) > NAMED_PROJECTS:
        more = count(len(deployed) - NAMED_PROJECTS, "more project")
        yield f"Merging {would or 'will '}change the deployed run of {more}."
    yield f"{_before_training(report, room)} {_training(report, room)}"


def _before_training(report: PullRequestReport, room: Room) -> str:
    """What merging means for training, as things stand."""
    if _training(report, room).startswith("nothing"):
        return "Merging trains"
    return {
        "refused": "As it stands nothing can be trained. Once corrected and approved, merging would train",
        "approvals missing": "Once approved, merging trains",
    }.get(reasons.verdict(report), "Merging trains")


def _deploys(project: ProjectReport, room: Room) -> str:
    name, run = room.code(project.name), project.deployed_run
    if run is not None:
        return f"make {room.code(run)} the deployed run of {name}"
    if isinstance(project.decision, DeploymentDecision) and project.decision.run_id is None:
        return f"leave {name} without a deployed run"
    return f"change the deployed run of {name} to one that could not be read"


def _training(report: PullRequestReport, room: Room) -> str:
    trained = [project for project in report.projects if project.what in reasons.TRAINED]
    if report.changes.from_fork:
        return "nothing: a branch of a fork is not trained."
    if not trained:
        invalid = any(project.what == "invalid" for project in report.projects)
        return "nothing: no plan could be made." if invalid else "nothing: no training plan changes."
    if report.trains_on_merge:
        return f"{_trained(trained, room)}."
    by_hand = " and ".join(command(room.clip(project.name)) for project in trained[:NAMED_PROJECTS])
    more = len(trained) - NAMED_PROJECTS
    return (
        f"nothing: this repository has no train workflow yet, so a person runs {by_hand}"
        + (f" and the same for {count(more, 'more project')}" if more > 0 else "")
        + ". That run asks for one person's word on that machine, not for the approvals given here."
    )


def _upper(project: ProjectReport) -> Decimal | None:
    return None if project.estimate is None else project.estimate.cost_usd_upper


def _trained(projects: Sequence[ProjectReport], room: Room) -> str:
    if len(projects) <= NAMED_PROJECTS:
        return " and ".join(
            f"{room.code(project.name)} on {_machine(project, room)} for {at_most(_upper(project))}"
            for project in projects
        )
    known = [bound for bound in map(_upper, projects) if bound is not None]
    unknown = len(projects) - len(known)
    total = at_most(sum(known, Decimal(0))) if known else at_most(None)
    return f"{count(len(projects), 'project')} for {total}" + (
        f" and, for {unknown:,} of them, an unknown amount" if known and unknown else ""
    )


def _machine(project: ProjectReport, room: Room) -> str:
    if project.runner:
        return room.code(project.runner)
    return "an unknown machine" if project.estimate is None else room.code(project.estimate.plan.runner)


def _who_must_act(report: PullRequestReport, room: Room) -> Iterable[str]:
    refused, waiting = reasons.refusing(report), reasons.pending(report)
    unchecked = [*reasons.unchecked(report, room)]
    asked = _asked(report, waiting)
    steps = [_author(report, refused, unchecked, room)] if refused or unchecked else []
    steps += [_role(report, role, asked[role], room) for role in [*asked][: room.rows]]
    if more := room.more(len(asked)):
        steps.append(more)
    nameless = [room.text(each.reason.way_out) for each in waiting if each.reason.role is None]
    if nameless:
        steps.append(f"**people of any role**:\n{_nested(room.listing(nameless))}")
    yield (numbered(steps) if steps else (_nothing_left(report)))
    given = _given(report)
    if refused or unchecked:
        later = [f"**{role}**" for role in report.required_roles if role not in asked]
        if waiting:
            yield "A correction that changes a plan makes earlier approvals of that plan void."
        if later and not given:
            yield f"Roles that decide after the corrections: {room.inline(later)}."
    if given:
        yield f"Given so far: {room.inline([_approval(name, each, room) for name, each in given])}."


def _nothing_left(report: PullRequestReport) -> str:
    if nothing_to_judge(report):
        return "Nobody: nothing here needs clinft's judgement."
    return "Nobody: every check passed, and every approval that is asked for is there."


def nothing_to_judge(report: PullRequestReport) -> bool:
    """Neither a project nor anything that judges changes."""
    return not report.projects and not report.changes.of("engine", "policy", "data")


def _asked(report: PullRequestReport, waiting: Sequence[Stated]) -> dict[str, list[Stated]]:
    """What each role has to decide: the roles that the policy requires first, in its order."""
    by_role: dict[str, list[Stated]] = {}
    for each in waiting:
        if each.reason.role is not None:
            by_role.setdefault(each.reason.role, []).append(each)
    required = [role for role in dict.fromkeys(report.required_roles) if role in by_role]
    return {role: by_role[role] for role in [*required, *sorted(set(by_role) - set(required))]}


def _author(
    report: PullRequestReport, refused: Sequence[Stated], unchecked: Sequence[str], room: Room
) -> str:
    things = [
        *(
            f"{room.text(each.reason.way_out)} ({each.reason.code}, {each.where(room)}"
            + (f"; the role **{each.reason.role}** can settle it" if each.reason.role else "")
            + ")"
            for each in refused
        ),
        *unchecked,
    ]
    author = room.text(report.changes.author)
    return f"**author** ({author}): fix {count(len(things), 'thing')}.\n{_nested(room.listing(things))}"


def _role(report: PullRequestReport, role: str, waiting: Sequence[Stated], room: Room) -> str:
    holders = list(dict.fromkeys(report.people.get(role, ())))
    author = report.changes.author.casefold()
    may = [person for person in holders if person.casefold() != author]
    names = room.inline([room.text(person) for person in may]) or "nobody"
    where = room.inline(list(dict.fromkeys(each.where(room) for each in waiting)))
    meaning = APPROVING_MEANS.get(role, "what your policy asks of this role is fulfilled")
    parts = [
        f"**{role}** ({names}): {count(len(waiting), 'decision')}, on {where}. Approving means: {meaning}."
    ]
    if role == "ml" and any(_advised_against(project) for project in report.projects):
        parts.append("The recommendation is not to train, so the approval must state a reason.")
    if not may:
        parts.append(_nobody(role, bool(holders)))
    return " ".join(parts)


def _advised_against(project: ProjectReport) -> bool:
    found = project.assessment
    return found is not None and found.current and found.payload.verdict == "PROMPT_SUFFICIENT"


def _nobody(role: str, author_holds_it: bool) -> str:
    who = (
        "Nobody but the author holds this role, and nobody approves their own change."
        if author_holds_it
        else "**Nobody holds this role.**"
    )
    how = (
        f"Add a GitHub login to `roles.{role}.people` in `.github/clinft.yml` by a pull request of its own: "
        "the policy that counts is that of the base branch."
    )
    bootstrap = (
        " While nobody holds the role `engine`, the first change that names people needs no approval."
        if role == "engine" and not author_holds_it
        else ""
    )
    return f"{who} {how}{bootstrap}"


def _given(report: PullRequestReport) -> list[tuple[str, Approval]]:
    """Approvals of the plan at hand; those of another plan do not count."""
    return [("what judges", approval) for approval in report.approvals] + [
        (project.name, approval)
        for project in report.projects
        if project.decision is not None
        for approval in project.decision.approvals
        if isinstance(project.decision, DeploymentDecision)
        or approval.plan_digest == project.decision.plan_digest
    ]


def _approval(project: str, approval: Approval, room: Room) -> str:
    how = words.APPROVALS[approval.kind]
    reason = ", with a reason" if approval.has_reason else ""
    return f"**{approval.role}** by {room.text(approval.person)} for {room.code(project)} ({how}{reason})"


def _nested(lines: str) -> str:
    # Four spaces lie inside an item of one and of two digits alike.
    return "\n".join(f"    {line}" for line in lines.splitlines())
