"""What `--fix` may add. It changes and removes nothing that is there."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from clinft.artifacts.environments import ENVIRONMENTS
from clinft.artifacts.labels import LABELS
from clinft.ports.settings import Settings, Unknown
from clinft.stages.doctor.places import ISSUE_LABELS, by_hand_environment, missing_labels


class Repair(NamedTuple):
    kind: Literal["label", "environment"]
    name: str
    by_hand: str

    @property
    def what(self) -> str:
        return f"{self.kind} {self.name}"


def repairs(settings: Settings) -> Iterator[Repair]:
    missing = missing_labels(settings)
    for label in LABELS:
        if label.name in missing:
            step = f"{ISSUE_LABELS} → New label “{label.name}”, colour #{label.color}."
            yield Repair("label", label.name, step)
    told, branch = settings.environments, settings.repository.default_branch
    if isinstance(told, Unknown):
        return
    done = {
        one.name.lower()
        for one in told
        # One that serves no branch at all was begun and not finished.
        if one.open_to != "chosen branches" or one.branches != ()
    }
    for name in ENVIRONMENTS:
        if name not in done:
            yield Repair("environment", name, by_hand_environment(name, branch))
