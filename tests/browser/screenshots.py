"""The pictures of the README, from an invented record: `python -m tests.browser.screenshots`."""

import sys
import tempfile
from pathlib import Path

from clinft.pipeline.dashboard.build import build
from tests.browser import chromium
from tests.fakes.dashboards import commit_many

DOCS = chromium.REPOSITORY / "docs"
SHOTS = {
    "dashboard-overview.png": {"page": "overview", "high": 1180},
    "dashboard-project.png": {"page": "project", "high": 1180, "scheme": "dark"},
}


def main() -> int:
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        commit_many(folder / "projects", 24)
        build(folder / "projects", folder / "site", "https://github.com/octo-org/clinft")
        shots = {str(DOCS / name): shot for name, shot in SHOTS.items()}
        looked = {"overview": "index.html", "project": "projects/icd10-chapter/index.html"}
        with chromium.served(folder / "site") as base:
            chromium.visit(folder, base=base, pages=looked, shots=shots, axe=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
