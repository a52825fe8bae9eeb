"""One `prepare` for both generators: the domain's pack decides, and a spec that names the other one is told."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.artifacts.jsonl import iter_models
from clinft.errors import SpecError
from clinft.spec.data import SPLITS
from clinft.stages.prepare.clinical.generate import streams
from clinft.stages.prepare.stage import depends_on, prepare, tables
from tests.fakes.packs import PACK, clinical_spec, text
from tests.fakes.specs import project_spec

BROUGHT = Path("/nowhere")
WITHOUT_LABELS = {"kind": "summarization", "labels": []}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "small.yaml").write_bytes(text(PACK))
    return tmp_path / "packs"


def test_files_are_the_generated_records_and_the_payload_describes_them(tmp_path: Path) -> None:
    spec = clinical_spec(data={"terminology_focus": ["atrial fibrillation", "zebra stripes"]})
    made = prepare(spec, tmp_path)
    expected = streams(spec.data, spec.task, spec.clinical_domain)
    for split in SPLITS:
        path, summary = tmp_path / f"{split}.jsonl", made.splits[split]
        records = list(iter_models(path, Record))
        assert records == list(expected[split])
        assert summary.sha256 == digest_file(path)
        assert summary.records == len(records) == sum(summary.by_style.values())
        assert set(summary.by_label) == set(spec.task.labels)
    assert (made.generator, made.generator_version, made.seed) == ("clinical-notes", 1, spec.data.seed)
    assert (made.shared_scenarios, made.shared_styles) == (0, 0)
    assert made.terminology_release.startswith("ICD-10-CM April 2026")
    assert made.fields[-1].example == "zebra stripes"
    described = {field.name for field in made.fields} - {"terminology_focus", "facts.gestation_weeks"}
    assert described == {*Record.model_fields, *(f"facts.{fact}" for fact in records[0].facts)} - {"facts"}


def test_the_number_of_processes_changes_no_byte(tmp_path: Path) -> None:
    spec = clinical_spec(data={"records": 1500})
    one, two = (prepare(spec, tmp_path / str(count), processes=count) for count in (1, 2))
    assert one == two


def test_what_is_no_label_is_balanced_and_shown_by_condition(tmp_path: Path) -> None:
    made = prepare(clinical_spec(task=WITHOUT_LABELS), tmp_path)
    conditions = {
        record.facts["condition"]
        for split in SPLITS
        for record in iter_models(tmp_path / f"{split}.jsonl", Record)
    }
    assert set(made.splits["train"].by_label) <= conditions
    assert all(len(label) <= 80 and not label.startswith("{") for label in made.splits["train"].by_label)


def test_a_teams_pack_is_prepared_from_its_folder_and_from_a_projects_own_file(
    team: Path, tmp_path: Path
) -> None:
    spec = clinical_spec(clinical_domain="small", task={"labels": ["urgent", "immediate"]})
    made = prepare(spec, tmp_path / "one", team=team)
    assert made.splits["train"].by_label.keys() == {"urgent", "immediate"}
    assert prepare(spec, tmp_path / "two", team=team / "small.yaml") == made
    assert depends_on(spec, BROUGHT, team) == depends_on(spec, BROUGHT, team / "small.yaml")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"clinical_domain": "astrology"}, r"There are: .*cardiology.*general-medicine.*small"),
        ({"data": {"generator": "poems"}}, "There are: diagnosis-notes, clinical-notes. Write `generator: clin"),
        ({"data": {"generator": "diagnosis-notes"}}, "Its domains are: general-medicine. Write `generator: clin"),
        ({"clinical_domain": "general-medicine"}, r"Its domains are: .*cardiology.*small.* `generator: diag"),
        ({"data": {"styles": ["sonnet"]}}, "There are: .*triage-note"),
        ({"task": {"labels": ["urgent", "sometime"]}}, "There are"),
        ({"task": {"kind": "generation", "labels": []}}, "Write one of: classification, extraction"),
        (
            {"clinical_domain": "general-medicine", "data": {"generator": "diagnosis-notes"}, "task": WITHOUT_LABELS},
            "for classification only.*which only the generator clinical-notes makes.*cardiology",
        ),
        (
            {
                "clinical_domain": "general-medicine",
                "data": {"generator": "diagnosis-notes", "records": 240,
                         "label_counts": {"circulatory": 200, "mental": 40}},
                "task": {"labels": ["circulatory", "mental"]},
            },
            "diagnosis-notes does not read `data.label_counts`",
        ),
    ],
)  # fmt: skip
def test_a_spec_that_cannot_be_met_is_refused_and_writes_nothing(
    changes: dict[str, Any], says: str, team: Path, tmp_path: Path
) -> None:
    with pytest.raises(SpecError) as refused:
        prepare(clinical_spec(**changes), tmp_path / "records", team=team)
    assert re.search(says, str(refused.value)), str(refused.value)
    assert not (tmp_path / "records").exists()


def test_a_teams_pack_of_the_older_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "older.yaml").write_text("version: 1\nname: older\n")
    spec = clinical_spec(clinical_domain="older", data={"generator": "diagnosis-notes"})
    with pytest.raises(SpecError, match=r"older\.yaml is a domain pack of version 1"):
        prepare(spec, tmp_path / "records", team=tmp_path)


def test_tables_are_exactly_those_that_the_records_are_made_from() -> None:
    every = tables(clinical_spec(data={"styles": ["hpi"]}))
    assert {name for name in every if "/styles/" in name} == {
        f"clinft/tables/styles/{name}.yaml" for name in ("abbreviations", "hpi", "wording")
    }
    assert {"cardiology.yaml", "clinft/tables/clinical/background/core.yaml"} <= set(every)
    assert "clinft/tables/clinical/labs/oncology.yaml" not in every
    asked = tables(clinical_spec(task={"kind": "question_answering", "labels": []}, data={"styles": ["hpi"]}))
    assert set(asked) - set(every) == {"clinft/tables/styles/questions.yaml"}
    assert tables(project_spec()).keys() == {"general-medicine.yaml"}


def test_a_change_of_a_table_in_use_is_a_changed_input(team: Path) -> None:
    spec = clinical_spec(clinical_domain="small", task={"labels": ["urgent", "immediate"]})
    before = depends_on(spec, BROUGHT, team)
    assert before.keys() == {"tables"}
    (team / "other.yaml").write_bytes(text({**PACK, "name": "other"}))
    assert depends_on(spec, BROUGHT, team) == before
    (team / "small.yaml").write_bytes(text({**PACK, "title": "Another title"}))
    assert depends_on(spec, BROUGHT, team) != before


def test_a_record_is_readable_as_json_with_the_facts_under_their_names(tmp_path: Path) -> None:
    prepare(clinical_spec(), tmp_path)
    first = json.loads((tmp_path / "train.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert list(first) == ["id", "scenario", "style", "text", "target", "facts"]
    assert list(first["facts"])[-3:] == ["mentioned", "noise", "template"]
