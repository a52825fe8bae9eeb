"""What the last literature brief of a project has to say to a worker: its age, and what it suggests."""

from clinft.pipeline.context import Context
from clinft.pipeline.researching import brief_of
from clinft.stages.report.research import age_line, suggestion_lines

NONE = "Literature: this project has no brief; `clinft research` makes one."


def of_brief(context: Context, worker: str) -> str:
    """Markdown; suggestions are shown and never applied. DigestMismatch where the brief was edited."""
    found = brief_of(context)
    if found is None:
        return NONE
    digest, age_days, brief = found
    line = age_line(digest, age_days, context.policy.research.max_age_days)
    suggested = suggestion_lines(brief, worker)
    return f"{line}\n\nSuggested, and not applied:\n\n{suggested}" if suggested else line
