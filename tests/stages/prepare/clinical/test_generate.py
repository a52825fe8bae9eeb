"""Records of `clinical-notes`: the same anywhere, balanced, and with nothing shared between splits."""

import re
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.data import Record
from clinft.errors import SpecError
from clinft.spec.data import SPLITS, DataSpec, Splits
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical import generate, load
from clinft.stages.prepare.clinical.coherence import problems
from clinft.stages.prepare.clinical.generate import Generation, Job, streams
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks import TABLE, styles_for
from tests.fakes.packs import PACK, data, task, text

SMALL = load.parse(text(PACK), "small.yaml")
STYLES = tuple(templates())
LABELS = ("immediate", "urgent", "non-urgent")
MADE_OF_FACTS = {"mentioned", "noise", "template"}


def records(spec: DataSpec, of: TaskSpec | None = None, pack: load.Pack = SMALL) -> dict[str, list[Record]]:
    generation = Generation(Job(spec, of or task(labels=LABELS), pack))
    return {
        split: [
            Record(**record)
            for block in range(generation.blocks(split))
            for record in generation.records(split, block)
        ]
        for split in SPLITS
    }


def test_streams_are_lazy_and_independent_of_each_other() -> None:
    of, spec = task(), data(records=5_000_000)
    first = next(streams(spec, of, "cardiology")["dev"])
    assert first.id == "dev-000001"
    assert next(streams(spec, of, "cardiology")["dev"]) == first
    assert next(streams(spec, of, "cardiology")["test"]).scenario != first.scenario


def test_another_seed_gives_other_records() -> None:
    one, two = (records(data(records=60, seed=seed))["train"] for seed in (1, 2))
    assert not {record.text for record in one} & {record.text for record in two}


def test_the_order_of_words_in_a_spec_changes_nothing() -> None:
    chosen = styles_for(task(labels=LABELS))[:3]
    forward = records(data(styles=chosen), task(labels=LABELS))
    assert records(data(styles=chosen[::-1]), task(labels=LABELS[::-1])) == forward


@settings(max_examples=20, deadline=None)
@given(
    count=st.integers(40, 150),
    seed=st.integers(0, 2**31 - 1),
    labels=st.lists(st.sampled_from(LABELS), min_size=2, unique=True),
    styles=st.lists(st.sampled_from(styles_for(task(labels=LABELS))), max_size=4, unique=True),
    shares=st.sampled_from([(0.6, 0.1, 0.1, 0.2), (0.25, 0.25, 0.25, 0.25), (0.85, 0.05, 0.05, 0.05)]),
)
def test_splits_share_nothing_whatever_the_spec(
    count: int, seed: int, labels: list[str], styles: list[str], shares: tuple[float, ...]
) -> None:
    splits = Splits.model_validate(dict(zip(SPLITS, shares, strict=True)))
    made = records(
        data(records=count, seed=seed, styles=styles, splits=splits.model_dump()), task(labels=tuple(labels))
    )
    assert sum(len(made[split]) for split in SPLITS) == count
    for one, two in combinations(SPLITS, 2):
        assert not {record.scenario for record in made[one]} & {record.scenario for record in made[two]}
        if {one, two} != {"validation", "dev"}:
            assert not told(made[one]) & told(made[two])
    for split in SPLITS:
        assert [record.id for record in made[split]] == [
            f"{split}-{number:06d}" for number in range(1, len(made[split]) + 1)
        ]
        counts = Counter(dict.fromkeys(labels, 0))
        counts.update(record.target for record in made[split])
        assert counts.keys() == set(labels)
        assert max(counts.values()) - min(counts.values()) <= 1


def told(of: list[Record]) -> set[object]:
    return {record.facts["template"] for record in of}


def test_every_style_and_condition_is_in_every_split() -> None:
    made = records(data(records=2000))
    for split in SPLITS:
        assert {record.style for record in made[split]} == set(styles_for(task(labels=LABELS)))
        assert {record.facts["code"] for record in made[split]} == {c["code"] for c in PACK["conditions"]}


@pytest.mark.parametrize("classify", ["acuity", "severity", "condition"])
def test_targets_are_what_the_facts_say(classify: str) -> None:
    names = {
        "acuity": LABELS,
        "severity": ("MILD", "severe"),
        "condition": ("illness number 1", "Illness number 2"),
    }
    for record in records(data(), task(labels=names[classify]))["train"]:
        assert record.target in names[classify]
        assert record.target.casefold() == record.facts[classify]


@pytest.mark.parametrize("kind", [kind for kind in TABLE if kind != "classification"])
def test_other_tasks_have_conditions_in_turn_and_coherent_facts(kind: str) -> None:
    made = records(data(), task(kind))
    may = styles_for(task(kind))
    for split in SPLITS:
        counts = Counter(record.facts["code"] for record in made[split])
        assert len(counts) == len(PACK["conditions"])
        assert max(counts.values()) - min(counts.values()) <= 1
        for record in made[split]:
            assert record.target
            assert record.style in may
            facts = {name: value for name, value in record.facts.items() if name not in MADE_OF_FACTS}
            assert problems(facts, SMALL) == []


def test_counts_of_labels_are_met_exactly_over_all_splits() -> None:
    wanted = {"immediate": 40, "urgent": 260, "non-urgent": 100}
    made = records(data(label_counts=wanted))
    assert Counter(record.target for split in SPLITS for record in made[split]) == wanted
    for split in SPLITS:
        shares = Counter(record.target for record in made[split])
        for label, count in wanted.items():
            assert abs(shares[label] - len(made[split]) * count / 400) <= 1


def test_blocks_change_neither_balance_nor_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "BLOCK", 17)
    made = records(data(records=400))
    for split in SPLITS:
        counts = Counter(record.target for record in made[split])
        assert max(counts.values()) - min(counts.values()) <= 1
        assert [int(record.id[-6:]) for record in made[split]] == list(range(1, len(made[split]) + 1))


def test_focus_weighs_conditions_three_times() -> None:
    made = records(data(records=1000, terminology_focus=("IL4", "zebra stripes")))["train"]
    counts = Counter(record.facts["code"] for record in made)
    others = [count for code, count in counts.items() if code != PACK["conditions"][4]["code"]]
    assert counts[PACK["conditions"][4]["code"]] > 2.5 * sum(others) / len(others)


@pytest.mark.parametrize(
    ("changes", "kind", "says"),
    [
        ({"styles": ("hpi", "sonnet")}, "classification", f"There are: {', '.join(STYLES)}"),
        ({"styles": ("hpi", "hpi")}, "classification", "or one twice"),
        ({"styles": ("hpi", "radiology-report")}, "classification", "cannot be made from: radiology-report"),
        ({"styles": ("hpi",)}, "dialogue_to_note", "cannot be made from: hpi. As it is, `kind: dialogue_to_note` is made from: dialogue"),
        (
            {"label_counts": {"immediate": 200, "urgent": 200}},
            "extraction",
            "`task.kind` is extraction; only classification has one label a record",
        ),
        ({"splits": {"train": 0.985, "validation": 0.005, "dev": 0.005, "test": 0.005}, "records": 40},
         "classification", "leaves no record for: validation, dev, test"),
    ],
)  # fmt: skip
def test_a_spec_that_cannot_be_met_is_refused(changes: dict[str, object], kind: str, says: str) -> None:
    with pytest.raises(SpecError, match=re.escape(says)):
        Generation(Job(data(**changes), task(kind), load.load_pack("cardiology")))


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("domain", load.domains())
def test_a_thousand_records_of_each_pack_and_style_are_coherent(domain: str, style: str) -> None:
    pack = load.load_pack(domain)
    # Named by their conditions: other labels cannot be told from every style.
    names = tuple(condition.name for condition in pack.pack.conditions)
    made = records(data(records=1000, styles=(style,), seed=23), task(labels=names), pack)
    seen = 0
    for split in SPLITS:
        for record in made[split]:
            facts = {name: value for name, value in record.facts.items() if name not in MADE_OF_FACTS}
            assert problems(facts, pack) == [], record.id
            assert record.style == style
            seen += 1
    assert seen == 1000
