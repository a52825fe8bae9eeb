"""What the last literature brief of a project has to say to a worker: its age, and what it suggests."""

from clinft.errors import ClinftError
from clinft.pipeline.context import Context
from clinft.pipeline.researching import brief_of
from clinft.stages.report.markdown import escape
from clinft.stages.report.research import age_line, suggestion_lines

NONE = "Literature: this project has no brief; `clinft research` makes one."


def of_brief(context: Context, worker: str) -> str:
    """Markdown; suggestions are shown and never applied."""
    try:
        found = brief_of(context)
    except ClinftError as error:  # it advises, and stops nobody
        return f"Literature: the brief cannot be read, so it says nothing here. {escape(str(error))}"
    if found is None:
        return NONE
    digest, age_days, brief = found
    line = age_line(digest, age_days, context.policy.research.max_age_days)
    suggested = suggestion_lines(brief, worker)
    return f"{line}\n\nSuggested, and not applied:\n\n{suggested}" if suggested else line
