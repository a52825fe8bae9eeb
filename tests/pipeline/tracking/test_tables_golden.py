"""The six tables against goldens. After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, read the diff.

A change here changes every row that is committed anywhere.
"""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from clinft.pipeline.status_files import write_new
from clinft.pipeline.tracking import rows
from clinft.run_folder import load_record
from clinft.stages.gate.paths import TABLES
from tests.fakes import run_facts, run_inputs, run_results
from tests.fakes.committed_runs import LIVED, commit_run, entries, evaluate_again

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A run of a laptop that failed; one of GitHub that was deployed, evaluated again and taken back."""
    projects = tmp_path_factory.mktemp("golden")
    commit_run(projects, "demo/bbbbbbbbbbbb-a1", status="failed", train=None, evaluate=None, regress=None)
    decided = run_inputs.decision()
    waiver = run_facts.waiver(f"{30:016x}")
    decided = decided.model_copy(
        update={
            "mode": "train",
            "source": decided.source.model_copy(update={"pull_request": 7}),
            "waived": (waiver.finding, "f" * 16),
            "waivers": (waiver,),
        }
    )
    priced = run_inputs.estimate()
    recipe = {
        "method": "lora",
        "lora": {"r": 16, "target_modules": ["q", "v"]},
        "hyperparameters": {"n_epochs": 3},
    }
    plan = priced.plan.model_copy(update={"recipe": recipe})
    priced = priced.model_copy(
        update={"plan": plan, "cost_usd": Decimal("1.20"), "cost_usd_upper": Decimal("1.26")}
    )
    run = commit_run(
        projects,
        "demo/aaaaaaaaaaaa-a1",
        "2026-11-04T00:30:00+00:00",
        gate=decided,
        estimate=priced,
        measured={"seconds": 91.25, "training_seconds": 80, "cost_usd": "1.17"},
    )
    record = load_record(run)
    assert record is not None
    write_new(run, entries(statuses=(*LIVED, "deployed", "rolled_back"), record=record.digest))
    evaluate_again(run, regress=run_results.failed_regression())
    (projects / "demo" / "incident").mkdir()
    (projects / "demo" / "incident" / "RECORD.md").write_text(
        "# Incident\n\nNoticed on 2026-11-20, in quarantine since 2026-11-21. Every verb refuses.\n"
    )
    return rows(projects)


@pytest.mark.parametrize("name", TABLES)
def test_the_table_looks_so(made: dict[str, bytes], name: str) -> None:
    golden = GOLDEN / name
    if UPDATE:
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(made[name])
    assert made[name] == golden.read_bytes()
