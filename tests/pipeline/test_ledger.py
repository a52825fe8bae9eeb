"""What the month has cost so far: upper estimates of every run, failed ones too, from the evidence."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.artifacts.envelope import Artifact, digest_content
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import RunRecord
from clinft.artifacts.run_state import RunState
from clinft.pipeline.ledger import reserved, spent_in_month
from clinft.ports.state import NoState, Version
from tests.fakes.gate_inputs import ESTIMATE
from tests.fakes.past_runs import begun, under_way
from tests.fakes.state_store import MemoryStateStore

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PLANS = {name: f"{number:064x}" for number, name in enumerate(("this", "other", "third"), 1)}


def estimated(upper: str, plan: str, created_at: str) -> Artifact[CostEstimate]:
    payload = ESTIMATE.model_copy(update={"cost_usd_upper": Decimal(upper), "plan_digest": PLANS[plan]})
    content: dict[str, Any] = {
        "stage": "estimate",
        "stage_version": 1,
        "project": "demo",
        "inputs": {},
        "files": {},
        "payload": payload,
        "created_at": created_at,
        "clinft_version": "0.1.0",
    }
    dumped = Artifact[CostEstimate].model_construct(**content).model_dump(mode="json", warnings=False)
    return Artifact[CostEstimate](**content, digest=digest_content({"schema_version": 1, **dumped}))


def a_run(
    projects: Path,
    name: str,
    upper: str = "10",
    plan: str = "other",
    created_at: str = "2026-11-03T08:00:00+00:00",
    status: str = "succeeded",
) -> Path:
    """`name`: project/run."""
    project, run_id = name.split("/")
    folder = projects / project / "runs" / run_id
    run_folder.save(folder, estimated(upper, plan, created_at))
    record = RunRecord.model_construct(
        run_id=run_id,
        project=project,
        plan_digest=PLANS[plan],
        attempt=1,
        status=status,
        stages=(),
        files={},
        digest="",
    )
    run_folder.save_record(folder, record.sealed())
    return folder


def test_an_empty_repository_has_spent_nothing(tmp_path: Path) -> None:
    assert spent_in_month(tmp_path / "projects", NOW) == 0


def test_runs_of_all_projects_are_added_failed_ones_too(tmp_path: Path) -> None:
    for number, status in enumerate(("running", "succeeded", "failed", "cancelled")):
        a_run(tmp_path, f"demo{number % 2}/aaaaaaaaaaaa-a{number}", "1.25", status=status)
    assert spent_in_month(tmp_path, NOW) == Decimal("5.00")


@pytest.mark.parametrize(
    ("created_at", "counts"),
    [
        ("2026-11-01T00:00:00+00:00", True),
        ("2026-11-30T23:59:59+00:00", True),
        ("2026-10-31T23:59:59+00:00", False),
        ("2026-12-01T00:00:00+00:00", False),
        ("2025-11-24T00:00:00+00:00", False),
    ],
)
def test_only_this_calendar_month_counts(tmp_path: Path, created_at: str, counts: bool) -> None:
    a_run(tmp_path, "demo/aaaaaaaaaaaa-a1", created_at=created_at)
    assert spent_in_month(tmp_path, NOW) == (10 if counts else 0)


@pytest.mark.parametrize(("month", "spent"), [(10, 1), (11, 2), (12, 4)])
def test_each_month_has_its_own_sum(tmp_path: Path, month: int, spent: int) -> None:
    for number, day in ((1, "10-15"), (2, "11-15"), (4, "12-15")):
        a_run(tmp_path, f"demo/aaaaaaaaaaaa-a{number}", str(number), created_at=f"2026-{day}T00:00:00+00:00")
    assert spent_in_month(tmp_path, datetime(2026, month, 1, tzinfo=UTC)) == spent


def test_the_plan_that_is_asked_about_is_left_out_and_no_other(tmp_path: Path) -> None:
    a_run(tmp_path, "demo/aaaaaaaaaaaa-a1", "3", plan="this")
    a_run(tmp_path, "demo/bbbbbbbbbbbb-a1", "4", plan="other")
    a_run(tmp_path, "else/cccccccccccc-a1", "5", plan="third")
    assert spent_in_month(tmp_path, NOW) == 12
    assert spent_in_month(tmp_path, NOW, PLANS["this"]) == 9


def test_failed_attempts_at_the_same_plan_have_cost_something(tmp_path: Path) -> None:
    for number in (1, 2):
        a_run(tmp_path, f"demo/aaaaaaaaaaaa-a{number}", "30", plan="this", status="failed")
    a_run(tmp_path, "demo/aaaaaaaaaaaa-a3", "30", plan="this", status="running")
    assert spent_in_month(tmp_path, NOW, PLANS["this"]) == 60


def test_what_is_no_run_is_not_counted(tmp_path: Path) -> None:
    run_folder.save(tmp_path / "demo" / "data" / "work", estimated("7", "other", "2026-11-03T08:00:00+00:00"))
    run_folder.save(tmp_path / "demo" / "runs" / "half", estimated("7", "other", "2026-11-03T08:00:00+00:00"))
    assert spent_in_month(tmp_path, NOW) == 0


def test_damaged_evidence_of_one_run_stops_nobody_and_the_others_count(tmp_path: Path) -> None:
    path = a_run(tmp_path, "demo/aaaaaaaaaaaa-a1", "90") / "estimate.json"
    path.write_text(path.read_text().replace('"cost_usd_upper": "90"', '"cost_usd_upper": "0"'))
    a_run(tmp_path, "other/bbbbbbbbbbbb-a1", "7")
    assert spent_in_month(tmp_path, NOW) == 7


LAST_MONTH, THIS_MONTH = "2026-10-31", "2026-11-01"


class Junk(MemoryStateStore):
    """Beside the projects, a ref that holds something else."""

    def projects(self) -> tuple[str, ...]:
        return (*super().projects(), "zzz")

    def read(self, project: str) -> Version:
        if project == "zzz":
            raise NoState("refs/clinft/zzz does not hold a state of clinft.")
        return super().read(project)


def unmerged(plan: str, statuses: tuple[str, ...], day: str = THIS_MONTH, purpose: Any = "train") -> RunState:
    run = begun(f"{PLANS[plan][-12:]}-a1", statuses, purpose, day)
    return run.model_copy(update={"plan_digest": PLANS[plan], "cost_usd_upper": Decimal(7)})


@pytest.mark.parametrize(
    ("why", "run", "counts"),
    [
        ("it goes on", unmerged("other", ("queued", "running"), LAST_MONTH), True),
        ("it ended this month", unmerged("other", ("queued", "failed")), True),
        ("its results wait", unmerged("other", ("queued", "running", "trained", "succeeded")), True),
        ("it ended before", unmerged("other", ("queued", "cancelled"), LAST_MONTH), False),
        ("a further attempt costs again", unmerged("this", ("queued", "failed")), True),
        ("that of last month was paid then", unmerged("this", ("queued", "failed"), LAST_MONTH), False),
        ("whoever asks adds it", unmerged("this", ("queued", "running")), False),
        ("it is what is asked about", unmerged("this", ("queued", "running", "trained", "succeeded")), False),
        ("nothing is trained", unmerged("other", ("queued", "running"), purpose="evaluate"), False),
    ],
)
def test_what_no_record_tells_of_yet(tmp_path: Path, why: str, run: RunState, counts: bool) -> None:
    store = MemoryStateStore(under_way(run))
    assert reserved(store, tmp_path, PLANS["this"], NOW, print) == (7 if counts else 0), why
    a_run(tmp_path, f"demo/{run.run_id}")
    assert reserved(store, tmp_path, PLANS["this"], NOW, print) == 0


def test_what_is_no_state_is_said_and_stops_nobody(tmp_path: Path) -> None:
    said: list[str] = []
    store = Junk(under_way(unmerged("other", ("queued", "running"))))
    assert reserved(store, tmp_path, PLANS["this"], NOW, said.append) == 7
    assert said == [
        "zzz: what its runs may cost is not counted. refs/clinft/zzz does not hold a state of clinft."
    ]
