"""The stage around the comparison: approved baseline, history, days; and a CRITICAL verdict on a laptop."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.envelope import digest_content
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository


def edit(project: Path, **regression: Any) -> None:
    path = project / "project.yaml"
    spec = yaml.safe_load(path.read_text())
    spec["revision"] = regression.pop("revision", spec.get("revision", 1))
    spec["regression"] = {**spec.get("regression", {}), **regression}
    path.write_text(yaml.safe_dump(spec, sort_keys=False))


def run(project: Path, revision: int) -> Path:
    before = set((project / "runs").glob("*"))
    edit(project, revision=revision)
    done = clinft("run", project, "--yes")
    assert done.exit_code == 0, done.output
    (made,) = set((project / "runs").glob("*")) - before
    return made


def verdict(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "regress.json").read_bytes())
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: the first approved, the second deployed, the third a candidate."""
    project = write_repository(
        tmp_path_factory.mktemp("regressing"), regression={"margins": [{"metric": "accuracy", "margin": 0.5}]}
    )
    first = run(project, 1)
    (project / "deployment.yaml").write_text(f"run_id: {first.name}\n")
    second = run(project, 2)
    (project / "deployment.yaml").write_text(f"run_id: {second.name}\n")
    edit(project, approved_baseline=first.name)
    third = run(project, 3)
    (project / "names.json").write_text(json.dumps([first.name, second.name, third.name]))
    return project


def names(project: Path) -> list[str]:
    found: list[str] = json.loads((project / "names.json").read_text())
    return found


def test_two_references_with_the_days_of_their_evaluation(project: Path) -> None:
    first, second, third = names(project)
    artifact = verdict(project / "runs" / third)
    found = artifact["payload"]
    assert [(one["role"], one["run_id"]) for one in found["references"]] == [
        ("deployed", second),
        ("approved", first),
    ]
    assert all(len(one["measured_on"]) == len("2026-11-26") for one in found["references"])
    assert {"baseline", "approved", "history", "evaluate", "spec.regression"} == set(artifact["inputs"])
    assert "0 days before this run." in found["reason"]
    assert len(found["protocol_sha256"]) == 64


def test_the_trend_ends_with_the_candidate(project: Path) -> None:
    points = verdict(project / "runs" / names(project)[2])["payload"]["trend"]
    told = [point["run_id"] for point in points if point["metric"] == "accuracy"]
    assert told[-1] == names(project)[2]
    assert set(told) <= set(names(project))


def test_the_report_tells_it_all(project: Path) -> None:
    text = (project / "runs" / names(project)[2] / "report.md").read_text()
    for part in ("| approved once, and kept as the fixed point |", "## Regression", "Loss that would show"):
        assert part in text


def test_a_finished_comparison_is_kept(project: Path) -> None:
    again = clinft("regress", project)
    assert again.exit_code == 0, again.output
    assert "nothing changed" in again.output


def test_an_approved_baseline_that_is_not_there_is_told_in_three_sentences(project: Path) -> None:
    before = (project / "project.yaml").read_text()
    edit(project, approved_baseline="ffffffffffff-a1")
    refused = clinft("regress", project)
    (project / "project.yaml").write_text(before)
    assert refused.exit_code == 2
    assert "The approved baseline ffffffffffff-a1 has no evaluation in this repository." in refused.output


def list_rows_again(items: Path) -> None:
    """As a run would look that had given these answers."""
    path = items.parent / "evaluate.json"
    data = json.loads(path.read_bytes())
    data["files"]["run/items.jsonl"] = digest_file(items)
    data["digest"] = digest_content(data)
    path.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def test_rows_that_were_changed_after_they_were_measured_are_not_compared(project: Path) -> None:
    _, _, third = names(project)
    items = project / "runs" / third / "items.jsonl"
    kept = items.read_bytes()
    items.write_bytes(kept.replace(b'"correct":false', b'"correct":true'))
    assert items.read_bytes() != kept
    edit(project, harm_alpha=0.04)
    refused = clinft("regress", project)
    items.write_bytes(kept)
    edit(project, harm_alpha=0.05)
    assert refused.exit_code == 1, refused.output
    assert f"{items} is not the file that evaluate.json beside it names." in refused.output


def test_a_missed_sentinel_ends_the_call_loudly_and_names_what_to_keep(project: Path) -> None:
    _, second, third = names(project)
    rows = [json.loads(line) for line in (project / "runs" / third / "items.jsonl").read_text().splitlines()]
    missed = {
        row["item"]
        for row in rows
        if row["system"] == "tuned" and row["scoring"] == "generated_text" and not row["correct"]
    }
    assert missed, "the fake model errs now and then"
    item = min(missed)
    # As if the deployed model had had it right.
    baseline = project / "runs" / second / "items.jsonl"
    kept = [json.loads(line) for line in baseline.read_text().splitlines()]
    baseline.write_text("".join(
        json.dumps({**row, "correct": True, "prediction": row["target"]} if row["item"] == item else row) + "\n"
        for row in kept
    ))  # fmt: skip
    refused = clinft("regress", project)
    assert refused.exit_code == 1, refused.output
    assert f"{baseline} is not the file that evaluate.json beside it names." in refused.output
    list_rows_again(baseline)
    digest = next(row["item_sha256"] for row in rows if row["item"] == item)
    edit(project, sentinels=[f"{item}={digest[:12]}"])
    done = clinft("regress", project)
    assert done.exit_code == 1, done.output
    assert f"CRITICAL: {third} is a danger to patients and must not be used." in done.output
    assert f"Rollback: keep {second} in use, or go back to it." in done.output
    found = verdict(project / "runs" / third)["payload"]
    assert (found["status"], found["recommendation"], found["keep"]) == ("CRITICAL", "rollback", second)
    # Told again by each call, kept as it is.
    again = clinft("regress", project)
    assert again.exit_code == 1
