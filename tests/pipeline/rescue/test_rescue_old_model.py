"""The old model's name, place, end, and whether a text may be sent to it."""

from datetime import date
from typing import Any

import pytest

from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline.lifecycles import row_of
from clinft.pipeline.rescue.old_model import (
    OldModel,
    endpoint_at,
    parse,
    refuse_unless_eligible,
    time_left,
)
from clinft.ports.announced import Announced
from clinft.spec.policy import Policy
from tests.fakes import rescue as fake

MODEL = OldModel(fake.OLD, fake.BASE)
TODAY = date(2026, 12, 1)
HOST = "api.openai.com"
URL = "https://api.openai.com/v1"
FACTS = {"owner": "Privacy office", "review_by": "2027-12-31"}


def policy(**changes: Any) -> Policy:
    return Policy.model_validate({**fake.policy(URL), **changes}, strict=False)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        (fake.OLD, fake.BASE),
        ("ft:gpt-4.1-mini:org::id1", "gpt-4.1-mini"),
        ("ft:gpt-4o-2024-08-06:org:notes:id1:ckpt-step-90", "gpt-4o-2024-08-06"),
    ],
)
def test_a_name_tells_its_base_model(name: str, base: str) -> None:
    assert parse(name) == OldModel(name, base)


@pytest.mark.parametrize(
    "name", ["gpt-4.1-mini", "ft:gpt-4.1-mini", "ft:a b:org:notes:id", "ft:x:org:notes:id\n", "claude", ""]
)
def test_another_name_is_refused_with_the_form_it_needs(name: str) -> None:
    with pytest.raises(SpecError, match="ft:BASE:ORGANISATION:SUFFIX:ID"):
        parse(name)


def test_the_end_is_told_with_days_and_source() -> None:
    row = row_of("openai", fake.BASE)
    assert row is not None
    assert row.serving_until is not None
    left = (date.fromisoformat(row.serving_until) - TODAY).days
    (of_table, of_provider) = time_left(MODEL, Announced(HOST, True, date(2027, 1, 14)), TODAY)
    assert f"until {row.serving_until}, {left} more days" in of_table
    assert row.source in of_table
    assert (
        of_provider == f"{HOST} offers it to this account now, and shuts it down on 2027-01-14, in 44 days."
    )


def test_without_a_key_it_is_said_that_nobody_was_asked() -> None:
    assert "was not asked" in [*time_left(MODEL, None, TODAY)][-1]


def test_a_model_past_its_end_is_refused_unless_the_provider_still_offers_it() -> None:
    late = date(2027, 3, 1)
    with pytest.raises(PolicyViolation, match="no longer answers"):
        [*time_left(MODEL, None, late)]
    assert "which is over" in next(iter(time_left(MODEL, Announced(HOST, True), late)))


@pytest.mark.parametrize("day", [date(2026, 11, 30), TODAY])
def test_a_model_that_the_provider_shut_down_is_refused(day: date) -> None:
    with pytest.raises(PolicyViolation, match="was shut down on"):
        [*time_left(MODEL, Announced(HOST, True, day), TODAY)]


def test_a_model_that_the_account_does_not_have_is_refused() -> None:
    with pytest.raises(SpecError, match="has no model"):
        [*time_left(MODEL, Announced(HOST, False), TODAY)]


def test_a_base_model_that_our_table_does_not_know_has_no_known_end() -> None:
    found = [*time_left(OldModel("ft:new:o:s:i", "new"), Announced(HOST, True), TODAY)]
    assert found[0] == "No end of new is in our table."


def test_the_only_endpoint_needs_no_name_and_one_of_two_does() -> None:
    one = policy()
    assert endpoint_at(one, None) is endpoint_at(one, "openai")
    two = policy(
        endpoints={name: {"provider": "openai", "url": URL, "eligibility": FACTS} for name in ("aa", "bb")}
    )
    with pytest.raises(SpecError, match="aa, bb"):
        endpoint_at(two, None)
    assert endpoint_at(two, "bb") is two.endpoints["bb"]
    with pytest.raises(SpecError, match="not known where"):
        endpoint_at(two, "cc")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"providers": {"openai": {}}}, "without the facts"),
        (
            {"providers": {"openai": {"eligibility": {**FACTS, "review_by": "2026-11-30"}}}},
            "reviewed by 2026-11-30",
        ),
        ({"providers": {"openai": {"eligibility": {**FACTS, "regions": ["eu"]}}}}, "in eu only"),
        (
            {
                "endpoints": {
                    "openai": {
                        "provider": "openai",
                        "url": URL,
                        "eligibility": {**FACTS, "review_by": "2026-11-30"},
                    }
                }
            },
            "the endpoint api.openai.com",
        ),
    ],
)
def test_no_text_leaves_without_facts_of_today(changes: dict[str, Any], says: str) -> None:
    made = policy(**changes)
    with pytest.raises(PolicyViolation, match=says):
        refuse_unless_eligible(made, endpoint_at(made, None), TODAY)


def test_a_place_with_facts_of_today_may_be_asked() -> None:
    refuse_unless_eligible(policy(), endpoint_at(policy(), None), TODAY)
