"""The subjects, letter by letter: what is printed here is pasted into a cloud provider's trust."""

from datetime import date
from typing import Any

import pytest

from clinft.ports.settings import SubjectRules
from tests.fakes.settings import HIDDEN, only, policy, report, settings

OLD, NEW = "repo:hosp/clinft:environment:providers", "repo:hosp@123/clinft@456:environment:providers"
SERVER = {"enterprise_server": True, "created": date(2026, 10, 1)}


def template(*claims: str, immutable: bool | None = None, prefix: str | None = None) -> SubjectRules:
    return SubjectRules(default=not claims, claims=claims, immutable=immutable, prefix=prefix)


@pytest.mark.parametrize(
    ("repository", "subject", "expected"),
    [
        # What GitHub says of this repository counts before any date.
        ({}, template(immutable=True), [NEW]),
        ({"created": date(2026, 10, 1)}, template(immutable=False), [OLD]),
        (
            {},
            template(immutable=True, prefix="repo:Hosp@9/clinft@8"),
            ["repo:Hosp@9/clinft@8:environment:providers"],
        ),
        # Where it says nothing: the day on which the repository was made, and what may have changed since.
        ({"created": date(2026, 7, 16)}, template(), [NEW]),
        ({"created": date(2026, 7, 15)}, template(), [OLD, NEW]),
        ({"created": date(2026, 7, 14)}, template(), [OLD, NEW]),
        ({"created": date(2026, 7, 16)}, HIDDEN, [NEW]),
        ({"created": date(2020, 1, 1)}, HIDDEN, [OLD, NEW]),
        # GitHub Enterprise Server has the old form only.
        (SERVER, template(), [OLD]),
        (SERVER, HIDDEN, [OLD]),
    ],
)
def test_the_subject_is_the_one_that_github_sends(
    repository: dict[str, Any], subject: Any, expected: list[str]
) -> None:
    said = report(settings(repository=repository, subject=subject)).trust.subjects
    assert [one.subject for one in said] == expected
    assert [bool(one.when) for one in said] == [len(expected) > 1] * len(expected)


def test_only_the_environment_whose_jobs_may_ask_for_a_token_has_a_subject() -> None:
    said = report(settings(subject=template(immutable=False))).trust.subjects
    assert {one.environment: one.subject for one in said} == {"providers": OLD}


def test_where_a_sink_logs_in_to_google_without_a_key_its_environment_has_one_too() -> None:
    login = {
        "workload_identity_provider": "projects/1/locations/global/workloadIdentityPools/p/providers/g",
        "service_account": "writer@hospital.iam.gserviceaccount.com",
    }
    facts = {"owner": "Research IT", "review_by": "2027-03-01"}
    docs = {"kind": "google_docs", "description": "a folder", "login": login, "eligibility": facts}
    said = report(settings(subject=template(immutable=False)), policy(sinks={"docs": docs})).trust.subjects
    assert [one.subject.rpartition(":")[2] for one in said] == ["providers", "sinks"]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (("repo", "context"), OLD),
        (
            ("repo", "context", "job_workflow_ref"),
            f"{OLD}:job_workflow_ref:hosp/clinft/.github/workflows/run.yml@refs/heads/main",
        ),
        (("repository_id", "environment"), "repository_id:456:environment:providers"),
        (
            ("repository_owner", "repository_owner_id", "repository", "ref", "ref_type", "environment"),
            "repository_owner:hosp:repository_owner_id:123:repository:hosp/clinft:ref:refs/heads/main:ref_type:branch:"
            "environment:providers",
        ),
        # Differs from job to job: a blank, which nobody can paste by mistake.
        (("repo", "context", "actor"), f"{OLD}:actor:<actor>"),
    ],
)
def test_a_template_of_claims_replaces_the_form(claims: tuple[str, ...], expected: str) -> None:
    facts = settings(subject=template(*claims, immutable=False))
    assert [one.subject for one in report(facts).trust.subjects] == [expected]


def test_in_a_template_the_ids_stay_in_the_repository() -> None:
    facts = settings(subject=template("repo", "context", immutable=True))
    assert [one.subject for one in report(facts).trust.subjects] == [NEW]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (("repository_owner", "environment"), "other repositories get the same one"),
        (("context",), "other repositories get the same one"),
        (("repo",), "neither environment nor workflow"),
        (("repository_id", "ref"), "neither environment nor workflow"),
    ],
)
def test_a_template_that_lets_others_in_is_wrong(claims: tuple[str, ...], said: str) -> None:
    finding = only(report(settings(subject=template(*claims, immutable=True))), "bad")
    assert said in finding.what


def test_the_template_of_an_organization_is_for_its_owners_to_see() -> None:
    by_organization = SubjectRules(default=False, claims=(), immutable=True, prefix=None)
    assert "organization's template" in only(report(settings(subject=by_organization)), "note").what
