"""The plan of prepared data: worked examples by hand, order, sampling, what it must not say."""

import itertools
import random
import string
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import jsonschema
import pytest

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.data import Record
from clinft.artifacts.data_plan import DataPlan
from clinft.spec.data import SPLITS
from clinft.spec.project import TaskKind
from clinft.stages.prepare.analysis import analyse
from clinft.stages.prepare.analysis.codes import Codes
from clinft.stages.prepare.analysis.repeats import Texts, alike
from clinft.stages.prepare.analysis.spread import diversity, evenness
from clinft.stages.prepare.analysis.volume import table, volume
from clinft.stages.prepare.generate import generate
from tests.fakes.specs import LABELS, project_spec

# Words of no meaning: two texts of 40 drawn from these share next to nothing.
WORDS = ["".join(pair) for pair in itertools.product(string.ascii_lowercase, repeat=2)]


def text(seed: str, words: int = 40) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def record(split: str, number: int, **changes: Any) -> Record:
    made = {
        "id": f"{split}-{number}",
        "scenario": f"{split}{number}",
        "style": "letter",
        "text": text(f"{split} {number}"),
        "target": LABELS[number % 4],
        "facts": {},
    }
    return Record(**{**made, **changes})


def plan_of(by_split: Mapping[str, Sequence[Record]], **more: Any) -> DataPlan:
    return analyse({split: partial(iter, rows) for split, rows in by_split.items()}, project_spec(), **more)


def splits(count: int = 12) -> dict[str, list[Record]]:
    return {split: [record(split, number) for number in range(count)] for split in SPLITS}


def test_counts_and_rates_of_a_small_set_are_those_counted_by_hand() -> None:
    rows = splits()
    # Exact but for blanks and case, in another split; nearly: 2 words of 40 differ, 37 - 3 runs of 38 are shared.
    rows["test"][0] = record("test", 0, text=f"  {rows['train'][0].text.upper()}\n")
    changed = rows["train"][1].text.split()
    rows["test"][1] = record("test", 1, text=" ".join([*changed[:-1], "zzz"]))
    rows["train"][5] = record("train", 5, text=rows["train"][4].text)
    plan = plan_of(rows)
    assert plan.records == dict.fromkeys(SPLITS, 12) == plan.sampled
    exact = plan.exact_repeats
    assert (exact.n, exact.considered, exact.repeated, exact.across_splits) == (48, 48, 2, 1)
    assert exact.rate is not None
    assert exact.rate.value == pytest.approx(2 / 48)
    near = {(one.split, one.against): one.repeated for one in plan.near_repeats}
    assert near[("test", "train")] == 2
    assert near[("train", "train")] == 1
    assert sum(near.values()) == 3
    assert plan.leaked() == 3
    assert {(one.split, one.against) for one in plan.near_repeats} >= {("dev", "validation"), ("test", "dev")}


def test_any_order_of_rows_gives_the_same_plan() -> None:
    rows = splits(60)
    mixed = {split: random.Random(3).sample(one, len(one)) for split, one in rows.items()}
    one, other = (
        plan_of(given, sample=20, clean=lambda _: True, count_tokens=lambda texts: [*map(len, texts)])
        for given in (rows, mixed)
    )
    assert digest_json(one.model_dump(mode="json")) == digest_json(other.model_dump(mode="json"))
    assert one.sampled == dict.fromkeys(SPLITS, 20)


def test_a_sample_is_drawn_by_the_seed() -> None:
    rows = splits(60)
    plans = [
        analyse(
            {split: partial(iter, one) for split, one in rows.items()},
            project_spec(data={"seed": seed}),
            sample=20,
            clean=lambda _: True,
        )
        for seed in (1, 2)
    ]
    assert [one.id for one in plans[0].samples] != [one.id for one in plans[1].samples]


def test_a_split_is_read_once_and_lazily() -> None:
    reads = dict.fromkeys(SPLITS, 0)

    def read(split: str) -> Iterable[Record]:
        reads[split] += 1
        return iter(splits()[split])

    analyse({split: partial(read, split) for split in SPLITS}, project_spec())
    assert reads == dict.fromkeys(SPLITS, 1)


def test_evenness_is_entropy_over_that_of_equal_counts() -> None:
    assert evenness([5, 5, 5, 5]) == 1.0
    # -(3/4 ln 3/4 + 1/4 ln 1/4) / ln 2
    assert evenness([3, 1]) == pytest.approx(0.811278)
    assert evenness([4, 0]) == 0.0
    assert evenness([4]) is None
    assert evenness([0, 0]) is None


def test_a_label_that_never_occurs_is_named_and_is_the_smallest() -> None:
    rows = splits()
    rows["dev"] = [one for one in rows["dev"] if one.target != "mental"]
    found = next(one for one in plan_of(rows).spreads if (one.split, one.field) == ("dev", "target"))
    assert (found.absent, found.smallest, found.largest, found.n) == (("mental",), 0, 3, 9)
    assert found.evenness == pytest.approx(0.792481)  # ln 3 / ln 4


def test_distinct_n_of_a_text_worked_by_hand() -> None:
    found = diversity(
        "train", [record("train", 0, text="pain, no pain. No fever"), record("train", 1, text="pain")]
    )
    # pain no pain no fever | pain: 3 of 6 words; pairs pain-no no-pain pain-no no-fever: 3 of 4; triples 3 of 3
    assert (found.n, found.words) == (2, 6)
    assert (found.distinct_1, found.distinct_2, found.distinct_3) == (0.5, 0.75, 1.0)
    empty = diversity("train", [record("train", 0, text="pain")])
    assert (empty.distinct_1, empty.distinct_2, empty.distinct_3) == (1.0, None, None)


def test_of_too_many_texts_a_random_part_is_counted_whole() -> None:
    texts = Texts(most=50)
    for number in random.Random(5).sample(range(2_000), 2_000):
        texts.add("train", f"text {number % 1_000}")
    found = texts.repeats()
    assert (found.n, found.considered, found.repeated) == (2_000, 100, 50)
    assert found.rate is not None
    assert found.rate.value == 0.5


def test_texts_are_alike_from_four_fifths_of_their_runs_on() -> None:
    words = text("base", 50).split()
    # One word of 50 changed in the middle breaks 3 of 48 runs: 45 / 51 = 0.88. Two apart: 42 / 54 = 0.78.
    one, two = [*words], [*words]
    one[20] = "zzz"
    two[10] = two[30] = "zzz"
    assert alike(" ".join(words), " ".join(one))
    assert not alike(" ".join(words), " ".join(two))
    assert alike("pain", "Pain!")
    assert not alike("pain", "fever")


def test_lengths_are_nearest_ranks_and_missing_where_nobody_counts() -> None:
    rows = {"train": [record("train", number, text="x " * (number + 1)) for number in range(100)]}
    plan = plan_of(rows, count_tokens=lambda texts: [len(one.split()) for one in texts], counted_by="words")
    found = {row.field: row for row in plan.lengths or ()}["text"]
    assert (found.n, found.p5, found.p50, found.p95, found.p99, found.most) == (100, 5, 50, 95, 99, 100)
    unknown = plan_of(rows, count_tokens=lambda _: None, counted_by="words")
    assert (unknown.lengths, unknown.counted_by) == (None, None)
    assert plan_of(rows).lengths is None


def test_codes_are_those_of_facts_and_answers_once_a_record() -> None:
    codes = Codes()
    facts = {
        "diagnosis": "delirium",
        "code": "F05",
        "labs": [{"name": "sodium", "loinc": "2951-2", "code": "not a code"}, {"loinc": "2951-2"}],
        "history": [{"name": "asthma", "code": "J45.909"}, {"name": "delirium", "code": "F05"}],
        "plan": {"drug": "haloperidol", "rxcui": "5093"},
    }
    codes.add(record("train", 0, facts=facts))
    codes.add(record("train", 1, target='[{"code": "J45.909", "name": "asthma"}]'))
    codes.add(record("train", 2, target="E11.9, I10"))
    codes.add(record("train", 3, target="{broken"))
    listed, more = codes.uses()
    assert {(one.system, one.code, one.name, one.records) for one in listed} == {
        ("ICD-10-CM", "J45.909", "asthma", 2),
        ("ICD-10-CM", "F05", "delirium", 1),
        ("LOINC", "2951-2", "sodium", 1),
        ("RxNorm", "5093", "haloperidol", 1),
        ("ICD-10-CM", "E11.9", "", 1),
        ("ICD-10-CM", "I10", "", 1),
    }
    assert (listed[0].code, more) == ("J45.909", 0)


@pytest.mark.parametrize("kind", get_args(TaskKind))
def test_every_task_has_a_figure_with_a_source(kind: TaskKind) -> None:
    found = volume(kind, 100, None)
    assert found.advice
    assert found.standing == "too_few"
    assert all(row.source and row.finding and row.as_of == table().as_of for row in found.advice)


@pytest.mark.parametrize(
    ("train", "by_label", "standing"),
    [
        (299, [100, 199], "too_few"),
        (300, [49, 251], "too_few"),
        (300, [50, 250], "enough_to_start"),
        (1000, [500, 500], "ample"),
        (1000, [0, 1000], "too_few"),
    ],
)
def test_the_standing_of_a_classification(train: int, by_label: list[int], standing: str) -> None:
    assert volume("classification", train, by_label).standing == standing


def test_a_learning_curve_has_three_sizes() -> None:
    curve = volume("classification", 403, [100, 303]).curve
    assert [(one.percent, one.records, one.fewest_per_label) for one in curve] == [
        (25, 100, 25),
        (50, 201, 50),
        (100, 403, 100),
    ]


def test_the_record_schema_is_valid_and_fits_every_record() -> None:
    spec = project_spec(data={"records": 400})
    made = generate(spec.data, spec.task.labels, spec.clinical_domain)
    plan = plan_of(made)
    schema = plan.record_schema
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    for one in (row for rows in made.values() for row in rows):
        check.validate(one.model_dump(mode="json"))
    bad = made["train"][0].model_dump(mode="json")
    assert not check.is_valid({**bad, "target": "nephrology"})
    assert not check.is_valid({**bad, "note": ""})
    assert not check.is_valid({**bad, "facts": {**bad["facts"], "age": "old"}})


def test_samples_are_of_train_clean_and_spread() -> None:
    rows = splits(60)
    dirty = {one.id for one in rows["train"][:30]}
    plan = plan_of(rows, clean=lambda one: one.id not in dirty)
    assert len({one.id for one in plan.samples}) == 10
    assert plan.samples_missing is None
    assert not dirty & {one.id for one in plan.samples}
    assert all(one.id.startswith("train-") for one in plan.samples)
    assert {one.target for one in plan.samples} == set(LABELS)


def test_without_an_audit_no_record_is_shown() -> None:
    assert plan_of(splits()).samples == ()
    assert plan_of(splits()).samples_missing
    plan = plan_of(splits(), clean=lambda _: False)
    assert plan.samples == ()
    assert "found 0 clean" in (plan.samples_missing or "")


def test_splits_that_hold_nothing_are_no_division_by_zero() -> None:
    plan = plan_of({split: [] for split in SPLITS}, count_tokens=lambda texts: [0 for _ in texts])
    assert plan.exact_repeats.rate is None
    assert all(one.rate is None for one in plan.near_repeats)
    assert plan.volume.standing == "too_few"
