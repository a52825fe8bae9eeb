"""facts.json: what is measured, declared or missing, and that nothing in it says more than it knows."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.data_plan import CodeUse, DataPlan, ExactRepeats, Volume
from clinft.artifacts.fact_sheet import FACTS, FactSheet, Figure
from clinft.artifacts.records import Record
from clinft.stages.report.cards import data_dictionary, model_card
from clinft.stages.report.cards.facts import figures, gather
from tests.fakes import run_facts as fake
from tests.stages.report.cards.runs import KINDS, RUNS, cards

COUNTS = {"hti-1": 31, "tripod-llm": 33, "datasheet": 22}


def figures_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"basis", "shown", "interval", "exact"} <= value.keys():
            yield value
        for each in value.values():
            yield from figures_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from figures_of(each)


@pytest.mark.parametrize("name", RUNS)
def test_every_number_has_n_interval_and_data_or_says_why_not(name: str) -> None:
    sheet = json.loads(cards(name)[FACTS])
    found = list(figures_of(sheet))

    assert len(found) > 20
    for figure in found:
        if figure["basis"] == "measured":
            assert figure["n"] is not None
            assert len(figure["data_sha256"]) == 64
            assert figure["exact"] is (figure["interval"] is None)
        elif figure["basis"] == "missing":
            assert figure["value"] is None
            assert figure["missing"]
            assert figure["shown"] == f"missing: {figure['missing']}"
        else:
            assert figure["interval"] is None


@pytest.mark.parametrize("name", RUNS)
def test_every_question_of_a_standard_has_its_statement(name: str) -> None:
    sheet = gather(RUNS[name]())

    for standard, count in COUNTS.items():
        questions = sheet.standards[standard].questions
        assert len(questions) == count
        for question in questions:
            assert question.answers
            assert set(question.answers) <= sheet.statements.keys()


@pytest.mark.parametrize("name", RUNS)
def test_it_reads_back_as_it_was_written(name: str) -> None:
    sheet = gather(RUNS[name](), ("a", "b"))

    assert FactSheet.model_validate_json(run_folder.to_bytes(sheet)) == sheet


def test_the_31_source_attributes_are_those_of_the_rule() -> None:
    """45 CFR 170.315(b)(11)(iv)(B)(1) to (9): 4 + 4 + 2 + 4 + 2 + 4 + 5 + 4 + 2."""
    numbers = [one.number for one in gather(fake.run_facts()).standards["hti-1"].questions]
    roman = ("i", "ii", "iii", "iv", "v")

    assert numbers == [
        f"({group})({roman[item]})"
        for group, count in enumerate((4, 4, 2, 4, 2, 4, 5, 4, 2), start=1)
        for item in range(count)
    ]


def test_all_19_items_of_tripod_llm_are_there() -> None:
    numbers = [one.number for one in gather(fake.run_facts()).standards["tripod-llm"].questions]

    assert list(dict.fromkeys(numbers)) == [str(item) for item in range(1, 20)]


def test_what_no_part_measured_is_missing_with_its_reason() -> None:
    sheet = gather(fake.run_facts())

    for name in ("memorisation", "fairness-internal", "calibration", "safety", "validity-external"):
        assert sheet.statements[name].basis == "missing", name
        assert sheet.statements[name].text
    assert sheet.evaluation.looks.basis == "missing"
    assert {figure.basis for figure in sheet.evaluation.outputs.values()} == {"missing"}
    assert sheet.dates == {}


def test_what_parts_measured_is_told() -> None:
    sheet = gather(fake.full_run_facts())
    said = {name: statement.text for name, statement in sheet.statements.items()}

    assert "accuracy, age band 65-79: 0.667 [0.467, 0.820] (n = 24)" in said["fairness-internal"]
    assert "subgroups with too few records for a figure: 1" in said["fairness-internal"]
    assert "0.031 [0.006, 0.157] (n = 32)" in said["memorisation"]
    assert "0 of 5" in said["memorisation"]
    assert "0.214 [0.171, 0.263]" in said["calibration"]
    assert "reaches 0.667" in said["calibration"]
    assert "sentinels CRITICAL: 1 of 12 missed" in said["safety"]
    assert sheet.evaluation.looks.value == 4
    assert sheet.verdict.keep == "aaaaaaaaaaaa-a1"
    assert [change.reference for change in sheet.verdict.changes] == [
        "baseline",
        "baseline",
        "approved cccccccccccc-a1",
    ]


def test_a_small_subgroup_stays_and_is_missing() -> None:
    rows = {(row.value, row.metric): row.figure for row in gather(fake.full_run_facts()).evaluation.slices}

    assert rows["90-plus", "accuracy"].missing == "3 items, fewer than the 20 that a figure needs"


def test_small_subgroups_alone_make_no_empty_table() -> None:
    facts = fake.full_run_facts()
    systems = tuple(
        system.model_copy(update={"slices": tuple(row for row in system.slices if row.interval is None)})
        for system in facts.evaluation.systems
    )
    evaluation = facts.evaluation.model_copy(update={"systems": systems})

    text = model_card.render(gather(replace(facts, evaluation=evaluation)))

    section = text.split("## Results by subgroup")[1].split("\n## ")[0]
    assert "age band `90-plus`" in section
    assert "| Subgroup |" not in section


def test_nothing_is_measured_of_what_a_person_declared() -> None:
    sheet = gather(fake.brought_run_facts())

    assert sheet.model.samples.basis == "declared"
    assert sheet.model.steps.basis == "missing"
    assert sheet.statements["training"].basis == "declared"
    assert sheet.statements["annotation"].basis == "missing"
    assert sheet.statements["validity-internal"].basis == "missing"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_labels_is_told_in_its_own_metric(kind: str) -> None:
    sheet = gather(fake.facts_of_kind(kind))

    assert sheet.evaluation.main_metric == "score"
    assert sheet.evaluation.recalls == ()
    assert "0.612 [0.571, 0.655] (n = 60)" in sheet.statements["validity-internal"].text
    assert sheet.statements["weakest-class"].basis == "missing"


def test_no_text_of_a_record_is_in_it() -> None:
    """`plan` carries sample records; the sheet must not."""
    plan = fake_plan()
    sheet = planned(plan)

    assert plan.samples
    assert sheet.data.plan is not None
    assert sheet.data.plan.samples == ()
    assert plan.samples[0].text not in run_folder.to_bytes(sheet).decode()


def test_codes_that_the_dictionary_leaves_out_are_counted_in_it() -> None:
    codes = tuple(CodeUse(system="icd-10-cm", code=f"A{one:02d}", name="x", records=1) for one in range(58))
    sheet = planned(fake_plan().model_copy(update={"codes": codes, "more_codes": 7}))

    assert "And 25 codes that are rarer." in data_dictionary.render(sheet)
    assert sheet.data.plan is not None
    assert sheet.data.plan.more_codes == 25


def planned(plan: DataPlan) -> FactSheet:
    facts = fake.run_facts()
    return gather(replace(facts, prepared=facts.prepared.model_copy(update={"plan": plan})))


def fake_plan() -> DataPlan:
    made = Record(
        id="train-000001", scenario="s1", style="soap", text="Canary of a record.", target="x", facts={}
    )
    return DataPlan(
        records={"train": 180},
        sampled={"train": 180},
        seed=7,
        spreads=(),
        diversity=(),
        exact_repeats=ExactRepeats(n=300, considered=300, repeated=0, across_splits=0, rate=None),
        near_repeats=(),
        lengths=None,
        counted_by=None,
        volume=Volume(train_records=180, fewest_per_label=60, advice=(), standing="unknown", curve=()),
        codes=(),
        more_codes=0,
        record_schema={},
        samples=(made,),
        samples_missing=None,
        hipaa=(),
    )


def test_another_run_is_another_bill_of_materials_and_the_same_run_is_not() -> None:
    facts = fake.run_facts()
    other = replace(facts, digests={**facts.digests, "train": "f" * 64})

    assert gather(facts).serial_number == gather(facts).serial_number
    assert gather(other).serial_number != gather(facts).serial_number


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": "measured", "value": 0.5, "n": None, "exact": True},
        {"basis": "measured", "value": 0.5, "n": 3, "data_sha256": None, "exact": True},
        {"basis": "measured", "value": 0.5, "n": 3},
        {"basis": "declared", "value": None},
        {"basis": "missing", "missing": None},
        {"basis": "missing", "value": 1.0, "missing": "why"},
    ],
)
def test_a_number_that_is_not_complete_for_its_basis_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Figure.model_validate({"shown": "0.5", "data_sha256": "a" * 64, **changes})


def test_a_number_says_its_n_where_the_table_has_another() -> None:
    figure = figures.estimated(fake.evaluation().systems[0].metrics[0].interval, "a" * 64)  # type: ignore[arg-type]

    assert figures.cell(figure, 60) == "0.350 [0.242, 0.476]"
    assert figures.cell(figure, 61) == "0.350 [0.242, 0.476] (n = 60)"
    assert figures.cell(figures.missing("a <b>"), 60) == "missing: a &lt;b&gt;"
