"""(E) Fax numbers."""

import pytest

from tests.stages.audit.recognizers.finding import certainty, found

VALUES = [
    ("fax 617-736-5001", "617-736-5001"),
    ("Faxed to (617) 736-5001", "(617) 736-5001"),
    ("Fax: 6177365001", "6177365001"),
    ("Fax# +49 30 17365001", "+49 30 17365001"),
    ("fx 617 736 5001", "617 736 5001"),
    ("F: (617) 736-5001", "(617) 736-5001"),
    ("facsimile 617.736.5001", "617.736.5001"),
    ("Phone/Fax: 617-736-5001", "617-736-5001"),
    ("fax no. 617/736-5001", "617/736-5001"),
    ("Please fax the records to 011 44 161 736 5001", "011 44 161 736 5001"),
    ("Results were sent by fax, 617 736 5001", "617 736 5001"),
    ("fax 736-5001", "736-5001"),
    ("fax 001-617-736-5001 x428", "001-617-736-5001 x428"),
    ("617-736-5001 (fax)", "617-736-5001"),
    ("07700 063 966-Fax", "07700 063 966"),
    ("3660170548-Fax", "3660170548"),
    ("fax 617-736-5001/617-736-5002", "617-736-5001"),
    ("fax 617-736-5001/617-736-5002", "617-736-5002"),
    ("fax (617) 736-5001 or (617) 736-5002", "(617) 736-5002"),
]
MATCHES = [(text, value, "FAX_NUMBER") for text, value in VALUES]
NEAR_MISSES = [
    "fax the form tomorrow",
    "faxed 12 pages",
    "fax machine model 4520",
    "faxed on 3/14/2024",
    "fax to be sent; call 617-736-5001",
    "Fax pending. Phone 617-736-5001",
    "617-736-5001, fax: 12",
    "fax cover, page 1 of 12",
    "fax received at 0830",
    "BP 120/80, faxed",
    "F 98.6, T 37",
    "facsimile of the note",
    "fx of the left femur",
    "fx healed in 2019",
    "fax requested 500 mg",
    "fax, call 617-736-5001 / 617-736-5002",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_fax_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("fax", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("fax", text) == set()


def test_a_number_held_back_for_fiction_is_reserved() -> None:
    assert certainty("fax", "fax 617-555-0142", "617-555-0142") == {"reserved"}
