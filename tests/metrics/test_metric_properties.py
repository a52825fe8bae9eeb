"""Metrics at their edges, their intervals, and what all of them have in common."""

import importlib
import math
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import ItemResult
from clinft.metrics import TABLE
from clinft.metrics.metric import Question
from clinft.spec.evaluation import UNBOUNDED
from clinft.statistics.bounded_mean import bounded_mean
from clinft.statistics.proportions import clopper_pearson, wilson
from tests.fakes.specs import LABELS

A, B, C, D = LABELS
CLOSED, GENERATED = "closed_labels", "generated_text"


def row(target: str | None, prediction: str | None, scoring: str = GENERATED, **more: object) -> ItemResult:
    """With the likelihood that a sure model would give it, right or wrong."""
    right = prediction == target
    stated = [0.7 if label == (prediction or A) else 0.1 for label in LABELS]
    scored = {
        "answer_nll_nats": 0.1 if right else 5.0,
        "answer_tokens": 2,
        "answer_bytes": 10,
        "probabilities": tuple(stated),
    }
    plain = {
        "item": "test-0001",
        "item_sha256": "0" * 64,
        "system": "tuned",
        "scoring": scoring,
        "target": target,
        "prediction": prediction,
        "correct": right,
        "answer_nll_nats": None,
        "answer_tokens": None,
        "refused": prediction is None,
    }
    return ItemResult.model_validate(plain | (scored if scoring == CLOSED else {}) | more)


def text(share: float, things: int = 10, **more: object) -> ItemResult:
    """An answer of which this share of everything is right."""
    right = round(share * things)
    of = {
        "gold": things, "said": things, "shared": right, "category_shared": right, "codes_said": things,
        "codes_valid": right, "codes_billable": right, "terms_gold": things, "terms_said": things,
        "terms_shared": right, "terms_relaxed": right, "facts": things, "facts_told": right,
        "facts_critical": things, "facts_critical_told": right, "claims": things,
        "claims_unsupported": things - right, "schema_valid": right == things, "rouge_1": share,
        "rouge_2": share, "rouge_l": share,
    }  # fmt: skip
    values = {name: float(count) for name, count in of.items()}
    return row(None, None, **{"values": values, "score": share, "correct": share == 1.0, **more})


# The kind of task in which a metric is shown here; `classification` where it is for that.
OF_VALUES = {
    "category_credit": "coding",
    "code_validity": "coding",
    "schema_validity": "extraction",
}
OF_SCORES = frozenset({"perplexity", "bits_per_byte", "brier", "log_loss", "calibration_error", "auroc"})


def kind_of(slug: str) -> str:
    kinds = TABLE[slug].kinds
    if kinds is None or "classification" in kinds:
        return "classification"
    return OF_VALUES.get(slug, "summarization")


def items_of(slug: str, shares: Sequence[float]) -> list[ItemResult]:
    """As right as that: texts, or labels of which the right one is called where the share is 1."""
    if kind_of(slug) != "classification":
        return [text(share) for share in shares]
    scoring = CLOSED if slug in OF_SCORES else GENERATED
    made = []
    for number, share in enumerate(shares):
        target = LABELS[number % 4]
        # Wrong ones are called the first label, which is critical here, or are no label.
        wrong = None if slug in ("parse_failure_rate", "refusal_rate") else A if target != A else B
        made.append(row(target, target if share == 1.0 else wrong, scoring))
    return made


def question_of(slug: str, confidence: float = 0.95) -> Question:
    scoring = CLOSED if slug in OF_SCORES else GENERATED
    return Question(LABELS, LABELS[:1], scoring, confidence, kind=kind_of(slug))


def measure(slug: str, items: Sequence[ItemResult], confidence: float = 0.95) -> Interval:
    found = TABLE[slug].measure(items, question_of(slug, confidence))
    assert isinstance(found, Interval), found
    return found


@pytest.mark.parametrize("slug", TABLE)
def test_one_slug_names_module_and_metric(slug: str) -> None:
    module = importlib.import_module(f"clinft.metrics.{slug}")
    assert module.METRIC is TABLE[slug]
    assert module.__doc__


@pytest.mark.parametrize("slug", TABLE)
def test_better_answers_are_a_better_value(slug: str) -> None:
    good, bad = ([share] * 12 for share in (1.0, 0.0))
    if slug == "auroc":  # of sure models the area is 1 or 0
        good, bad = [1.0] * 12, [0.0, 1.0] * 6
    better, worse = measure(slug, items_of(slug, good)).value, measure(slug, items_of(slug, bad)).value
    assert (better > worse) is TABLE[slug].higher_is_better
    assert better != worse


@pytest.mark.parametrize("slug", TABLE)
def test_more_confidence_is_a_wider_interval(slug: str) -> None:
    shares = [0.0 if number % 3 == 0 else 1.0 if number % 3 == 1 else 0.5 for number in range(40)]
    items = items_of(slug, shares)
    narrow, wide = (measure(slug, items, confidence) for confidence in (0.8, 0.99))
    assert narrow.confidence == 0.8
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize("slug", [slug for slug in TABLE if slug not in UNBOUNDED | {"calibration_error"}])
def test_perfect_answers_of_few_items_prove_nothing(slug: str) -> None:
    """A resample of right answers alone is right alone; the interval must not end there."""
    found = measure(slug, items_of(slug, [1.0] * 12))
    if slug == "brier":  # sure to 0.7 only
        return
    assert found.value == (1.0 if TABLE[slug].higher_is_better else 0.0)
    assert found.high - found.low > 0.02


def test_shares_have_wilsons_interval_and_what_may_harm_clopper_and_pearsons() -> None:
    items = [row(A, A), row(A, A), row(A, B), row(B, B), row(B, B), row(C, D), row(C, None)]
    assert measure("accuracy", items) == wilson(4, 7, 0.95)
    assert measure("parse_failure_rate", items) == wilson(1, 7, 0.95)
    assert measure("critical_recall", items) == clopper_pearson(2, 3, 0.95)


def test_shares_of_counts_have_gaffkes_interval_by_item() -> None:
    items = [text(0.4), text(0.9), text(1.0, things=40)]
    found = measure("omission_rate", items)
    wanted = bounded_mean([(6.0, 10.0), (1.0, 10.0), (0.0, 40.0)], 0.95)
    assert (found.value, found.low, found.high) == (wanted.value, wanted.low, wanted.high)
    assert found.n == 3


def test_macro_f1_counts_labels_of_the_split_and_none_as_zero() -> None:
    items = [row(A, A), row(A, A), row(A, B), row(B, B), row(B, B), row(C, D), row(C, None)]
    # C has support and no hit: 0. D has no support: left out, though it was answered.
    assert measure("macro_f1", items).value == pytest.approx((4 / 5 + 4 / 5 + 0) / 3)


def test_perplexity_is_of_all_tokens_not_the_mean_of_items() -> None:
    items = [
        row(A, A, CLOSED, answer_nll_nats=0.0, answer_tokens=3),
        row(B, A, CLOSED, answer_nll_nats=4 * math.log(2), answer_tokens=1),
    ]
    found = measure("perplexity", items)
    assert found.value == pytest.approx(2.0)
    assert 1.0 <= found.low < 2.0 < found.high


def test_perplexity_of_a_hopeless_model_is_still_a_number() -> None:
    hopeless = [row(A, B, CLOSED, answer_nll_nats=1e9, answer_tokens=1), row(A, A, CLOSED)]
    assert math.isfinite(measure("perplexity", hopeless).high)


CLUSTERED = [slug for slug in TABLE if slug not in {"critical_recall", "over_triage_rate"}]


@pytest.mark.parametrize("slug", CLUSTERED)
def test_items_of_one_scenario_tell_less_than_independent_ones(slug: str) -> None:
    """Four notes of each of ten scenarios, all alike: as much as ten items, not as forty."""
    alone = items_of(slug, [float(number % 3 > 0) for number in range(10)])
    # Copies of one item, so that all of a cluster are alike.
    together = [alone[number // 4].model_copy(update={"cluster": f"s{number // 4}"}) for number in range(40)]
    loose = [one.model_copy(update={"cluster": None}) for one in together]
    bound, free = measure(slug, together), measure(slug, loose)
    assert bound.value == pytest.approx(free.value)
    assert bound.high - bound.low > 1.3 * (free.high - free.low)
    assert bound.n == free.n


@pytest.mark.parametrize("slug", TABLE)
def test_a_cluster_of_one_is_an_item(slug: str) -> None:
    items = items_of(slug, [1.0, 0.0, 0.5, 1.0] * 3)
    named = [one.model_copy(update={"cluster": f"s{number}"}) for number, one in enumerate(items)]
    assert measure(slug, named) == measure(slug, items)


answered = st.lists(
    st.tuples(st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.sampled_from([None, "s1", "s2"])),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("slug", TABLE)
@settings(max_examples=4, deadline=None)
@given(drawn=answered, seed=st.integers(0, 99))
def test_every_metric_keeps_its_bounds_and_ignores_the_order(
    slug: str, drawn: list[tuple[float, str | None]], seed: int
) -> None:
    made = items_of(slug, [share for share, _ in drawn])
    items = [
        one.model_copy(update={"cluster": cluster}) for one, (_, cluster) in zip(made, drawn, strict=True)
    ]
    question = question_of(slug)
    found = TABLE[slug].measure(items, question)
    assert TABLE[slug].measure(random.Random(seed).sample(items, len(items)), question) == found
    if isinstance(found, str):
        assert found
        return
    lowest, highest = {"perplexity": 1.0}.get(slug, 0.0), math.inf if slug in UNBOUNDED else 1.0
    assert lowest <= found.low <= found.value <= found.high <= highest
    assert 1 <= found.n <= len(items)


def _labelled(rng: random.Random) -> ItemResult:
    (target,) = rng.choices(LABELS, (1, 2, 3, 4))
    return row(target, target if rng.random() < 0.85 else rng.choice(LABELS))


def _claiming(rng: random.Random) -> ItemResult:
    claims = rng.randint(1, 15)
    wrong = sum(rng.random() < 0.05 for _ in range(claims))
    return text(1.0, values={"claims": float(claims), "claims_unsupported": float(wrong)})


def _stated(rng: random.Random) -> ItemResult:
    sure = rng.betavariate(4, 1)
    return row(A, A, CLOSED, probabilities=(sure, 1 - sure, 0.0, 0.0))


@pytest.mark.parametrize(
    ("slug", "least", "draw"),
    [
        ("macro_f1", 0.90, _labelled),
        ("hallucination_rate", 0.90, _claiming),
        ("log_loss", 0.85, _stated),
    ],
)
def test_intervals_hold_the_truth_about_as_often_as_they_say(
    slug: str, least: float, draw: Callable[[random.Random], ItemResult]
) -> None:
    """Small; bench/metric_coverage.py is the measurement. Forty sets of thirty: chance allows for three fewer."""
    rng = random.Random(11)
    truth = _value(slug, [draw(rng) for _ in range(20_000)])
    held = [
        found.low <= truth <= found.high
        for found in (measure(slug, [draw(rng) for _ in range(30)]) for _ in range(40))
    ]
    assert sum(held) / len(held) >= least


def _value(slug: str, items: Sequence[ItemResult]) -> float:
    from collections import Counter

    from clinft.metrics.measuring import ratio
    from clinft.metrics.metric import Ratio, Whole

    form = TABLE[slug].form
    question = question_of(slug)
    assert isinstance(form, Ratio | Whole)
    rows = [made for one in items if (made := form.of(one, question)) is not None]
    counted = Counter(rows)
    return ratio(form, counted) if isinstance(form, Ratio) else form.statistic(rows, question)(counted)
