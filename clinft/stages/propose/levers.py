"""Which setting of project.yaml reaches a group that is missed more often than the rest; and where none does.

What a group could gain is bounded, not foretold: no run has shown what more records of one kind bring. The
bound is what would be gained if the group were missed no more often than the others.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from pydantic import JsonValue

from clinft.artifacts.planning import Interval
from clinft.artifacts.proposal import Change, ErrorGroup, Gain
from clinft.stages.propose.facts import STEERED, ProposeFacts
from clinft.stages.propose.features import NOISE, YES
from clinft.stages.propose.groups import LABEL
from clinft.stages.propose.volume import apportioned

# Labels and conditions of one change, and how much more of them there are to be.
MOST_NAMES = 3
MORE = 1.5
# A share of notes grows by this, and never beyond.
STEP, MOST_SHARE = 0.2, 0.9
SHARES = {shown: (kind, key) for kind, (shown, key) in NOISE.items()}


class Levers(NamedTuple):
    changes: tuple[Change, ...]
    left_alone: tuple[str, ...]


class _Found(NamedTuple):
    """A setting with its new value, and the groups that it is for."""

    setting: Literal["data.label_counts", "data.terminology_focus", "data.realism"]
    value: JsonValue
    groups: tuple[ErrorGroup, ...]
    why: str


def levers(facts: ProposeFacts, groups: Sequence[ErrorGroup], records: int, most: int) -> Levers:
    """At most `most` changes, for the clearest groups. `records`: over all splits, as they will be."""
    out = [group for group in groups if group.stands_out]
    if not out:
        return Levers((), ())
    if not facts.generated or facts.spec.data.generator != STEERED:
        return Levers((), tuple(_unreached(group, _why_fixed(facts)) for group in out))
    found, used = [], set()
    for make in (_labels, _conditions, _noise):
        one = make(facts, out, records)
        if one is not None:
            found.append(one)
    # The clearest group first.
    found.sort(key=lambda one: min(group.p_value for group in one.groups))
    kept = found[:most]
    for one in kept:
        used |= {(group.fact, group.value) for group in one.groups}
    later = {(group.fact, group.value) for one in found[most:] for group in one.groups}
    left = [
        _unreached(
            group,
            "left for a later round, so that one run shows what a few changes do"
            if (group.fact, group.value) in later
            else "no setting makes more of it; look at the phrases of the pack, or at the task's description",
        )
        for group in out
        if (group.fact, group.value) not in used
    ]
    changes = [
        Change(
            setting=one.setting,
            value=one.value,
            reason=_reason(one),
            gain=_ceiling(one.groups, len(facts.tuned)),
        )
        for one in kept
    ]
    return Levers(tuple(changes), tuple(left))


def _labels(facts: ProposeFacts, groups: Sequence[ErrorGroup], records: int) -> _Found | None:
    labels = facts.spec.task.labels
    mine = [group for group in groups if group.fact == LABEL and group.value in labels][:MOST_NAMES]
    if facts.spec.task.kind != "classification" or not mine:
        return None
    before = facts.spec.data.label_counts or dict.fromkeys(labels, 1)
    more = {group.value for group in mine}
    weights = {label: before[label] * (MORE if label in more else 1.0) for label in labels}
    counts: dict[str, JsonValue] = dict(apportioned(records, weights))
    return _Found("data.label_counts", counts, tuple(mine), f"{MORE:g} times their share of the records")


def _conditions(facts: ProposeFacts, groups: Sequence[ErrorGroup], records: int) -> _Found | None:
    focus = {term.casefold() for term in facts.spec.data.terminology_focus}
    mine = [
        group
        for group in groups
        if group.fact == "condition" and facts.conditions.get(group.value, "").casefold() not in {"", *focus}
    ][:MOST_NAMES]
    if not mine:
        return None
    names: list[JsonValue] = [facts.conditions[group.value] for group in mine]
    return _Found(
        "data.terminology_focus", names, tuple(mine), "a term in focus is drawn three times as often"
    )


def _noise(facts: ProposeFacts, groups: Sequence[ErrorGroup], records: int) -> _Found | None:
    realism = facts.spec.data.realism
    mine, value = [], {}
    for group in groups:
        if group.fact in SHARES and group.value == YES:
            key = SHARES[group.fact][1]
            share = float(getattr(realism, key))
            if share < MOST_SHARE:
                value[key] = round(min(MOST_SHARE, share + STEP), 2)
                mine.append(group)
    if not mine:
        return None
    written: dict[str, JsonValue] = dict(sorted(value.items()))
    return _Found("data.realism", written, tuple(mine), "the model sees more notes of this kind")


def _reason(found: _Found) -> str:
    said = "; ".join(
        f"{group.fact} {group.value}: missed {group.missed.value:.3f} [{group.missed.low:.3f}, "
        f"{group.missed.high:.3f}] of {group.n:,}, the rest {group.rest:.3f} (adjusted p = "
        f"{group.p_adjusted:.2g})"
        for group in found.groups
    )
    return f"{said}. So {found.why}."


def _ceiling(groups: Sequence[ErrorGroup], n: int) -> Gain:
    """Of the widest group alone: groups overlap, and sums of them would count items twice."""
    widest = max(groups, key=lambda group: group.n * max(group.difference.value, 0.0))
    share = widest.n / n
    scaled: Callable[[float], float] = lambda value: round(max(0.0, value) * share, 6)  # noqa: E731
    found = widest.difference
    interval = Interval(
        value=scaled(found.value),
        low=scaled(found.low),
        high=scaled(found.high),
        n=n,
        confidence=found.confidence,
        method=f"{found.method}, times the group's share",
    )
    return Gain(interval=interval, ceiling=True)


def _unreached(group: ErrorGroup, why: str) -> str:
    return (
        f"{group.fact} {group.value}: missed {group.missed.value:.3f} of {group.n:,}, the rest "
        f"{group.rest:.3f}; {why}."
    )


def _why_fixed(facts: ProposeFacts) -> str:
    if not facts.generated:
        return "the records were brought, so people bring more of this kind"
    return f"the generator {facts.spec.data.generator} makes no more of one kind than of another"
