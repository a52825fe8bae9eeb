"""Terms that neither the packs nor ICD-10-CM have: a heading of MeSH, titles of papers, or unverified."""

import re
from collections.abc import Iterable

from clinft.artifacts.research import Found, Headings, Query, Reference, Term

MOST_PAPERS = 3
WORD = re.compile(r"\w+")


def unknown(focus: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    """`known`: folded names and codes."""
    return tuple(dict.fromkeys(term for term in focus if folded(term) not in known))


def folded(term: str) -> str:
    return " ".join(term.casefold().replace("-", " ").split())


def title_query(term: str) -> Query:
    return Query(section="terminology", all_of=((term[:300],),), in_title=True)


def heading_of(term: str, headings: Headings) -> Term | None:
    """Only what MeSH itself calls so, as heading or as entry term; its nearest other heading is no match."""
    for one in headings.found:
        if folded(term) in {folded(name) for name in one.terms}:
            reference = one.reference
            return Term(term=term, status="verified", heading=reference.title, references=(reference.key,))
    return None


def reference_of(headings: Headings, term: Term) -> tuple[Reference, ...]:
    return tuple(one.reference for one in headings.found if one.reference.key in term.references)


def papers_with(term: str, found: Found) -> tuple[Reference, ...]:
    """Whose title has the term as it is written: a search also returns what is merely near."""
    usable = (one for one in found.references if not one.retracted and one.retraction_checked)
    return tuple(one for one in usable if _has(one.title, term))[:MOST_PAPERS]


def used_in(term: str, papers: tuple[Reference, ...]) -> Term:
    return Term(
        term=term,
        status="verified",
        references=tuple(one.key for one in papers),
        why="It is no heading of MeSH; titles of these papers use it.",
    )


def unverified(term: str, why: str) -> Term:
    return Term(term=term, status="unverified", why=why)


def _has(title: str, term: str) -> bool:
    return f" {_words(term)} " in f" {_words(title)} "


def _words(text: str) -> str:
    return " ".join(WORD.findall(folded(text)))
