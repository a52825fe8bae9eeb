"""What a pull request gets to see: one comment, and a status for each plan. Rendered by trusted code."""

from collections.abc import Iterator

from clinft.artifacts.pull_request import PullRequestReport
from clinft.errors import DigestMismatch
from clinft.pipeline.github.merged import PLAN_STATUS
from clinft.ports.actions import Actions
from clinft.ports.forge import ForgeWriter
from clinft.stages.gate.merged import status_text
from clinft.stages.report.pull_request.comment import comment


def publish_report(report: PullRequestReport, run: Actions, writer: ForgeWriter) -> Iterator[str]:
    """Says what it did, line by line. Where to write is GitHub's event to say, never the report."""
    pull = run.event["pull_request"]
    number, head = int(pull["number"]), str(pull["head"]["sha"])
    if (report.changes.number, report.changes.head_sha, report.run_id) != (number, head, run.run_id):
        raise DigestMismatch(
            "The report belongs to another pull request, commit or run.",
            "Its artifact was changed, or jobs of two runs were mixed.",
            "Run the checks again.",
        )
    # Links lead to this run, whatever the report says.
    report = report.model_copy(update={"run_url": run.run_url})
    outcome = writer.comment(number, comment(report), head, (run.run_id, run.run_attempt))
    yield f"comment on pull request {number}: {outcome}"
    if outcome == "newer one stands":
        return
    for project in report.projects:
        if project.estimate is None or project.decision is None:
            continue
        text = status_text(project.estimate.plan_digest, project.estimate.cost_usd_upper)
        # Never pending: a review gives no new status, so it would stay so after the last approval.
        state = "failure" if project.decision.refused else "success"
        writer.status(head, PLAN_STATUS + project.name, state, text, run.run_url)
        yield f"status {PLAN_STATUS}{project.name}: {text}"
