"""Each safeguard shows the best evidence there is, and the ledger names everything that leaves."""

from datetime import date
from typing import Any

import pytest

from clinft.artifacts.handling import EgressRow, SafeguardRow
from clinft.spec.policy import Policy
from clinft.spec.safeguards import Row, table
from clinft.stages.handling import assess
from tests.fakes.gate_inputs import POLICY as PLAIN
from tests.fakes.specs import project_spec

TODAY = date(2026, 11, 26)
SAID = {"state": "met", "statement": "LUKS on every disk", "owner": "Research IT", "date": "2026-11-01"}
FACTS = {"owner": "Privacy Office", "baa_signed": "2026-03-01", "regions": ["us"], "review_by": "2027-03-01"}


def policy(**changes: Any) -> Policy:
    return Policy.model_validate({**PLAIN.model_dump(), **changes}, strict=False)


def row(name: str, **safeguards: Any) -> SafeguardRow:
    made = assess(project_spec(), policy(safeguards=safeguards), TODAY)
    (found,) = [row for row in made.rows if row.name == name]
    return found


def test_nothing_declared_needs_evidence_and_nothing_else() -> None:
    made = assess(project_spec(), policy(), TODAY)
    verified = {row.name for row in made.rows if row.state == "verified"}
    assert verified == {"integrity", "transmission-integrity", "encryption-in-transit"}
    assert {row.state for row in made.rows} == {"verified", "needs_evidence"}
    assert "as of 2026-11-23" in made.source


@pytest.mark.parametrize(
    ("changes", "state"),
    [({}, "declared"), ({"state": "not_met"}, "not_met"), ({"state": "not_applicable"}, "not_applicable")],
)
def test_a_declaration_is_shown_as_one(changes: dict[str, str], state: str) -> None:
    found = row("encryption-at-rest", facts={"encryption-at-rest": {**SAID, **changes}})
    assert (found.state, found.by, found.date) == (state, "Research IT", "2026-11-01")


@pytest.mark.parametrize(
    ("doctor", "state"),
    [
        ({"date": "2026-11-26", "ok": ["runners", "actions"]}, "verified"),
        ({"date": "2026-08-28", "ok": ["runners", "actions"]}, "verified"),  # 90 days
        ({"date": "2026-08-27", "ok": ["runners", "actions"]}, "needs_evidence"),
        ({"date": "2026-11-27", "ok": ["runners", "actions"]}, "needs_evidence"),  # still to come
        ({"date": "2026-11-26", "ok": ["runners"]}, "needs_evidence"),
        ({"date": "2026-11-26", "ok": ["runners"], "unknown": ["actions"]}, "needs_evidence"),
        ({"date": "2026-11-26", "ok": ["runners"], "wrong": ["actions"]}, "not_met"),
        ({"date": "2026-01-01", "wrong": ["actions"]}, "not_met"),
    ],
)
def test_the_doctors_look_verifies_for_90_days_and_only_whole(doctor: dict[str, Any], state: str) -> None:
    assert row("runner-hardening", doctor=doctor).state == state


def test_what_the_doctor_saw_comes_before_what_somebody_says() -> None:
    facts = {"runner-hardening": SAID}
    wrong = {"date": "2026-11-26", "wrong": ["runners"]}
    assert row("runner-hardening", facts=facts, doctor=wrong).state == "not_met"
    seen = row("runner-hardening", facts=facts, doctor={"date": "2026-11-26", "ok": ["runners", "actions"]})
    assert (seen.state, seen.by) == ("verified", "clinft doctor")
    assert (
        row("runner-hardening", facts=facts, doctor={"date": "2020-01-01", "ok": ["runners"]}).state
        == "declared"
    )


@pytest.mark.parametrize("row", table().rows, ids=lambda row: row.name)
def test_every_row_cites_the_rule(row: Row) -> None:
    assert row.citation.startswith(("164.308(", "164.310(", "164.312(", "164.316("))


def test_audit_controls_are_required_and_encryption_is_addressable() -> None:
    kinds = {row.name: row.requirement for row in table().rows}
    assert kinds["audit-controls"] == "required"  # 164.312(b); a common error calls it addressable
    assert kinds["encryption-at-rest"] == kinds["encryption-in-transit"] == "addressable"


def leaves(training: dict[str, Any], **changes: Any) -> list[EgressRow]:
    spec = project_spec(training=training)
    return list(assess(spec, policy(**changes), TODAY).egress)


def test_on_an_own_machine_only_github_hears_of_it() -> None:
    (only,) = leaves({})
    assert only.to == "GitHub"
    assert "no generated record" in only.what


def test_a_hosted_provider_is_named_with_its_agreement_and_region() -> None:
    hosted = {"provider": "openai", "base_model": "gpt-4.1-mini-2025-04-14", "method": "supervised"}
    rows = leaves(hosted, providers={"peft": {}, "openai": {"eligibility": FACTS}})
    assert [row.to for row in rows] == ["GitHub", "openai"]
    assert (rows[1].baa_signed, rows[1].region) == ("2026-03-01", "us")
    assert rows[1].allowed_by == "Privacy Office, to be reviewed by 2027-03-01"
    assert leaves(hosted)[1].allowed_by == "nobody: the gate refuses it"


def test_pages_that_are_published_leave_by_the_policys_word() -> None:
    pages = leaves({}, pages={"publish": True})[1]
    assert (pages.to, pages.allowed_by) == ("GitHub Pages", "pages.publish in the policy")
    assert len(leaves({}, pages={"publish": False})) == 1


def test_sinks_say_when_they_hear() -> None:
    sinks = {"ml-channel": {"kind": "slack", "description": "#ml", "eligibility": FACTS}}
    assert leaves({}, sinks=sinks)[1].when == "after the merge"
    told = leaves({}, sinks=sinks, consents={"before_merge": ["ml-channel"]})
    assert told[1].when == "before and after the merge"
