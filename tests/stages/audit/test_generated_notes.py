"""The generator's notes pass the audit: a finding there would block every user."""

from pathlib import Path

import pytest

from clinft.stages.audit.stage import audit
from clinft.stages.prepare.stage import prepare
from tests.fakes.progress import Quiet
from tests.fakes.specs import project_spec


@pytest.mark.parametrize("seed", [1, 20261124])
def test_generated_records_have_no_identifier(tmp_path: Path, seed: int) -> None:
    spec = project_spec(data={"records": 240, "seed": seed})
    prepare(spec, tmp_path)
    files = {f"data/records/{path.name}": path for path in sorted(tmp_path.glob("*.jsonl"))}
    report = audit("demo", files, {}, Quiet())
    assert report.records_scanned == 240
    shown = [(finding.entity_type, finding.row, finding.field) for finding in report.findings]
    assert report.verdict == "PASS", shown
