"""A term is a heading of MeSH only where MeSH calls it so; else titles of papers use it, or nobody does."""

import pytest

from clinft.artifacts.research import Heading, Headings
from clinft.stages.research import terms
from tests.fakes.briefs import DAY, answer, record

HEADING = Heading(
    reference=record("Takotsubo Cardiomyopathy", "pubmed", mesh="D054549"),
    terms=("Takotsubo Cardiomyopathy", "Broken Heart Syndrome", "Apical Ballooning Syndrome"),
)
FOUND = Headings(asked_on=DAY, found=(HEADING,), answers=("a" * 64,))


def test_terms_of_packs_are_not_looked_up() -> None:
    known = frozenset({"heart failure", "i21.4"})
    assert terms.unknown(("Heart  Failure", "heart-failure", "I21.4", "sepsis", "sepsis"), known) == (
        "sepsis",
    )


@pytest.mark.parametrize("term", ["takotsubo cardiomyopathy", "Broken-heart syndrome"])
def test_a_heading_or_entry_term_is_verified(term: str) -> None:
    one = terms.heading_of(term, FOUND)
    assert one is not None
    assert (one.status, one.heading, one.references) == (
        "verified",
        "Takotsubo Cardiomyopathy",
        ("mesh:D054549",),
    )
    assert terms.reference_of(FOUND, one) == (HEADING.reference,)


@pytest.mark.parametrize("term", ["takotsubo", "cardiomyopathy", "broken heart"])
def test_the_nearest_heading_is_no_match(term: str) -> None:
    assert terms.heading_of(term, FOUND) is None


@pytest.mark.parametrize(
    ("title", "uses"),
    [
        ("Long COVID in adults", True),
        ("On long-COVID", True),
        ("Prolonged COVID", False),
        ("Long COVIDs", False),
        ("Belong. Covid", False),
    ],
)
def test_a_paper_uses_a_term_where_its_title_has_it(title: str, uses: bool) -> None:
    assert bool(terms.papers_with("long covid", answer(record(title, pmid="7")))) is uses


def test_retracted_papers_support_no_term() -> None:
    found = answer(
        record("Long COVID", pmid="7", retracted=True),
        record("Long COVID", pmid="8", retraction_checked=False),
    )
    assert terms.papers_with("long covid", found) == ()


def test_three_papers_are_enough() -> None:
    found = answer(*(record("Long COVID", pmid=str(n)) for n in range(1, 9)))
    papers = terms.papers_with("long covid", found)
    assert terms.used_in("long covid", papers).references == ("pmid:1", "pmid:2", "pmid:3")


def test_a_title_is_asked_for_as_a_title() -> None:
    query = terms.title_query("long covid")
    assert (query.all_of, query.in_title) == ((("long covid",),), True)
