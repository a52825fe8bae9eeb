"""The pull request with a brief: one job asked the services, this one checks what it left and brings it.

The text in it is other people's all the way; no job that reads it from the network may write.
"""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.research import ResearchBrief
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, ServiceError
from clinft.pipeline import researching
from clinft.pipeline.context import Context
from clinft.pipeline.github import dispatched, telling
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.prices import read_table
from clinft.stages.report.research import brief_markdown
from clinft.stages.report.research_pull import BriefFacts, brief_body, brief_title

BRANCH = "clinft/research/"
MOST_BYTES = 10_000_000


def bring(main: OnMain, project: str) -> Iterator[str]:
    """A pull request with brief.json and brief.md; says what it did, line by line."""
    dispatched.check_named(main, project)
    if not main.history.on_line(main.tip, main.actions.sha):
        branch = main.actions.default_branch
        raise PolicyViolation(
            f"This workflow was started on another branch than {branch}.",
            "A brief is for what was merged, not for what somebody proposes.",
            f"Start it on {branch}; on a laptop `clinft research projects/{project}` asks for any tree.",
        )
    context = main.open_project(Path("projects") / project)
    artifact = _left(context, main.actions.results)
    folder, branch = f"projects/{project}/{researching.FOLDER}", f"{BRANCH}{project}"
    for where, commit in dispatched.places(main, branch):
        if _digest_at(main, commit, folder) == artifact.digest:
            yield f"{where} has this brief already: nothing is brought."
            return
    files = {
        f"{folder}/{researching.JSON}": run_folder.to_bytes(artifact),
        f"{folder}/{researching.MARKDOWN}": brief_markdown(artifact.payload).encode(),
    }
    title = brief_title(project)
    # Whatever an earlier brief left there, merged or not, is replaced.
    main.publisher.rebuild(branch, main.tip, files, title)
    author = main.policy.commit_back.author
    facts = BriefFacts(artifact, main.actions.sha, main.actions.run_id, author)
    number = main.publisher.open_pull(
        branch, main.actions.default_branch, title, brief_body(facts, telling.links(main))
    )
    yield f"pull request {number} brings {' and '.join(sorted(files))}"


def _left(context: Context, results: Path) -> Artifact[ResearchBrief]:
    """The brief of the job before, refused unless it is one of the project as it lies here."""
    path = results / f"{researching.STAGE}.json"
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise ServiceError(
            "The job before left no brief that could be brought.",
            "It failed, its artifact is gone, or another job put something else in its place.",
            "Start research again.",
        )
    artifact = run_folder.parse(path, ResearchBrief)
    named = (artifact.stage, artifact.stage_version, artifact.project, artifact.run_id)
    inputs = {"spec": context.loaded.spec_sha256, "table": digest_json(read_table(researching.TABLE))}
    today = context.services.clock.now().date()
    current = (
        named == (researching.STAGE, researching.STAGE_VERSION, context.name, None)
        and artifact.payload.project == context.name
        and artifact.inputs == inputs
        and date.fromisoformat(artifact.payload.made_on) <= today
    )
    if not current or not researching.is_whole(artifact):
        raise DigestMismatch(
            f"What the job before left is no brief of {context.name} as it stands here.",
            "project.yaml or the table of benchmarks changed in the meantime, or its file was changed.",
            "Start research again.",
        )
    return artifact


def _digest_at(main: OnMain, commit: str, folder: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="clinft-research-") as place:
        main.history.export(commit, f"{folder}/{researching.JSON}", Path(place))
        path = Path(place) / folder / researching.JSON
        try:
            return run_folder.parse(path, ResearchBrief).digest if path.is_file() else None
        except ClinftError:
            return None
