"""What records are balanced over: the classes that labels name, records of each, and the focus."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from clinft.errors import SpecError
from clinft.spec.data import DataSpec
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.clinical.pack import ACUITIES, PackCondition
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import SEVERITIES, Severity
from clinft.stages.prepare.split import largest_remainder

Classified = Literal["acuity", "condition", "severity"]
CLASSIFIED: tuple[Classified, ...] = ("acuity", "condition", "severity")
# The one class of tasks without labels.
EVERY = ""


@dataclass(frozen=True)
class Classes:
    """`of`: label as the spec writes it -> (number of a condition in the pack, severities that yield it)."""

    classified: Classified | None
    of: dict[str, tuple[tuple[int, tuple[Severity, ...]], ...]]


def classes(task: TaskSpec, pack: Pack) -> Classes:
    """SpecError where the labels name no classes of this pack."""
    conditions = pack.pack.conditions
    if task.kind != "classification":
        return Classes(None, {EVERY: tuple((at, one.severity) for at, one in enumerate(conditions))})
    classified = task.classify or _inferred(task.labels, pack)
    known = {name.casefold(): name for name in _all(classified, pack)}
    unknown = [label for label in task.labels if label.casefold() not in known]
    if unknown:
        raise SpecError(
            f"`task.labels` names no {classified}: {', '.join(unknown)}.",
            f"Those there are: {', '.join(known.values())}.",
            "Use these, in upper or lower case, or change `task.classify`.",
        )
    found = {
        label: tuple(
            (at, severities)
            for at, condition in enumerate(conditions)
            if (severities := _yielding(condition, classified, known[label.casefold()]))
        )
        for label in task.labels
    }
    impossible = [label for label, members in found.items() if not members]
    if impossible:
        possible = [
            name for name in known.values() if any(_yielding(one, classified, name) for one in conditions)
        ]
        raise SpecError(
            f"`task.labels` names what no condition of {pack.pack.name} has: {', '.join(impossible)}.",
            f"Its conditions have the {classified}: {', '.join(possible)}.",
            "Leave the label out, or choose another `clinical_domain`.",
        )
    return Classes(classified, found)


def counts(data: DataSpec, labels: Sequence[str], sizes: dict[str, int]) -> dict[str, dict[str, int]]:
    """By split, records of each label: equal to within one, or as `data.label_counts` says. SpecError."""
    if data.label_counts:
        return _asked_for(data, labels, sizes)
    dealt = {}
    for split, size in sizes.items():
        mixed = Draw(data.seed, split, "labels").shuffled(sorted(labels))
        dealt[split] = dict(zip(mixed, largest_remainder(size, [Decimal(1)] * len(mixed)), strict=True))
    return dealt


def in_turn(wanted: dict[str, int], blocks: Sequence[int]) -> list[dict[str, int]]:
    """`wanted` over blocks of these sizes, each as near to the whole's proportions as it can be."""
    left, dealt = dict(wanted), []
    for size in blocks:
        shares = largest_remainder(size, [Decimal(count) for count in left.values()])
        dealt.append(dict(zip(left, shares, strict=True)))
        left = {label: left[label] - taken for label, taken in dealt[-1].items()}
    return dealt


def weights(data: DataSpec, pack: Pack, focus_weight: int) -> tuple[int, ...]:
    """By condition of the pack: `focus_weight` where it bears a term of `terminology_focus`, else 1."""
    borne = [_words(condition, pack) for condition in pack.pack.conditions]
    return tuple(
        focus_weight if any(_bears(words, term) for term in data.terminology_focus) else 1 for words in borne
    )


def unmatched_terms(data: DataSpec, pack: Pack) -> tuple[str, ...]:
    """Terms of `terminology_focus` that no condition of the pack bears."""
    borne = [_words(condition, pack) for condition in pack.pack.conditions]
    return tuple(term for term in data.terminology_focus if not any(_bears(words, term) for words in borne))


def _all(classified: Classified, pack: Pack) -> tuple[str, ...]:
    if classified == "condition":
        return tuple(condition.name for condition in pack.pack.conditions)
    return ACUITIES if classified == "acuity" else SEVERITIES


def _inferred(labels: Sequence[str], pack: Pack) -> Classified:
    wanted = {label.casefold() for label in labels}
    for classified in CLASSIFIED:
        if wanted <= {name.casefold() for name in _all(classified, pack)}:
            return classified
    there = [f"{classified}: {', '.join(_all(classified, pack))}" for classified in CLASSIFIED]
    raise SpecError(
        "`task.labels` are neither acuities, nor conditions of the pack, nor severities.",
        f"There are — {'; '.join(there)}.",
        "Use labels of one of these kinds.",
    )


def _yielding(condition: PackCondition, classified: Classified, name: str) -> tuple[Severity, ...]:
    if classified == "condition":
        return condition.severity if condition.name == name else ()
    if classified == "severity":
        return tuple(severity for severity in condition.severity if severity == name)
    return tuple(severity for severity in condition.severity if condition.acuity[severity] == name)


def _asked_for(data: DataSpec, labels: Sequence[str], sizes: dict[str, int]) -> dict[str, dict[str, int]]:
    given = data.label_counts
    if set(given) != set(labels):
        unknown = sorted(set(given) - set(labels))
        lacking = sorted(set(labels) - set(given))
        raise SpecError(
            "`data.label_counts` and `task.labels` do not have the same labels.",
            f"Only counted: {', '.join(unknown) or 'none'}. Not counted: {', '.join(lacking) or 'none'}.",
            "Give every label its count, written exactly as there.",
        )
    # In the order of the names: the order of words in a spec changes nothing.
    dealt = in_turn({label: given[label] for label in sorted(labels)}, tuple(sizes.values()))
    lacking = [
        f"`{label}` (of {given[label]:,} records)"
        for split in dealt
        for label, count in split.items()
        if not count
    ]
    if lacking:
        without = [name for name, split in zip(sizes, dealt, strict=True) if 0 in split.values()]
        raise SpecError(
            f"`data.label_counts` leaves a split without a record of {', '.join(dict.fromkeys(lacking))}.",
            "Records are dealt by `data.splits`: "
            f"{', '.join(f'{name} gets {sizes[name]:,} of {data.records:,}' for name in without)}.",
            "Raise the label's count, or the split's share.",
        )
    return dict(zip(sizes, dealt, strict=True))


def _words(condition: PackCondition, pack: Pack) -> tuple[str, ...]:
    """What a term of the focus is looked for in: names, findings, medications and labs."""
    medications = [pack.medications[slug] for slug in (*condition.medications, *condition.long_term)]
    labs = [pack.labs[slug] for slug in (*condition.labs, *condition.normal_labs)]
    given = [name for medication in medications for name in (medication.name, *medication.also)]
    given += [name for lab in labs for name in (lab.name, *lab.also)]
    return (*condition.names, condition.history_name, *condition.findings, *condition.red_flags, *given)


def _bears(words: Sequence[str], term: str) -> bool:
    """As whole words, so that `ace` is not found in `face`."""
    looked_for = re.compile(rf"(?<!\w){re.escape(term.strip())}(?!\w)", re.IGNORECASE)
    return any(looked_for.search(word) for word in words)
