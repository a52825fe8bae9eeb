"""At train time: is what lies on main what people approved, and did its checks succeed?"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinft.artifacts.forge import Status
from clinft.stages.gate.merged import CHECKS, MergedFacts, check_reasons, merged_reasons, shown, status_text
from tests.fakes.reviews import BEFORE, OTHER, PLAN, check, pull, status

CONTEXT, OURS = "clinft/plan/demo", "github-actions[bot]"
GOOD = MergedFacts(
    pull=pull(),
    commit="e" * 40,
    protected_branch="main",
    plan_at_head=PLAN,
    plan_at_merge=PLAN,
    plan_now=PLAN,
    before="f" * 40,
    shown_plan=PLAN,
)


@pytest.mark.parametrize("facts", [GOOD, replace(GOOD, shown_plan=None)], ids=["shown", "not shown"])
def test_what_was_shown_and_merged_is_the_plan(facts: MergedFacts) -> None:
    assert list(merged_reasons(facts)) == []


@pytest.mark.parametrize(
    ("facts", "number", "says"),
    [
        (replace(GOOD, pull=None), 32, f"Commit {'e' * 12} came to main without a pull request"),
        (replace(GOOD, pull=pull(merged=False)), 46, "Pull request 7 was not merged into main"),
        (replace(GOOD, pull=pull(base_ref="feature")), 46, "Pull request 7 was not merged into main"),
        (replace(GOOD, pull=pull(from_fork=True)), 49, "came from a fork"),
        (replace(GOOD, pull=pull(author_is_bot=True)), 55, "opened by a bot"),
        (replace(GOOD, before=None), 56, "not merged the way GitHub merges"),
        (replace(GOOD, plan_at_head=None), 33, "different plans"),
        (replace(GOOD, plan_at_head=BEFORE), 33, "different plans"),
        (replace(GOOD, plan_at_merge=None), 33, "different plans"),
        (replace(GOOD, plan_at_head=None, plan_at_merge=None), 33, "different plans"),
        (replace(GOOD, plan_now=OTHER, shown_plan=None), 45, "no longer the plan on main"),
        (replace(GOOD, plan_now=OTHER, shown_plan=OTHER), 45, "no longer the plan on main"),
        (replace(GOOD, plan_now="", shown_plan=None), 45, "no longer the plan on main"),
        (replace(GOOD, shown_plan=OTHER), 34, "showed another plan"),
        (replace(GOOD, shown_plan=""), 34, "showed another plan"),
        (replace(GOOD, shown_plan="no plan"), 34, "showed another plan"),
        (replace(GOOD, pull=pull(checks=())), 35, "Not every check"),
    ],
)
def test_each_refusal_stands_alone(facts: MergedFacts, number: int, says: str) -> None:
    (reason,) = merged_reasons(facts)
    assert (reason.code, reason.blocks, reason.pending) == (f"CLINFT-G{number:03d}", True, False)
    assert says in reason.message
    assert reason.way_out


def test_a_plan_that_changed_after_it_was_shown_is_said_twice() -> None:
    codes = [reason.code for reason in merged_reasons(replace(GOOD, plan_now=OTHER))]
    assert codes == ["CLINFT-G045", "CLINFT-G034"]


@pytest.mark.parametrize(
    "conclusion", [None, "failure", "skipped", "neutral", "cancelled", "timed_out", "Success", ""]
)
@pytest.mark.parametrize("name", CHECKS)
def test_only_success_is_success(name: str, conclusion: str | None) -> None:
    checks = tuple(check(other, conclusion if other == name else "success") for other in CHECKS)
    (reason,) = check_reasons(pull(checks=checks))
    assert reason.code == "CLINFT-G035"
    assert reason.message.endswith(f"succeeded: {name} ({conclusion or 'missing'}).")


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("app", ["evil-app", None, "GitHub-Actions"])
def test_another_apps_success_is_none_and_its_failure_neither(name: str, app: str | None) -> None:
    others = tuple(check(other) for other in CHECKS if other != name)
    assert [r.code for r in check_reasons(pull(checks=(*others, check(name, "success", app))))] == [
        "CLINFT-G035"
    ]
    ours = check(name)
    for order in ((ours, check(name, "failure", app)), (check(name, "failure", app), ours)):
        assert list(check_reasons(pull(checks=(*others, *order)))) == []


def test_every_bad_check_is_named() -> None:
    (reason,) = check_reasons(pull(checks=(check("prep", "failure"), check("gate"))))
    assert "prep (failure), hipaa-audit (missing), cost-estimate (missing)" in reason.message


def read(*statuses: Status) -> tuple[str | None, Decimal | None]:
    return shown(pull(statuses=statuses), CONTEXT, OURS)


def test_our_status_tells_plan_and_bound() -> None:
    assert read(status(f"{PLAN} at most 1.26 USD")) == (PLAN, Decimal("1.26"))
    assert read(status(f"{PLAN} at most 0 USD")) == (PLAN, Decimal(0))


@pytest.mark.parametrize(
    "other",
    [
        status(f"{OTHER} at most 9999 USD", creator="mallory"),
        status(f"{OTHER} at most 9999 USD", creator="github-actions"),
        status(f"{OTHER} at most 9999 USD", context="clinft/plan/other"),
        status(f"{OTHER} at most 9999 USD", context="clinft/plan/demo2"),
    ],
)
def test_only_our_status_of_this_project_is_read(other: Status) -> None:
    assert read(other) == (None, None)
    assert read(other, status(f"{PLAN} at most 1 USD")) == (PLAN, Decimal(1))
    assert read(status(f"{PLAN} at most 1 USD"), other) == (PLAN, Decimal(1))


def test_our_name_is_compared_without_case() -> None:
    statuses = (status(f"{PLAN} at most 1 USD", creator="clinft-app[bot]"),)
    assert shown(pull(statuses=statuses), CONTEXT, "Clinft-App[bot]") == (PLAN, Decimal(1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        PLAN,
        f"{PLAN} at most USD",
        f"{PLAN} at most -1 USD",
        f"{PLAN} at most 1e9 USD",
        f"{PLAN} at most 1,000 USD",
        f"{PLAN} at most 1.0000001 USD",
        f"{PLAN} at most ١ USD",  # a digit of another script
        f"{PLAN.upper()} at most 1 USD",
        f"{PLAN} at most 1 USD and more",
        f" {PLAN} at most 1 USD",
        f"{PLAN} at most 1 USD\n",
        f"{PLAN[1:]} at most 1 USD",
    ],
)
def test_a_status_of_ours_that_we_did_not_write_equals_no_plan(text: str) -> None:
    found, usd = read(status(text))
    assert usd is None
    assert [r.code for r in merged_reasons(replace(GOOD, shown_plan=found))] == ["CLINFT-G034"]


@settings(max_examples=300, deadline=None)
@given(
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.decimals(min_value=0, max_value=999_999, places=6)
    | st.decimals(min_value=0, max_value=999_999, places=2),
)
@example(PLAN, Decimal("1E+2"))
@example(PLAN, Decimal("0E-6"))
@example(PLAN, Decimal("0.000001"))
def test_what_is_written_is_read_back(plan: str, upper: Decimal) -> None:
    text = status_text(plan, upper)
    assert len(text) <= 140
    assert read(status(text)) == (plan, upper)
