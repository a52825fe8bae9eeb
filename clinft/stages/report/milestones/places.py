"""Addresses that messages link to: built from the repository's own address and clean names, nothing else."""

import re
from dataclasses import dataclass

from clinft.ports.sinks import Link
from clinft.stages.report.returned.names import CLEAN_PATH, LONGEST_ADDRESS

REPOSITORY = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_.-]+){2}")
HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_.~-]+)*/?")


@dataclass(frozen=True)
class Places:
    """`repository_url`: https://github.com/owner/name; anything else makes no links."""

    repository_url: str = ""
    branch: str = "main"
    dashboard_url: str = ""

    def pull(self, number: int | None, text: str = "Pull request") -> tuple[Link, ...]:
        return () if number is None else self._in(f"{text} {number}", f"pull/{number}")

    def workflow_run(self, number: int | None) -> tuple[Link, ...]:
        return () if number is None else self._in("Workflow run", f"actions/runs/{number}")

    def file(self, path: str, text: str) -> tuple[Link, ...]:
        """Of the protected branch."""
        clean = CLEAN_PATH.fullmatch(path) and CLEAN_PATH.fullmatch(self.branch)
        return self._in(text, f"blob/{self.branch}/{path}") if clean else ()

    def dashboard(self) -> tuple[Link, ...]:
        known = HTTPS.fullmatch(self.dashboard_url) and len(self.dashboard_url) <= LONGEST_ADDRESS
        return (Link("Dashboard", self.dashboard_url),) if known else ()

    def _in(self, text: str, path: str) -> tuple[Link, ...]:
        url = f"{self.repository_url}/{path}"
        known = REPOSITORY.fullmatch(self.repository_url) and len(url) <= LONGEST_ADDRESS
        return (Link(text, url),) if known else ()
