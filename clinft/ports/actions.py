"""What GitHub Actions says about this run. Read once, at the edge, from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Actions:
    """`needs`: results of the jobs this one waited for. `token` is left out of the repr."""

    event_name: str
    event: Mapping[str, Any]
    repository: str
    api_url: str
    server_url: str
    run_id: int
    run_attempt: int
    job: str
    sha: str
    results: Path
    token: str | None = field(default=None, repr=False)
    needs: Mapping[str, str] = field(default_factory=dict)

    @property
    def run_url(self) -> str:
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"

    @property
    def remote(self) -> str:
        return f"{self.server_url}/{self.repository}"

    @property
    def default_branch(self) -> str:
        repository = self.event.get("repository")
        branch = repository.get("default_branch") if isinstance(repository, Mapping) else None
        return str(branch or "main")
