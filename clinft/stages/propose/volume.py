"""How many records: by the learning curve, by what an open comparison asks for, and as the budget allows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.proposal import Change, Gain, LearningCurve, ProposalCost
from clinft.spec.data import SPLITS
from clinft.stages.propose.facts import STEADY, ProposeFacts
from clinft.statistics import learning_curve
from clinft.statistics.learning_curve import FARTHEST, Fit, Point

MOST_RECORDS = 5_000_000
# Larger ones first are tried where the budget is short.
FACTORS = (1.25, 1.5, 2.0, 3.0, FARTHEST)
USUAL = 2.0
# A forecast of less than this is nothing to train for.
WORTH = 0.005
# Shares in a spec are read as written; so many digits give each split its exact number of records.
DIGITS = 8


class Volume(NamedTuple):
    """`train`: records of the training split then. `changes`: empty where `left_alone` says why."""

    train: int
    changes: tuple[Change, ...]
    left_alone: tuple[str, ...]


def curve_of(facts: ProposeFacts) -> tuple[LearningCurve, Fit | None]:
    points = [
        Point(
            one.records,
            one.error.value,
            # Of a symmetric interval the standard error; of a skewed one about it.
            (one.error.high - one.error.low) / (2.0 * 1.96),
            one.error.n,
        )
        for one in facts.points
    ]
    made = LearningCurve(
        metric=facts.evaluation.main_metric,
        points=tuple(sorted(facts.points, key=lambda one: (one.records, one.run_id))),
    )
    why = learning_curve.why_not(points)
    if why is not None:
        return made.model_copy(update={"missing": why}), None
    found = learning_curve.fit(points, facts.spec.evaluation.confidence)
    notes = [
        "A power law through few runs: it knows no ceiling, and a forecast beyond the largest run is bold."
    ]
    return made.model_copy(
        update={"scale": round(found.scale, 6), "exponent": found.exponent, "notes": tuple(notes)}
    ), found


def volume(facts: ProposeFacts, curve: LearningCurve, found: Fit | None) -> Volume:
    train = facts.records["train"]
    if not facts.generated:
        return _none(
            train, "More records: the files in synthetic/ are brought, so people bring more of them."
        )
    wanted = max(_factor(facts, found), _for_the_comparison(facts))
    gain = _gain(facts, curve, found, math.ceil(train * wanted))
    if found is not None and gain.interval is not None and gain.interval.high < WORTH:
        if _for_the_comparison(facts) <= 1.0:
            said = f"{gain.interval.value:+.3f} [{gain.interval.low:+.3f}, {gain.interval.high:+.3f}]"
            return _none(
                train, f"More records: the learning curve foretells {said} from {wanted:g} times as many."
            )
        wanted = _for_the_comparison(facts)
    affordable = [factor for factor in FACTORS if factor <= wanted and _within_budget(facts, factor)]
    affordable = [factor for factor in affordable if sum(facts.records.values()) * factor <= MOST_RECORDS]
    if not affordable:
        return _none(
            train,
            "More records: the budget of the spec has no room for a quarter more. It is not raised here.",
        )
    factor = affordable[-1]
    grown = math.ceil(train * factor)
    changes = tuple(_changes(facts, factor, grown, _gain(facts, curve, found, grown)))
    cut = factor < wanted
    left = (f"More than {factor:g} times the records: the budget of the spec has no room.",) if cut else ()
    return Volume(grown, changes, left)


def cost(estimate: CostEstimate | None, before: int, after: int) -> ProposalCost | None:
    """The run's own estimate, in proportion: its formulas are linear in the tokens of training."""
    if estimate is None or not before:
        return None
    ratio = Decimal(after) / Decimal(before)
    cents = Decimal("0.01")
    minutes = None if estimate.minutes is None else round(estimate.minutes * float(ratio), 1)
    return ProposalCost(
        usd=(estimate.cost_usd * ratio).quantize(cents),
        usd_upper=(estimate.cost_usd_upper * ratio).quantize(cents),
        minutes=minutes,
        formula=f"estimate of the run × {after:,} / {before:,} training records: {estimate.formula}",
    )


def _none(train: int, why: str) -> Volume:
    return Volume(train, (), (why,))


def _factor(facts: ProposeFacts, found: Fit | None) -> float:
    """The least that reaches the unmet threshold, by the curve; else twice, which also measures the curve."""
    metric = facts.evaluation.main_metric
    targets = [
        threshold.min
        for threshold, result in zip(
            facts.spec.evaluation.thresholds, facts.evaluation.thresholds, strict=False
        )
        if threshold.metric == metric and threshold.min is not None and result.met is not True
    ]
    if found is None or not targets:
        return USUAL
    needed = learning_curve.records_for(found, 1.0 - max(targets))
    if needed is None:
        return USUAL
    return next((one for one in FACTORS if facts.records["train"] * one >= needed), FARTHEST)


def _for_the_comparison(facts: ProposeFacts) -> float:
    """Times the test records that the verdict asks for, where it is open only for their number."""
    verdict = facts.regression
    if verdict is None or verdict.status != "WARN":
        return 1.0
    asked = [
        change.items_needed / change.difference.n
        for change in verdict.metrics
        if change.status == "WARN" and change.items_needed and change.difference and change.difference.n
    ]
    most = max(asked, default=1.0)
    return next((one for one in FACTORS if one >= most), 1.0) if most > 1.0 else 1.0


def _gain(facts: ProposeFacts, curve: LearningCurve, found: Fit | None, grown: int) -> Gain:
    if found is None:
        return Gain(missing=curve.missing or "no learning curve was fitted")
    confidence = facts.spec.evaluation.confidence
    return Gain(interval=learning_curve.gain(found, facts.records["train"], grown, confidence))


def _within_budget(facts: ProposeFacts, factor: float) -> bool:
    """What nobody estimated is for the gate to bound, which estimates the changed plan anew."""
    train = facts.records["train"]
    found = cost(facts.estimate, train, math.ceil(train * factor))
    if found is None:
        return True
    budget = facts.spec.budget
    dear = found.usd_upper is not None and found.usd_upper > budget.max_usd
    estimate = facts.estimate
    upper = None if estimate is None else estimate.minutes_upper
    return not dear and (upper is None or upper * factor <= budget.max_hours * 60.0)


def _changes(facts: ProposeFacts, factor: float, grown: int, gain: Gain) -> Iterator[Change]:
    records = facts.records
    total = sum(records.values())
    if facts.spec.data.generator == STEADY and _for_the_comparison(facts) <= 1.0:
        held_out = {split: records[split] for split in SPLITS if split != "train"}
        after = grown + sum(held_out.values())
        reason = (
            f"The training split grows from {records['train']:,} to {grown:,} records; the other splits keep "
            "theirs."
        )
        yield Change(setting="data.records", value=after, reason=reason, gain=gain)
        shares = _shares({"train": grown, **held_out})
        why = "So that the test split stays as it is, and the new run can be compared on it."
        yield Change(
            setting="data.splits",
            value=dict(shares),
            reason=why,
            gain=Gain(missing="it keeps the test split"),
        )
        return
    after = math.ceil(total * factor)
    asked = _for_the_comparison(facts)
    why = (
        f"The comparison was open for the number of test records: about {asked:g} times as many decide it."
        if asked > 1.0
        else f"The training split grows from {records['train']:,} to about {grown:,} records."
    )
    yield Change(setting="data.records", value=after, reason=why, gain=gain)
    counts = facts.spec.data.label_counts
    if counts:
        yield Change(
            setting="data.label_counts",
            value=dict(apportioned(after, counts)),
            reason="In the same proportions: the counts add up to data.records.",
            gain=Gain(missing="it follows from data.records"),
        )


def apportioned(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers in these proportions that add up; what is left goes to the largest fractions."""
    whole = math.fsum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    counts = {name: int(value) for name, value in exact.items()}
    left = sorted(exact, key=lambda name: (counts[name] - exact[name], name))
    for name in left[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _shares(sizes: Mapping[str, int]) -> dict[str, float]:
    """Shares that give these sizes and add up to 1, with no more digits than that takes."""
    total = sum(sizes.values())
    for digits in range(2, DIGITS + 1):
        shares = {name: round(size / total, digits) for name, size in sizes.items()}
        shares["train"] = round(
            1.0 - math.fsum(one for name, one in shares.items() if name != "train"), digits
        )
        if _sizes(total, [shares[name] for name in SPLITS]) == [sizes[name] for name in SPLITS]:
            return {name: shares[name] for name in SPLITS}
    return {name: sizes[name] / total for name in SPLITS}


def _sizes(total: int, shares: Sequence[float]) -> list[int]:
    """As prepare deals records: largest remainder, in the order of the splits."""
    exact = [total * Decimal(str(share)) for share in shares]
    counts = [int(value) for value in exact]
    order = sorted(range(len(shares)), key=lambda i: (counts[i] - exact[i], i))
    for index in order[: total - sum(counts)]:
        counts[index] += 1
    return counts
