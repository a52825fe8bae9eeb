"""`clinft dashboard`: from the committed record to a folder of pages."""

from dataclasses import dataclass
from pathlib import Path

from clinft.pipeline.dashboard import writing
from clinft.pipeline.dashboard.gather import document, site_of
from clinft.pipeline.dashboard.runs import files_of
from clinft.pipeline.dashboard.vega import bundle
from clinft.stages.report.dashboard import site as pages
from clinft.stages.report.dashboard.views import Project, Run


@dataclass(frozen=True)
class Built:
    pages: int
    projects: int
    runs: int
    unreadable: tuple[str, ...]


def build(projects: Path, out: Path, repository: str | None) -> Built:
    """`repository`: its address on GitHub, for links."""
    writing.check(out)
    site, script = site_of(projects, repository), bundle()

    def run_files(run: Run) -> dict[str, bytes]:
        return files_of(projects / run.project / "runs" / run.run_id, run)

    def text(project: Project, name: str) -> bytes:
        return document(projects / project.name, name) or b""

    count = writing.write(out, pages.files(site, script, run_files, text))
    return Built(count, len(site.projects), len(site.runs), tuple(site.incomplete))
