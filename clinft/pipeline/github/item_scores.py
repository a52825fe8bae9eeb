"""Do the figures of one row agree with each other? What follows from the others is computed again.

A row comes without record and answer, so it cannot be scored anew. But verdicts rest on its figures: a right
answer has full marks, marks follow from what was counted, and whether a label's case is critical is the
spec's to say, not the row's.
"""

from clinft.artifacts.results import ItemResult
from clinft.artifacts.scoring.scored import f1
from clinft.spec.project import TaskKind

# Scores are rounded to six decimals, likelihoods summed in the processor's own way.
ROUNDING = 1e-5
# Far more than any answer has: of nats, tokens and bytes.
MOST = 1e7
# A count, and the one that it is a part of.
PARTS = (
    ("shared", "gold"),
    ("shared", "said"),
    ("terms_shared", "terms_gold"),
    ("terms_shared", "terms_said"),
    ("codes_valid", "codes_said"),
    ("codes_billable", "codes_valid"),
    ("facts_told", "facts"),
    ("facts_critical_told", "facts_critical"),
    ("claims_unsupported", "claims"),
)
SHARES = ("rouge_1", "rouge_2", "rouge_l", "schema_valid")


def agrees(row: ItemResult, kind: TaskKind) -> bool:
    """`kind`: as task.kind of the spec."""
    if kind == "classification":
        # `critical` of a label is regression.critical_labels; right or wrong is all there is to score.
        fits = row.critical is None and row.score is None and row.parsed is None
    elif row.score is None or row.parsed is None:
        fits = False
    elif row.parsed:
        fits = not (row.correct and row.category) and _marks_fit(row, row.score, kind)
    else:
        fits = row.score == 0.0 and not row.correct and row.prediction is None
    return fits and _counts_are_possible(row)


def _marks_fit(row: ItemResult, score: float, kind: TaskKind) -> bool:
    if kind == "coding":
        return _of_codes(row, score)
    if kind == "question_answering":
        # The same words in another order have full marks, and are not the right answer.
        return score == 1.0 or not row.correct
    return row.correct == (score == 1.0) and _of_counts(row, score)


def _of_codes(row: ItemResult, score: float) -> bool:
    """Both sets of codes stand in the row."""
    if row.target is None or row.prediction is None:
        return False
    gold, said = ([code for code in one.split(", ") if code] for one in (row.target, row.prediction))
    right = set(said) == set(gold) and said[:1] == gold[:1]
    return row.correct == right and abs(score - f1(said, gold)) <= ROUNDING


def _of_counts(row: ItemResult, score: float) -> bool:
    """Where gold and answer are units, the score is F1 of their counts."""
    gold, said, shared = (row.values.get(name) for name in ("gold", "said", "shared"))
    if gold is None or said is None or shared is None:
        return True
    expected = 2 * shared / (gold + said) if gold + said else 1.0
    return abs(score - expected) <= ROUNDING


def _counts_are_possible(row: ItemResult) -> bool:
    """`answer_nll_nats` is the negative of a log-probability, and of some tokens."""
    values = row.values
    sizes = (row.answer_tokens, row.answer_bytes)
    return (
        all(size is None or 0 <= size <= MOST for size in sizes)
        and (row.answer_nll_nats is None) == (row.answer_tokens is None)
        and (row.answer_nll_nats is None or -ROUNDING <= row.answer_nll_nats <= MOST)
        and all(values[part] <= values[whole] for part, whole in PARTS if {part, whole} <= values.keys())
        and all(values.get(name, 0.0) <= 1.0 for name in SHARES)
    )
