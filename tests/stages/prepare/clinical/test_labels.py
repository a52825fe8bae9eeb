"""What labels mean, how many records each gets, and specs that contradict themselves."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.spec.data import SPLITS
from clinft.stages.prepare.clinical import labels, load
from clinft.stages.prepare.split import split_sizes
from tests.fakes.packs import PACK, data, pack, task, text

SMALL = load.parse(text(PACK), "small.yaml")
SIZES = {"train": 240, "validation": 40, "dev": 40, "test": 80}


@pytest.mark.parametrize(
    ("names", "classify", "classified"),
    [
        (("immediate", "urgent", "non-urgent"), None, "acuity"),
        (("Immediate", "URGENT"), None, "acuity"),
        (("mild", "severe"), None, "severity"),
        (("illness number 0", "Illness Number 3"), None, "condition"),
        (("mild", "severe"), "severity", "severity"),
    ],
)
def test_what_labels_name(names: tuple[str, ...], classify: str | None, classified: str) -> None:
    found = labels.classes(task(labels=names, classify=classify), SMALL)
    assert found.classified == classified
    assert tuple(found.of) == names  # as the spec writes them
    for name, members in found.of.items():
        for at, severities in members:
            condition = SMALL.pack.conditions[at]
            for severity in severities:
                value = {
                    "acuity": condition.acuity[severity],
                    "severity": severity,
                    "condition": condition.name,
                }
                assert value[classified].casefold() == name.casefold()


def test_tasks_without_labels_have_every_condition() -> None:
    found = labels.classes(task("extraction"), SMALL)
    assert found.classified is None
    ((_, members),) = found.of.items()
    assert [at for at, _ in members] == list(range(8))


@pytest.mark.parametrize(
    ("names", "classify", "says"),
    [
        (("emergent", "urgent"), None, "no condition has: emergent"),
        (("urgent", "mild"), None, "acuity: immediate, emergent"),
        (("urgent", "someday"), "acuity", "no acuity: someday. Those there are: immediate, emergent, urgent"),
        (("illness number 0", "illness number 9"), "condition", "illness number 9. Those there are: illness"),
        (("mild", "urgent"), "severity", "Those there are: mild, moderate, severe"),
        (("IL0", "IL1"), None, "conditions of the pack"),
    ],
)
def test_labels_that_name_nothing_are_refused_with_those_there_are(
    names: tuple[str, ...], classify: str | None, says: str
) -> None:
    with pytest.raises(SpecError) as refused:
        labels.classes(task(labels=names, classify=classify), SMALL)
    message = str(refused.value).replace("of small has", "has")
    assert says in message.replace("names what no condition has", "no condition has")


@given(st.integers(40, 3000), st.integers(2, 9), st.integers(0, 999))
def test_labels_are_equal_to_within_one_in_each_split(records: int, count: int, seed: int) -> None:
    names = [f"label {number}" for number in range(count)]
    spec = data(records=records, seed=seed)
    sizes = split_sizes(records, spec.splits)
    dealt = labels.counts(spec, names, sizes)
    for split in SPLITS:
        assert sum(dealt[split].values()) == sizes[split]
        assert max(dealt[split].values()) - min(dealt[split].values()) <= 1
    assert labels.counts(spec, names[::-1], sizes) == dealt


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 500), min_size=1), st.integers(1, 60))
def test_blocks_add_up_and_keep_the_proportions(wanted: dict[str, int], block: int) -> None:
    total = sum(wanted.values())
    blocks = [min(block, total - start) for start in range(0, total, block)]
    dealt = labels.in_turn(wanted, blocks)
    assert [sum(of.values()) for of in dealt] == blocks
    for label, count in wanted.items():
        assert sum(of[label] for of in dealt) == count
        assert all(abs(of[label] - sum(of.values()) * count / total) < 2 + len(wanted) for of in dealt)


@given(st.lists(st.integers(20, 300), min_size=2, max_size=6))
def test_counts_that_are_asked_for_are_met_exactly(counts: list[int]) -> None:
    wanted = {f"label {number}": count for number, count in enumerate(counts)}
    spec = data(records=sum(counts), label_counts=wanted)
    sizes = split_sizes(spec.records, spec.splits)
    dealt = labels.counts(spec, tuple(wanted), sizes)
    assert {split: sum(of.values()) for split, of in dealt.items()} == sizes
    assert {label: sum(of[label] for of in dealt.values()) for label in wanted} == wanted
    assert all(count > 0 for of in dealt.values() for count in of.values())
    backwards = data(records=sum(counts), label_counts=dict(reversed(wanted.items())))
    assert labels.counts(backwards, tuple(wanted)[::-1], sizes) == dealt


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"urgent": 300, "immediate": 50, "later": 50}, "Only counted: later. Not counted: none."),
        ({"urgent": 400}, "Only counted: none. Not counted: immediate."),
        ({"urgent": 396, "immediate": 4}, "dev gets 40 of 400"),
    ],
)
def test_contradictory_counts_are_refused_with_the_numbers(counts: dict[str, int], says: str) -> None:
    with pytest.raises(SpecError, match=re.escape(says)):
        labels.counts(data(label_counts=counts), ("urgent", "immediate"), SIZES)


@pytest.mark.parametrize(
    ("term", "heavy"),
    [
        ("illness number 3", [3]),
        ("IL5", [5]),
        ("Metformin", [0]),
        ("SODIUM", list(range(8))),
        ("acetaminophen", list(range(8))),
        ("sign a", list(range(8))),
        ("ign", []),
        ("cough", []),  # denied: a note that uses the term to deny it teaches little of it
    ],
)
def test_terms_weigh_conditions_that_bear_them(term: str, heavy: list[int]) -> None:
    spec = data(terminology_focus=(term, "zebra stripes"))
    weights = labels.weights(spec, SMALL, 3)
    assert [at for at, weight in enumerate(weights) if weight == 3] == heavy
    assert set(weights) <= {1, 3}
    assert labels.unmatched_terms(spec, SMALL) == ("zebra stripes",) if heavy else (term, "zebra stripes")


def test_severities_a_condition_never_has_yield_no_label() -> None:
    changed = pack()
    for condition in changed["conditions"]:
        condition.update(severity=["mild"], acuity={"mild": "urgent"}, labs={})
    changed["conditions"][2]["acuity"] = {"mild": "emergent"}
    joined = load.parse(text(changed), "small.yaml")
    found = labels.classes(task(labels=("urgent", "emergent")), joined)
    assert found.of["emergent"] == ((2, ("mild",)),)
    assert len(found.of["urgent"]) == 7
    with pytest.raises(SpecError, match=r"have the severity: mild\."):
        labels.classes(task(labels=("mild", "severe")), joined)
