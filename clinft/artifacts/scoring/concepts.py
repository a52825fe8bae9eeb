"""Clinical concepts of an answer against those of its gold answer: how many are shared, strict and relaxed.

Strict: the same concept, and both assert it or both deny it. Relaxed: in whichever way it is said; or another
concept of the same kind that shares its main word, such as an inferior for an anterior infarction.
"""

from collections.abc import Iterable
from typing import NamedTuple

from clinft.artifacts.scoring.content import Content, content
from clinft.artifacts.scoring.porter import stem

Term = tuple[str, str]


class Shared(NamedTuple):
    gold: int
    said: int
    strict: int
    relaxed: int


def shared_concepts(answer: str, gold: str) -> Shared:
    said, wanted = content(answer), content(gold)
    strict = sum(_same_way(said, wanted, term) for term in wanted.terms.keys() & said.terms.keys())
    exact = wanted.terms.keys() & said.terms.keys()
    left = _kinds(term for term in wanted.terms if term not in exact)
    over = _kinds(term for term in said.terms if term not in exact)
    near = sum(min(count, over.get(kind, 0)) for kind, count in left.items())
    return Shared(len(wanted.terms), len(said.terms), strict, len(exact) + near)


def _same_way(said: Content, gold: Content, term: Term) -> bool:
    return bool(said.terms[term] & gold.terms[term])


def _kinds(terms: Iterable[Term]) -> dict[Term, int]:
    """Kind and last word: what a term is, without which of it."""
    found: dict[Term, int] = {}
    for kind, name in terms:
        key = kind, stem(name.casefold().split()[-1])
        found[key] = found.get(key, 0) + 1
    return found
