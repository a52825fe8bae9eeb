"""Sentences of PubMedQA contexts without names or places, to learn what is no identifier.

`python -m detector.abstracts CONTEXTS TEST` writes `pools/abstracts.txt` from ori_pqal.json (MIT),
leaving out every item of the test list, and every sentence that may hold a person, place or institution.
"""

import json
import re
import sys
from pathlib import Path

from detector.lists import POOLS, pool
from detector.words import words

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
WORD = re.compile(r"[A-Z][^\W\d_]*[a-z][^\W\d_]*")
INSTITUTION = re.compile(
    r"\b(Universit|Hospital|Cent(er|re)\b|Institut|Clinic\b|College|School|Count(y|ies)|City|Department|District"
    r"|State\b|Foundation|Registry|Provin|North|South|East|West|Unit\b|Trust|Regional?\b|Street|Island|Cohort|Project|Survey)"
)
SHORTEST, LONGEST = 30, 400
STATISTICS = (
    "Kaplan Meier Cox Fisher Mann Whitney Student Kruskal Wallis Wilcoxon Pearson Spearman Bonferroni Bland"
    " Altman Poisson Markov Bayesian Likert Kendall Shapiro Wilk Friedman McNemar Tukey Newman Keuls Cohen"
    " Cronbach Gaussian Doppler Methods Results Medline Embase Cochrane PubMed"
)


def _known() -> frozenset[str]:
    """Capitalised words that are terms: eponyms, scores, devices, countries, months."""
    lists = [
        words("clinical", key)
        for key in ("eponyms", "signs", "devices", "scores", "drugs", "anatomy", "labs")
    ]
    lists += [words("general", key) for key in ("nationalities", "months", "weekdays", "languages")]
    lists += [words("places", "countries"), tuple(STATISTICS.split())]
    return frozenset(word for items in lists for item in items for word in WORD.findall(item))


def _suspects() -> frozenset[str]:
    names = [*pool("given"), *pool("given_world"), *pool("surnames"), *pool("surnames_world")]
    places = [line.split("|")[0] for key in ("cities", "cities_world") for line in pool(key)]
    states = words("places", "states")
    return frozenset(word for name in (*names, *places, *states) for word in WORD.findall(name))


def clean(sentence: str, known: frozenset[str], suspects: frozenset[str]) -> bool:
    """No capitalised word after the first may be a name or place."""
    found = list(WORD.finditer(sentence))
    return not INSTITUTION.search(sentence) and not any(
        match.start() > 0 and match[0] in suspects and match[0] not in known for match in found
    )


def main(contexts: Path, test: Path) -> None:
    items = json.loads(contexts.read_text("utf-8"))
    kept_out = json.loads(test.read_text("utf-8")).keys()
    known, suspects = _known(), _suspects()
    sentences = [
        " ".join(sentence.split())
        for key in sorted(items.keys() - kept_out)
        for context in items[key]["CONTEXTS"]
        for sentence in SENTENCE.split(context)
    ]
    kept = [s for s in sentences if SHORTEST < len(s) < LONGEST and clean(s, known, suspects)]
    (POOLS / "abstracts.txt").write_text("\n".join(dict.fromkeys(kept)) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
