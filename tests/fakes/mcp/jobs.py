"""A trainer without a GPU: jobs in a folder, so that they outlive the process that speaks MCP for them.

Standard library alone, for it also runs in an environment of its own. Each look at a job takes it one step on.
`behaviour` in the folder holds words that make the server lie, break or hang.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

STATES = ("queued", "running", "succeeded")


class Jobs:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "environment").write_text("\n".join(sorted(os.environ)))

    def behaves(self, word: str) -> bool:
        path = self.folder / "behaviour"
        return path.exists() and word in path.read_text().split()

    def start(self, key: str, base: str, epochs: int, training: str, validation: str) -> dict[str, Any]:
        """One job for a key, however often it is asked for."""
        with (self.folder / "calls").open("a") as stream:
            stream.write(f"{key}\n")
        known = self.of_key(key)
        if known and not self.behaves("twice"):
            return known[0]
        digests = [hashlib.sha256(text.encode()).hexdigest() for text in (training, validation)]
        job = {
            "number": len(self.all()) + 1,
            "key": key,
            "base": base,
            "state": "queued",
            "steps": epochs * len(training.splitlines()),
            "samples": len(training.splitlines()),
            "digests": digests,
            "files": True,
        }
        return self._save(job)

    def all(self) -> list[dict[str, Any]]:
        paths = sorted(self.folder.glob("job-*.json"))
        return [json.loads(path.read_text()) for path in paths]

    def of_key(self, key: str) -> list[dict[str, Any]]:
        return [job for job in self.all() if job["key"] == key]

    def get(self, number: int) -> dict[str, Any] | None:
        path = self.folder / f"job-{number}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def look(self, number: int) -> dict[str, Any] | None:
        """As it is now; afterwards it goes on."""
        job = self.get(number)
        if job is not None and job["state"] in STATES[:-1] and not self.behaves("stuck"):
            return self._save({**job, "state": STATES[STATES.index(job["state"]) + 1]})
        return job

    def stop(self, number: int) -> dict[str, Any] | None:
        job = self.get(number)
        if job is None or job["state"] not in STATES[:-1]:
            return job
        return self._save({**job, "state": "cancelled"})

    def forget_files(self, number: int) -> dict[str, Any] | None:
        job = self.get(number)
        return None if job is None else self._save({**job, "files": False})

    def losses(self, job: dict[str, Any]) -> list[tuple[int, float]]:
        return [(1, 2.5), (job["steps"], 0.75)]

    def _save(self, job: dict[str, Any]) -> dict[str, Any]:
        path = self.folder / f"job-{job['number']}.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(job))
        partial.replace(path)
        return job
