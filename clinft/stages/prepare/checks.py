"""What is counted while records stream to disk, and what must be zero at the end."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from clinft.artifacts.data import Record
from clinft.errors import ClinftError


@dataclass
class Tally:
    """One split. `texts` holds 8 bytes of each text's digest: enough to count duplicates."""

    scenarios: set[str] = field(default_factory=set)
    texts: Counter[bytes] = field(default_factory=Counter)
    by_label: Counter[str] = field(default_factory=Counter)
    by_style: Counter[str] = field(default_factory=Counter)

    @property
    def records(self) -> int:
        return self.by_label.total()

    def watch(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            self.scenarios.add(record.scenario)
            self.texts[hashlib.sha256(record.text.encode("utf-8")).digest()[:8]] += 1
            self.by_label[record.target] += 1
            self.by_style[record.style] += 1
            yield record


def shared_scenarios(tallies: dict[str, Tally]) -> int:
    """Scenarios found in more than one split."""
    shared: set[str] = set()
    for one, other in combinations(tallies.values(), 2):
        shared |= one.scenarios & other.scenarios
    return len(shared)


def shared_styles(tallies: dict[str, Tally]) -> int:
    """Note styles found both in train and in test."""
    return len(tallies["train"].by_style.keys() & tallies["test"].by_style.keys())


def duplicate_texts(tallies: dict[str, Tally]) -> int:
    """Records whose text an earlier record has, over all splits."""
    texts: Counter[bytes] = Counter()
    for tally in tallies.values():
        texts += tally.texts
    return texts.total() - len(texts)


def refuse_leaks(scenarios: int, styles: int) -> None:
    if scenarios or styles:
        raise ClinftError(
            f"Splits share {scenarios} scenarios and {styles} note styles.",
            "The generator promises that they share none: this is a bug in clinft.",
            "Please report it with the spec's `data` section and the seed.",
        )
