"""Which waivers of the policy HIPAA_REPORT.md names: those that counted, of the policy that decided."""

import pytest

from clinft.pipeline.reporting import waivers_used
from clinft.spec.policy import Waiver
from tests.fakes import handlings, pull_request_parts, run_facts

USED, PROJECT, SHA256 = f"{30:016x}", "icd10-chapter", "8" * 64


def used(*waivers: Waiver, policy_sha256: str = SHA256) -> tuple[Waiver, ...]:
    policy = handlings.policy().model_copy(update={"waivers": waivers})
    decision = pull_request_parts.decision(waived=(USED,), policy_sha256=SHA256)
    return waivers_used(policy, policy_sha256, PROJECT, decision)


def test_waiver_that_counted_is_named() -> None:
    waiver = run_facts.waiver(USED)

    assert used(waiver) == (waiver,)


@pytest.mark.parametrize("changes", [{"finding": "0" * 16}, {"project": "another"}])
def test_waiver_of_something_else_is_not(changes: dict[str, str]) -> None:
    assert used(run_facts.waiver(USED).model_copy(update=changes)) == ()


def test_policy_that_changed_since_says_nothing_of_the_decision() -> None:
    assert used(run_facts.waiver(USED), policy_sha256="9" * 64) == ()
