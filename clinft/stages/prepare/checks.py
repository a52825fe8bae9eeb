"""What is counted while records stream to disk, and what must be zero at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from clinft.artifacts.data import Record
from clinft.errors import ClinftError
from clinft.stages.prepare.digests import Digests, digest, in_several, repeated

UNLABELLED = "(an answer of its own)"


@dataclass
class Tally:
    """One split. Memory does not grow with it. `by_template`: of generators that have several a style.

    `labelled` False: targets are texts, of which none is repeated in a count.
    """

    scenarios: Digests = field(default_factory=Digests)
    texts: Digests = field(default_factory=Digests)
    by_label: Counter[str] = field(default_factory=Counter)
    by_style: Counter[str] = field(default_factory=Counter)
    by_template: Counter[str] = field(default_factory=Counter)
    labelled: bool = True

    @property
    def records(self) -> int:
        return self.by_label.total()

    def watch(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            self.scenarios.add(digest(record.scenario))
            self.texts.add(digest(record.text))
            self.by_label[record.target if self.labelled else UNLABELLED] += 1
            self.by_style[record.style] += 1
            yield record


def shared_scenarios(tallies: dict[str, Tally]) -> int:
    """Scenarios found in more than one split."""
    return in_several([tally.scenarios for tally in tallies.values()])


def shared_styles(tallies: dict[str, Tally]) -> int:
    """Note styles found both in train and in test."""
    return len(tallies["train"].by_style.keys() & tallies["test"].by_style.keys())


def shared_templates(tallies: dict[str, Tally]) -> int:
    """Templates found in more than one of train, validation with dev, and test."""
    train, tuning, test = (
        {template for split in splits for template in tallies[split].by_template}
        for splits in (("train",), ("validation", "dev"), ("test",))
    )
    return len(train & tuning | train & test | tuning & test)


def duplicate_texts(tallies: dict[str, Tally]) -> int:
    """Records whose text an earlier record has, over all splits."""
    return repeated([tally.texts for tally in tallies.values()])


def refuse_leaks(scenarios: int, styles: int, templates: int = 0) -> None:
    if scenarios or styles or templates:
        raise ClinftError(
            f"Splits share {scenarios} scenarios, {styles} note styles and {templates} templates.",
            "The generator promises that they share none: this is a bug in clinft.",
            "Please report it with the spec's `data` section and the seed.",
        )
