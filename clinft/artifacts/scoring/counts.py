"""`Scored.values` of answers that are text: what the metrics of clinft/metrics add up."""

from collections.abc import Sequence

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.claims import claims
from clinft.artifacts.scoring.concepts import shared_concepts
from clinft.artifacts.scoring.facts import facts
from clinft.artifacts.scoring.rouge import rouge


def of_rouge(answer: str, record: Record) -> dict[str, float]:
    return rouge(record.target, answer)


def of_terms(answer: str, gold: str) -> dict[str, float]:
    found = shared_concepts(answer, gold)
    return {
        "terms_gold": float(found.gold),
        "terms_said": float(found.said),
        "terms_shared": float(found.strict),
        "terms_relaxed": float(found.relaxed),
    }


def of_facts(answer: str, known: Sequence[str], record: Record) -> dict[str, float]:
    found = facts(answer, known, record)
    return {
        "facts": float(found.facts),
        "facts_told": float(found.told),
        "facts_critical": float(found.critical),
        "facts_critical_told": float(found.critical_told),
    }


def of_claims(answer: str, record: Record) -> dict[str, float]:
    """None of an answer that cannot be read: it claims nothing that could be checked."""
    found = claims(answer, record)
    return {"claims": float(found.made), "claims_unsupported": float(found.unsupported)}


def of_units(gold: int, said: int, shared: int) -> dict[str, float]:
    return {"gold": float(gold), "said": float(said), "shared": float(shared)}
