from typing import Any

import pytest

from clinft.spec.project import ProjectSpec
from tests.fakes.settings import found, new, policy, report
from tests.fakes.specs import project_spec

SLACK = {"kind": "slack", "description": "a channel"}


def facts(until: str) -> dict[str, Any]:
    return {"owner": "Privacy Office", "review_by": until}


def waiver(**changes: Any) -> dict[str, Any]:
    return {
        "project": "demo",
        "finding": "0123456789abcdef",
        "file_sha256": "0" * 64,
        "reason": "an eponym",
        "owner": "Petra",
        "given": "2026-11-01",
        "expires": "2027-01-30",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"expires": "2026-11-24"}, "expired on 2026-11-24"),
        ({"expires": "2026-11-25"}, "ends on 2026-11-25"),  # its last day is today
        ({"expires": "2026-12-25"}, "ends on 2026-12-25"),
        ({"expires": "2026-12-26"}, ""),
        ({"owner": "mila"}, "mila does not hold the role privacy"),
        ({"project": "gone"}, "belongs to no project here"),
    ],
)
def test_a_waiver_that_ends_or_does_not_count_is_told(changes: dict[str, Any], said: str) -> None:
    told = [one.what for one in new(report(rules=policy(waivers=[waiver(**changes)])), "bad", "note")]
    assert len(told) == bool(said)
    assert said in "".join(told)


@pytest.mark.parametrize(
    ("until", "state"),
    [("2026-11-24", "bad"), ("2026-11-25", "note"), ("2026-12-25", "note"), ("2026-12-26", None)],
)
@pytest.mark.parametrize(
    ("section", "entry", "name"),
    [
        ("providers", {"fake": {"eligibility": None}}, "the provider fake"),
        ("endpoints", {"east": {"provider": "fake", "url": "https://example.org"}}, "the endpoint east"),
        ("mcp_servers", {"trainer": {"url": "https://example.org"}}, "the MCP server trainer"),
        ("sinks", {"channel": SLACK}, "the sink channel"),
    ],
)
def test_facts_that_are_due_for_review_are_told_thirty_days_ahead(
    section: str, entry: dict[str, dict[str, Any]], name: str, until: str, state: str | None
) -> None:
    given = {key: {**value, "eligibility": facts(until)} for key, value in entry.items()}
    told = [one for one in new(report(rules=policy(**{section: given})), "bad", "note") if until in one.what]
    assert [one.state for one in told] == ([state] if state else [])
    assert all(name in one.what and "Privacy Office" in one.next_step for one in told)


def test_a_hosted_provider_needs_the_facts_that_make_it_eligible() -> None:
    told = [one.what for one in found(report(rules=policy(providers={"openai": {}})), "bad")]
    assert "The provider openai has no facts that make it eligible: the gate refuses it." in told


def test_what_no_spec_uses_is_told() -> None:
    used = project_spec(notify=["channel"])
    rules = policy(
        providers={"peft": {}},
        sinks={"channel": {**SLACK, "eligibility": facts("2028-01-01")}},
    )
    told = {one.what for one in new(report(rules=rules), "note")}
    assert told == {"No spec uses these providers: peft.", "No spec uses these sinks: channel."}
    assert {one.what for one in new(report(rules=rules, specs=(used,)), "note")} == {
        "No spec uses these providers: peft."
    }


def test_a_sink_that_hears_of_pull_requests_is_in_use() -> None:
    sinks = {"channel": {**SLACK, "eligibility": facts("2028-01-01")}}
    assert new(report(rules=policy(sinks=sinks, consents={"before_merge": ["channel"]})), "note") == []


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (project_spec(training={"provider": "peft"}), "the provider peft"),
        (project_spec(training={"runner": "big-box"}), "the runner big-box"),
        (project_spec(notify=["channel"]), "the sink channel"),
    ],
)
def test_a_spec_that_names_what_the_policy_does_not_list_is_wrong(spec: ProjectSpec, said: str) -> None:
    (told,) = new(report(specs=(project_spec(name="other"), spec)), "bad")
    assert f"demo names {said}" in told.what
    assert "projects/demo/project.yaml" in told.next_step


def test_a_budget_above_the_policys_is_told_by_the_projects_own_bound() -> None:
    spec = project_spec(budget={"max_usd": 20})
    assert new(report(specs=(spec,)), "bad", "note") == []
    rules = policy(projects={"demo": {"per_run_usd": 5}})
    (told,) = new(report(rules=rules, specs=(spec,)), "note")
    assert "demo has a budget of 20 USD; the policy allows 5 USD" in told.what


def test_broken_projects_are_told_and_do_not_hide_the_rest() -> None:
    said = report(broken=("worn-out",))
    (told,) = new(said, "bad")
    assert "worn-out" in told.what
    assert len(said.findings) == len(report().findings) + 1
