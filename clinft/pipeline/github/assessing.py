"""An assessment on the protected branch: one job measures and may write nothing, the next brings the answer.

What the measuring job left is checked against the project as it stands there; its text is data all the way.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from clinft import pipeline, run_folder
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, ServiceError
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Outcome
from clinft.pipeline.gate_inputs import is_current
from clinft.pipeline.github import dispatched, telling
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.plan import identify
from clinft.stages.assess import stage as assess
from clinft.stages.report import numbers
from clinft.stages.report.assessment import AssessmentFacts, assessment_body, assessment_title

STAGE = "assess"
BRANCH = "clinft/assess/"
# A hundred prompts fit a hundred times.
MOST_BYTES = 1_000_000


def measure(context: Context, results: Path, show: Callable[[Outcome], None]) -> bool:
    """Leaves the assessment for the next job; False where the stage does not apply, and nothing is left."""
    artifact = None
    for outcome in pipeline.run(context, ("prepare", STAGE)):
        show(outcome)
        artifact = outcome.artifact
    if artifact is None:
        return False
    run_folder.save(results, artifact)
    return True


def paid(context: Context) -> str:
    """What measuring costs. The policy's bound for one run is the bound for a hosted model, too."""
    if identify(context).kind != "hosted":
        return "Nothing to pay: the weights are local."
    bound = numbers.usd(context.policy.per_run_usd(context.name))
    return f"Nothing was asked and nothing paid. A hosted model may cost at most {bound}, as one run may."


def bring(main: OnMain, project: str) -> Iterator[str]:
    """A pull request with the one file; says what it did, line by line."""
    dispatched.check_named(main, project)
    _refuse_elsewhere(main, project)
    context = main.open_project(Path("projects") / project)
    artifact = _left(context, main.actions.results)
    path, branch = f"projects/{project}/{STAGE}.json", f"{BRANCH}{project}"
    for where, commit in dispatched.places(main, branch):
        if _digest_at(main, commit, project) == artifact.digest:
            yield f"{where} says the same already: nothing is brought."
            return
    facts = AssessmentFacts(
        artifact,
        commit=main.actions.sha,
        workflow_run=main.actions.run_id,
        paid=paid(context),
        author=main.policy.commit_back.author,
    )
    title = assessment_title(project)
    # Whatever an earlier assessment left there, merged or not, is replaced.
    main.publisher.rebuild(branch, main.tip, {path: run_folder.to_bytes(artifact)}, title)
    body = assessment_body(facts, telling.links(main))
    number = main.publisher.open_pull(branch, main.actions.default_branch, title, body)
    yield f"{artifact.payload.verdict}: pull request {number} brings {path}"


def _refuse_elsewhere(main: OnMain, project: str) -> None:
    """A dispatch may name any branch; and the protected one may have moved on while the job measured."""
    branch = main.actions.default_branch
    if not main.history.on_line(main.tip, main.actions.sha):
        raise PolicyViolation(
            f"This workflow was started on another branch than {branch}.",
            "An assessment counts for what was merged, not for what somebody proposes.",
            f"Start it on {branch}; on a laptop `clinft assess projects/{project}` measures any tree.",
        )
    if not main.same_plan_files(project, main.actions.sha):
        raise PolicyViolation(
            f"{project} changed on {branch} while it was measured.",
            "A pull request of this project was merged in the meantime.",
            "Start assess again.",
        )


def _left(context: Context, results: Path) -> Artifact[PromptAssessment]:
    """The assessment of the job before, refused unless it is one of the project as it lies here."""
    path = results / f"{STAGE}.json"
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise ServiceError(
            "The job before left no assessment that could be brought.",
            "It failed, its artifact is gone, or another job put something else in its place.",
            "Start assess again.",
        )
    artifact = run_folder.parse(path, PromptAssessment)
    list(pipeline.run(context, ("prepare",)))
    named = (artifact.stage, artifact.stage_version, artifact.project, artifact.run_id, artifact.files)
    current = is_current(context, artifact) and artifact.payload.dev_sha256 == artifact.inputs["dev"]
    if named != (STAGE, assess.STAGE_VERSION, context.name, None, {}) or not current:
        raise DigestMismatch(
            f"What the job before left is no assessment of {context.name} as it stands here.",
            "It measured another prompt, other data or another model, or its file was changed since.",
            "Start assess again.",
        )
    return artifact


def _digest_at(main: OnMain, commit: str, project: str) -> str | None:
    """Of the assessment there. Day, machine and seconds are no part of a digest."""
    with tempfile.TemporaryDirectory(prefix="clinft-assess-") as folder:
        main.history.export(commit, f"projects/{project}/{STAGE}.json", Path(folder))
        try:
            found = run_folder.load(Path(folder) / "projects" / project, STAGE, PromptAssessment)
        except ClinftError:
            return None
        return None if found is None else found.digest
