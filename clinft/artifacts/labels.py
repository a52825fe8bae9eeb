"""The labels that clinft puts on issues and pull requests."""

from typing import NamedTuple


class Label(NamedTuple):
    """`color`: six hex digits, as GitHub takes it. GitHub compares names without case."""

    name: str
    color: str
    description: str


CLINICAL_FINETUNE = "clinical-finetune"  # on everything of ours
LABELS = (
    Label(CLINICAL_FINETUNE, "1d76db", "Work on a model for a clinical task"),
    Label("data-prep", "c2e0c6", "Synthetic records and their splits"),
    Label("hipaa-audit", "b60205", "Search for the 18 HIPAA identifiers"),
    Label("fine-tuning", "5319e7", "A training run"),
    Label("evaluation", "fbca04", "Measured results of a model"),
    Label("regression-test", "d93f0b", "Comparison with the deployed model"),
)
