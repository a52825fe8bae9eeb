"""Rows of items with known counts, labels and probabilities, and the value of a metric without its interval."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from clinft.artifacts.results import ItemResult
from clinft.metrics import TABLE
from clinft.metrics.measuring import ratio
from clinft.metrics.metric import Question, Ratio, Share

LABELS = ("a", "b", "c")
CLOSED = Question(LABELS, ("a",), "closed_labels", 0.95)
GENERATED = Question(LABELS, ("a",), "generated_text", 0.95)
SUMMARIES = Question((), (), "generated_text", 0.95, kind="summarization")
CODES = Question((), (), "generated_text", 0.95, kind="coding")
OBJECTS = Question((), (), "generated_text", 0.95, kind="extraction")


def item(
    number: int,
    target: str | None = None,
    prediction: str | None = None,
    nll: float | None = None,
    values: Mapping[str, float] | None = None,
    probabilities: Sequence[float] = (),
    **more: object,
) -> ItemResult:
    return ItemResult.model_validate(
        {
            "item": f"i{number}",
            "item_sha256": f"{number:064x}",
            "system": "tuned",
            "scoring": "closed_labels" if nll is not None else "generated_text",
            "target": target,
            "prediction": prediction,
            "correct": target is not None and target == prediction,
            "answer_nll_nats": nll,
            "answer_tokens": None if nll is None else 2,
            "answer_bytes": None if nll is None else 8,
            "values": dict(values or {}),
            "probabilities": tuple(probabilities),
            **more,
        }
    )


# a: 3 of 4 right; b: 1 of 2; c: 0 of 2, one of them no label at all.
OUTCOMES = [("a", "a")] * 3 + [("a", "b"), ("b", "b"), ("b", "a"), ("c", None), ("c", "a")]
FREE = [item(number, target, said) for number, (target, said) in enumerate(OUTCOMES)]
# The likeliest label of each is what was said; where nothing was, b.
STATED = {"a": (0.6, 0.3, 0.1), "b": (0.2, 0.7, 0.1)}
SCORED = [
    item(number, target, said or "b", math.log(4), probabilities=STATED[said or "b"])
    for number, (target, said) in enumerate(OUTCOMES)
]
COUNTS = {
    "gold": 4.0, "said": 5.0, "shared": 3.0, "category_shared": 3.0, "codes_said": 5.0, "codes_valid": 4.0,
    "codes_billable": 3.0, "terms_gold": 4.0, "terms_said": 6.0, "terms_shared": 3.0, "terms_relaxed": 4.0,
    "facts": 10.0, "facts_told": 8.0, "facts_critical": 4.0, "facts_critical_told": 3.0,
    "claims": 20.0, "claims_unsupported": 1.0, "schema_valid": 1.0,
    "rouge_1": 0.5, "rouge_2": 0.25, "rouge_l": 0.4,
}  # fmt: skip
# Nothing of it is right or told; not twice the same item, so that sums and means differ.
EMPTY = {
    **dict.fromkeys(COUNTS, 0.0), "gold": 1.0, "said": 1.0, "codes_said": 1.0, "terms_gold": 2.0,
    "terms_said": 2.0, "facts": 5.0, "facts_critical": 1.0, "claims": 5.0,
}  # fmt: skip
COUNTED = [item(0, values=COUNTS, score=0.75), item(1, values=EMPTY, score=0.0)]


def point(name: str, items: Sequence[ItemResult], question: Question) -> float:
    """The value without its interval, which takes longer."""
    form = TABLE[name].form
    rows = [row for one in items if (row := form.of(one, question)) is not None]
    if isinstance(form, Share):
        return sum(rows) / len(rows)
    if isinstance(form, Ratio):
        return ratio(form, Counter(rows))
    return form.statistic(rows, question)(Counter(rows))
