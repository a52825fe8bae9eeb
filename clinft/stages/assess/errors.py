"""Errors by what would cure them: another prompt, constrained decoding, retrieval, other data, training.

The kinds and their rules: artifacts/error_categories.py.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from clinft.artifacts.assessment import CategoryName, ErrorCategory, RemedyKind
from clinft.artifacts.error_categories import ORDER, named
from clinft.stages.assess.outcomes import Outcome
from clinft.statistics.proportions import wilson


class Cure(NamedTuple):
    kind: RemedyKind
    remedy: str
    data_change: str | None


CURES: Mapping[CategoryName, Cure] = MappingProxyType(
    {
        "format": Cure(
            "constrained_decoding",
            "Hold the answer to its format: constrained decoding, or the provider's structured output.",
            None,
        ),
        "missing_facts": Cure(
            "retrieval",
            "Give the model what the note does not say: retrieval from a code index, guideline or chart.",
            None,
        ),
        "convention_or_terms": Cure(
            "fine_tune",
            "Teach the convention: records that show where one label, code or term ends and the next begins.",
            "data.label_counts: more records of the labels that are confused; data.terminology_focus: their "
            "names and synonyms",
        ),
        "negation_or_context": Cure(
            "data",
            "Teach whose finding it is and when: records with relatives', past, negated and excluded ones.",
            "data.realism.distractors: a larger share",
        ),
        "numeric": Cure(
            "data",
            "Teach units and figures, and check in code what can be calculated.",
            "data.realism.units: a larger share",
        ),
        "other": Cure("look", "Look at these answers: no rule of clinft says what would cure them.", None),
    }
)


def summary(outcomes: Sequence[Outcome], confidence: float) -> tuple[ErrorCategory, ...]:
    """Most frequent first. An error that nobody put in a category is `other`."""
    counts = Counter(named(outcome.category) for outcome in outcomes if not outcome.correct)
    return tuple(
        ErrorCategory(
            category=category,
            count=counts[category],
            share=wilson(counts[category], counts.total(), confidence),
            remedy=CURES[category].remedy,
            kind=CURES[category].kind,
            data_change=CURES[category].data_change,
        )
        for category in sorted(counts, key=lambda category: (-counts[category], ORDER.index(category)))
    )
