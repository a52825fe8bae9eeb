"""The spec's and the policy's `research:`: what they take, and that it is no part of a plan."""

from typing import Any

import pytest
from pydantic import ValidationError

from clinft.spec.research import ResearchSpec
from clinft.spec.research_policy import KEYLESS, ResearchPolicy


@pytest.mark.parametrize(
    "given",
    [
        {"sources": ["google"]},
        {"sources": ["pubmed", "pubmed"]},
        {"benchmarks": ["medqa", "medqa"]},
        {"benchmarks": ["../x"]},
        {"queries": [""]},
        {"queries": ["two\nlines"]},
        {"limit": 0},
        {"limit": 101},
        {"url": "http://127.0.0.1"},
    ],
)
def test_what_a_spec_may_not_ask(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ResearchSpec.model_validate(given, strict=False)


@pytest.mark.parametrize(
    "given",
    [
        {"contact": "nobody"},
        {"contact": "a b@hospital.example"},
        {"contact": "a@hospital.example\nBcc: x"},
        {"contact": "a@hospital.example&tool=x"},
        {"max_age_days": 0},
        {"cache_days": -1},
        {"cache_days": 366},
        {"sources": ["ftp"]},
    ],
)
def test_what_a_policy_may_not_say(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ResearchPolicy.model_validate(given, strict=False)


def test_what_holds_where_nothing_is_said() -> None:
    assert ResearchSpec() == ResearchSpec(sources=(), benchmarks=(), queries=(), limit=20)
    assert ResearchPolicy().sources == KEYLESS
    assert ResearchPolicy(contact="library.team+x@hospital.example").contact is not None
