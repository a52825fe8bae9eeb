"""Examples → the four splits, whole texts only, the same for the same files."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from clinft.artifacts.data import UNKNOWN_STYLE, Record
from clinft.errors import SpecError
from clinft.pipeline.rescue.examples import Example, Examples, contradictions, same_text
from clinft.spec.data import SPLITS
from clinft.stages.prepare.draw import Draw

SEED = 1
# Without a test file of its own; and with one.
SHARES = dict(zip(SPLITS, map(Decimal, ("0.6", "0.1", "0.1", "0.2")), strict=True))
SHARES_BESIDE_A_TEST = {"train": Decimal("0.8"), "validation": Decimal("0.1"), "dev": Decimal("0.1")}
# The least that a project's spec takes.
FEWEST_RECORDS = 40
Group = Sequence[Example]


@dataclass(frozen=True)
class Divided:
    """`repeats`: examples of the test split that are asked and counted once. `contradicting`: examples whose
    text has two labels; they stay in train."""

    records: dict[str, tuple[Record, ...]]
    repeats: int
    contradicting: int


def divide(trained: Examples, held_out: Examples | None) -> Divided:
    """SpecError where there is too little."""
    unclear = contradictions(trained.examples)
    groups = _groups([one for one in trained.examples if same_text(one.text) not in unclear])
    shares = SHARES if held_out is None else SHARES_BESIDE_A_TEST
    by_split = _dealt(groups, shares)
    by_split["train"] = [*by_split["train"], *(ones for ones in unclear.values())]
    if held_out is not None:
        by_split["test"] = _groups(held_out.examples)
    repeats = sum(len(group) - 1 for group in by_split["test"])
    by_split["test"] = [group[:1] for group in by_split["test"]]
    records = {split: tuple(_records(split, by_split[split])) for split in SPLITS}
    _refuse_too_little(records)
    return Divided(records, repeats, sum(map(len, unclear.values())))


def _groups(examples: Sequence[Example]) -> list[Group]:
    """Examples of one text together, in the order of the file."""
    groups: dict[str, list[Example]] = {}
    for one in examples:
        groups.setdefault(same_text(one.text), []).append(one)
    return [*groups.values()]


def _dealt(groups: Sequence[Group], shares: dict[str, Decimal]) -> dict[str, list[Group]]:
    """Label by label, each to the split that lacks most, so that every split has every label's share.

    One text of each label goes to train before anything else: what was never taught is no test.
    """
    mixed = sorted(Draw(SEED, "rescue").shuffled(groups), key=lambda group: group[0].label)
    dealt: dict[str, list[Group]] = {split: [] for split in shares}
    taught: set[str] = set()
    for count, group in enumerate(mixed, start=1):
        lacking = {split: share * count - len(dealt[split]) for split, share in shares.items()}
        label = group[0].label
        split = max(lacking, key=lambda name: lacking[name]) if label in taught else "train"
        taught.add(label)
        dealt[split].append(group)
    return dealt


def _records(split: str, groups: Sequence[Group]) -> list[Record]:
    examples = sorted((one for group in groups for one in group), key=lambda one: one.line)
    return [
        Record(
            id=f"{split}-{number:06d}",
            scenario=_scenario(one.text),
            style=UNKNOWN_STYLE,
            text=one.text,
            target=one.label,
            facts={},
        )
        for number, one in enumerate(examples, start=1)
    ]


def _scenario(text: str) -> str:
    """64 bits of the text's digest, in letters: digits would look like an identifier."""
    digest = hashlib.sha256(same_text(text).encode()).hexdigest()[:16]
    return digest.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def _refuse_too_little(records: dict[str, tuple[Record, ...]]) -> None:
    total = sum(map(len, records.values()))
    empty = [split for split, rows in records.items() if not rows]
    if total < FEWEST_RECORDS or empty:
        left = f" and none for {', '.join(empty)}" if empty else ""
        raise SpecError(
            f"There are {total} records{left}; a project takes at least {FEWEST_RECORDS}, over four splits.",
            "So few records can neither teach a model nor show that one is no worse than another.",
            "Bring more examples, synthetic ones too.",
        )
