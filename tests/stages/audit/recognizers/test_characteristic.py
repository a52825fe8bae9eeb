"""(R) What is true of one person only."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("She is the current mayor of Coolidge.", "the current mayor of Coolidge"),
    ("he is mayor of the City of Macon", "mayor of the City of Macon"),
    ("a former governor of Ohio", "former governor of Ohio"),
    ("sitting senator from Iowa", "sitting senator from Iowa"),
    ("CEO of Halvorsen Logistics", "CEO of Halvorsen"),
    ("sheriff of Polk County", "sheriff of Polk"),
    ("retired bishop of the Diocese of Tucson", "retired bishop of the Diocese of Tucson"),
    ("head football coach at Northfield", "head football coach at Northfield"),
    ("the only pharmacist in town", "the only pharmacist in town"),
    ("the sole survivor of the crash", "the sole survivor of the crash"),
    ("the oldest resident of Provo", "the oldest resident of Provo"),
    ("the tallest man in the world", "the tallest man in the world"),
    ("the only female surgeon at this hospital", "the only female surgeon at this hospital"),
    ("an Olympic gold medalist", "Olympic gold medalist"),
    ("a Nobel laureate", "Nobel laureate"),
    ("lottery winner, anxious", "lottery winner"),
    ("retired NFL quarterback", "NFL quarterback"),
]
MATCHES = [(text, value, "UNIQUE_CHARACTERISTIC") for text, value in VALUES]
NEAR_MISSES = [
    "could name the governor of Ohio",
    "knows the current mayor of Provo",
    "works for the city",
    "the only abnormality in the liver",
    "the first patient in the trial",
    "the first woman to",
    "the last dose at home",
    "president of her book club",
    "the oldest of three sisters",
    "judge the wound at home",
    "the principal problem in Stage III",
    "the only medication from home",
    "chancellor is not mentioned",
    "plays football for fun",
    "won the raffle",
    "a nurse at a hospital",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_unique_characteristic_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("characteristic", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_many_share_is_not(text: str) -> None:
    assert found("characteristic", text) == set()
