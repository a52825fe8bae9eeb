"""A project that begins with the recorded answers of an earlier model: its first run may be deployed by them."""

import json
from pathlib import Path
from typing import Any

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.results import RecordedSource
from clinft.pipeline.rescue import baseline
from clinft.spec.load import load_project
from clinft.stages.prepare.stage import prepare
from tests.fakes.after_merge import Opened
from tests.fakes.hospital import project
from tests.fakes.progress import Quiet

MODEL = "ft:gpt-4.1-mini-2025-04-14:hospital:notes:AbCd1234"
SOURCE = RecordedSource(
    model=MODEL,
    provider="openai",
    host="api.openai.com",
    asked_from="2026-11-30T08:00:00+00:00",
    asked_until="2026-12-01T09:00:00+00:00",
    seen_in_training=False,
    training_file_sha256="c" * 64,
    test_file_sha256="d" * 64,
)


def plan(folder: Path) -> dict[str, str]:
    """A project and the recorded answers of a model that never said a label."""
    spec: dict[str, Any] = {
        "data": {"records": 160},
        "training": {"provider": "fake_hosted"},
        "regression": {"baseline": "recorded"},
    }
    files = project(**spec)
    for name, text in {**files, "projects/demo/baseline/evaluate.json": ""}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    loaded = load_project(folder / "projects" / "demo")
    prepare(loaded.spec, folder / "records")
    path = folder / "records" / "test.jsonl"
    test = [*iter_models(path, Record)]
    said = {one.text: "I cannot tell." for one in test}
    report, items = baseline.recorded(
        loaded.spec, loaded.prompt, test, digest_file(path), said, SOURCE, Quiet()
    )
    inputs = {"test": digest_file(path), "prompt": loaded.prompt_sha256}
    recorded = baseline.files_of(report, items, "demo", inputs, {}, None)
    return files | {f"projects/demo/{name}": data.decode() for name, data in recorded.items()}


def test_a_first_run_that_is_better_than_the_recorded_answers_is_proposed(
    opened: Opened, tmp_path: Path
) -> None:
    hospital = opened(providers={"fake_hosted": {}})
    hospital.lands(7, plan(tmp_path), "mila", "petra")
    run_id: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    job = hospital.cache / "clinft" / "fake-hosted" / run_id / "job.json"
    job.write_text(json.dumps({**json.loads(job.read_text()), "status": "succeeded"}))
    hospital.reconcile()
    hospital.follow()
    (results,) = hospital.opened(f"clinft/results/{run_id}")
    hospital.merges(results)
    hospital.reconcile()
    place = f"projects/demo/runs/{run_id}/regress.json"
    verdict = json.loads(hospital.file("refs/heads/main", place))["payload"]
    assert (verdict["status"], verdict["baseline_run_id"]) == ("PASS", "recorded")
    assert MODEL in verdict["reason"]
    assert hospital.opened(f"clinft/deploy/{run_id}")
