"""ROUGE-1 F of a note against its reference: rouge-score's where that is installed, else 20 lines of our own.

rouge-score 0.1.2 is the package of Google Research; `use_stemmer` as in the figures of most papers. Ours has
the same tokens and no stemmer, so its values are a little lower; it is for the bench alone.
"""

import re
from collections import Counter
from collections.abc import Callable

Scorer = Callable[[str, str], float]
TOKEN = re.compile(r"[a-z0-9]+")


def scorer() -> tuple[str, bool, Scorer]:
    """What it is, in words; whether it stems as the research note did; the function of reference and note."""
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError:
        return "ROUGE-1 F without stemming (rouge-score is not installed)", False, unstemmed
    made = RougeScorer(["rouge1"], use_stemmer=True)
    return (
        "ROUGE-1 F, rouge-score with its stemmer",
        True,
        lambda gold, note: float(made.score(gold, note)["rouge1"].fmeasure),
    )


def unstemmed(reference: str, note: str) -> float:
    gold, found = (Counter(TOKEN.findall(text.lower())) for text in (reference, note))
    shared = (gold & found).total()
    if not shared:
        return 0.0
    precision, recall = shared / found.total(), shared / gold.total()
    return 2 * precision * recall / (precision + recall)
