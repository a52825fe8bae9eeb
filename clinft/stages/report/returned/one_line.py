"""What deployment and rollback share: one line of deployment.yaml changes, and two roles decide about it."""

from collections.abc import Iterable, Sequence

from clinft.spec.policy import CLINICAL, PRIVACY
from clinft.spec.project import ProjectSpec
from clinft.stages.report.markdown import code, code_block, numbered, table
from clinft.stages.report.pull_request.room import FOLDER_NAME
from clinft.stages.report.returned import names
from clinft.stages.report.returned.names import Links

# By role: the documents of a run by their name in the spec, and what holds the same where none was asked for.
ROLE_READS = {
    PRIVACY: {"hipaa_report": ("HIPAA_REPORT.md", "audit.json")},
    CLINICAL: {"model_card": ("MODEL_CARD.md", "evaluate.json"), "": ("report.md", "report.md")},
}


def deployment_file(project: str) -> str:
    clean = FOLDER_NAME.fullmatch(project) is not None
    return code(f"projects/{project}/deployment.yaml") if clean else "`deployment.yaml`"


def changed_line(before: str | None, after: str | None) -> str:
    """What changes in deployment.yaml, as a reader of the diff sees it."""
    lines = [(sign, run) for sign, run in (("-", before), ("+", after)) if run is not None]
    if not lines or not all(names.RUN_ID.fullmatch(run) for _, run in lines):
        return "The line could not be read."
    return code_block("\n".join(f"{sign}run_id: {run}" for sign, run in lines), "diff")


def read_first(project: str, run_id: str, spec: ProjectSpec | None, links: Links, role: str) -> str:
    """What a role reads of a run; the documents exist only where the spec asked for them."""
    place = names.folder(project, run_id)
    if place is None:
        return "the documents of the run"
    wanted = {"", *(("hipaa_report", "model_card") if spec is None else spec.documents)}
    files = [asked if name in wanted else kept for name, (asked, kept) in ROLE_READS[role].items()]
    return ", ".join(links.file(f"{place}/{file}") for file in files)


def who_decides(rows: Sequence[tuple[str, str, str]], links: Links) -> Iterable[str]:
    """`rows`: role, what it reads, what its approval means."""
    yield table(
        ("Role", "Reads", "Approving means"), [(f"**{role}**", reads, means) for role, reads, means in rows]
    )
    yield numbered(
        (
            f"A person of each role, named in {links.file('.github/clinft.yml')}, approves by a review on "
            "GitHub. One person fills one role.",
            "One person with write access runs the check `gate` again after the reviews (Checks → gate → "
            "Re-run): it fails until every role has approved. Then that person merges. Where its checks have "
            'not started, a person with write access presses "Approve workflows to run" first.',
            "Who does not agree closes this pull request and says why; `deployment.yaml` stays as it is.",
        )
    )


def how_to_check(project: str, *runs: str | None) -> Iterable[str]:
    places = [names.folder(project, run_id) for run_id in runs if run_id is not None]
    known = [place for place in places if place is not None]
    if known:
        yield "On a checkout of the protected branch, without GitHub:"
        yield code_block("\n".join(f"clinft verify {place}" for place in known), "sh")
    else:
        yield "Run `clinft verify` on the run's folder."
