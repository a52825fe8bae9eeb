import hashlib
import json
from pathlib import Path

import pytest

from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models
from clinft.errors import ClinftError, SpecError
from clinft.spec.data import SPLITS
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import checks
from clinft.stages.prepare.generate import generate
from clinft.stages.prepare.stage import prepare

LABELS = ("circulatory", "digestive", "skin")


def project(task: dict[str, object] | None = None, **data: object) -> ProjectSpec:
    return ProjectSpec.model_validate_json(
        json.dumps(
            {
                "version": 1,
                "name": "test-project",
                "summary": "A test",
                "owners": ["@octo-org/ml"],
                "clinical_domain": "general-medicine",
                "intended_use": "Tests.",
                "out_of_scope": ["Patients"],
                "task": task or {"kind": "classification", "description": "Chapter.", "labels": LABELS},
                "data": {"source": "synthetic", "records": 90, "seed": 3, **data},
                "training": {
                    "provider": "peft", "base_model": "builtin:smollm2-135m", "method": "lora", "runner": "local",
                },
                "budget": {"max_usd": 0},
            }
        )
    )  # fmt: skip


def test_files_are_the_generated_records_and_the_payload_describes_them(tmp_path: Path):
    spec = project()
    prepared = prepare(spec, tmp_path / "records")
    expected = generate(spec.data, LABELS, "general-medicine")
    for split in SPLITS:
        path = tmp_path / "records" / f"{split}.jsonl"
        assert list(iter_models(path, Record)) == expected[split]
        summary = prepared.splits[split]
        assert summary.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert summary.records == len(expected[split]) == sum(summary.by_style.values())
        assert set(summary.by_label) == set(LABELS)
    assert (prepared.shared_scenarios, prepared.shared_styles, prepared.duplicate_texts) == (0, 0, 0)
    assert prepared.terminology_release.startswith("ICD-10-CM April 2026")


def test_every_field_of_a_record_is_in_the_dictionary(tmp_path: Path):
    prepared = prepare(project(), tmp_path)
    record = next(iter_models(tmp_path / "train.jsonl", Record))
    names = {field.name for field in prepared.fields}
    assert names == {*Record.model_fields, *(f"facts.{fact}" for fact in record.facts)} - {"facts"}


def test_unmatched_focus_terms_are_in_the_dictionary(tmp_path: Path):
    prepared = prepare(project(terminology_focus=["psoriasis", "zebra stripes"]), tmp_path)
    assert prepared.fields[-1].name == "terminology_focus"
    assert prepared.fields[-1].example == "zebra stripes"


def test_what_is_not_built_is_refused_and_writes_nothing(tmp_path: Path):
    spec = project(task={"kind": "generation", "description": "Summarise."})
    with pytest.raises(SpecError, match="classification"):
        prepare(spec, tmp_path)
    assert not list(tmp_path.iterdir())


def record(text: str, scenario: str, style: str) -> Record:
    return Record(id="x", scenario=scenario, style=style, text=text, target="skin", facts={})


def tally(*records: Record) -> checks.Tally:
    made = checks.Tally()
    assert list(made.watch(records)) == list(records)
    return made


def test_checks_count_what_is_shared():
    tallies = {
        "train": tally(record("a", "s1", "hpi"), record("a", "s2", "sbar")),
        "dev": tally(record("b", "s1", "hpi")),
        "test": tally(record("a", "s3", "hpi")),
    }
    assert checks.shared_scenarios(tallies) == 1
    assert checks.shared_styles(tallies) == 1
    assert checks.duplicate_texts(tallies) == 2


@pytest.mark.parametrize(("scenarios", "styles"), [(1, 0), (0, 1)])
def test_leaks_are_refused(scenarios, styles):
    with pytest.raises(ClinftError, match="bug in clinft"):
        checks.refuse_leaks(scenarios, styles)


def test_no_leak_passes():
    checks.refuse_leaks(0, 0)
