"""Whatever evidence is added in whatever order, every row that was there stays what and where it is."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft import run_folder
from clinft.pipeline import status_files
from clinft.pipeline.tracking import lost, rows, tables
from clinft.pipeline.transitions import may_follow
from tests.fakes import run_inputs
from tests.fakes.committed_runs import LIVED, commit_run, entries, evaluate_again

PROJECTS = ("demo", "other")
LATER = ("deployed", "rolled_back", "provider_files_deleted", "weights_deleted")


class Step(NamedTuple):
    """Something that lands on the branch. `pick`: which run it belongs to, of those that fit."""

    what: str
    project: str
    day: int
    pick: int


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(("laptop", "github", "failed", "later", "again", "incident")),
        st.sampled_from(PROJECTS),
        st.integers(1, 28),
        st.integers(0, 9),
    ),
    min_size=2,
    max_size=5,
)


class Branch:
    def __init__(self, projects: Path) -> None:
        self.projects = projects
        self.runs: list[Path] = []
        self.said: dict[Path, list[str]] = {}

    def land(self, step: Step) -> None:
        do: dict[str, Callable[[Step], None]] = {
            "later": self._later, "again": self._again, "incident": self._incident,
        }  # fmt: skip
        do.get(step.what, self._run)(step)

    def _run(self, step: Step) -> None:
        name = f"{step.project}/{len(self.runs):012x}-a1"
        at, status = (
            f"2026-11-{step.day:02d}T08:00:00+00:00",
            "failed" if step.what == "failed" else "succeeded",
        )
        mode = "local" if step.what == "laptop" else "train"
        gate = run_inputs.decision().model_copy(update={"mode": mode})
        run = commit_run(self.projects, name, at, status, train=None, gate=gate)
        self.runs.append(run)
        lived = [*LIVED[:-1], status]
        self.said[run] = [] if mode == "local" else lived
        if mode != "local":
            self._write(run, lived)

    def _write(self, run: Path, statuses: list[str]) -> None:
        record = run_folder.load_record(run)
        assert record is not None
        status_files.write_new(run, entries(run.name, statuses, record.digest))

    def _later(self, step: Step) -> None:
        """One more entry; of a laptop's run a whole journal, which nobody kept while it ran."""
        if not self.runs:
            return
        run = self.runs[step.pick % len(self.runs)]
        status = LATER[step.day % len(LATER)]
        if not self.said[run]:
            self.said[run] = list(LIVED)
        elif may_follow(self.said[run], status):
            self.said[run] = [*self.said[run], status]
        self._write(run, self.said[run])

    def _again(self, step: Step) -> None:
        if self.runs:
            run = self.runs[step.pick % len(self.runs)]
            evaluate_again(run, len(list(run.glob("again/*"))) + 1)

    def _incident(self, step: Step) -> None:
        page = self.projects / step.project / "incident" / f"RECORD-{step.day}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        noticed, since = f"2026-11-{step.day:02d}", f"2026-12-{step.pick + 1:02d}"
        page.write_text(f"# Incident\n\nNoticed on {noticed}, in quarantine since {since}. No verb works.\n")


@given(steps)
@settings(max_examples=8, deadline=None)
def test_more_evidence_only_adds_rows(tmp_path_factory: pytest.TempPathFactory, landed: list[Step]) -> None:
    branch = Branch(tmp_path_factory.mktemp("append"))
    before = tables(branch.projects)
    for step in landed:
        if step.what == "incident" and (branch.projects / step.project / "incident").exists():
            continue  # a record is never written over
        branch.land(step)
        after = tables(branch.projects)
        for name, (_, lines) in after.items():
            ids = [row[0] for row in lines]
            assert len(set(ids)) == len(ids), name
            assert all(row[0].startswith(f"{row[1]}/{row[2]}".rstrip("/")) for row in lines)
            there = iter(lines)
            assert all(row in there for row in before[name][1]), f"{name}: a row moved or changed"
        before = after
    assert rows(branch.projects) == rows(branch.projects)
    assert lost(branch.projects, branch.projects) == ()
