"""The subjects of OIDC tokens that a cloud provider has to trust, letter by letter.

Source: docs.github.com, "OpenID Connect reference", as of 2026-11: repositories made after 2026-07-15 carry
the ids of owner and repository in the subject, and so do those that were renamed, transferred or opted in
since; GitHub Enterprise Server does not. A template of claims replaces the default form.
"""

from collections.abc import Iterator
from datetime import date

from clinft.artifacts.doctor import Finding, Subject, Trust
from clinft.artifacts.environments import PROVIDERS, SINKS, WORKFLOW
from clinft.ports.settings import RepositoryFacts, Settings, SubjectRules, Unknown
from clinft.spec.policy import Policy
from clinft.stages.doctor.findings import bad, note, ok, unseen

IMMUTABLE_AFTER = date(2026, 7, 15)
PAGE = "Settings → Actions → OIDC"
NAMES_REPOSITORY = frozenset({"repo", "repository", "repository_id"})
NAMES_PLACE = frozenset({"context", "environment", "job_workflow_ref"})
SINCE = "renamed, transferred or opted in since 2026-07-15"


def trust(settings: Settings, policy: Policy) -> Trust:
    """Google has to trust the jobs that speak to people, where a sink logs in to it without a key."""
    logins = (sink.login for sink in policy.sinks.values())
    keyless = any(login is not None and login.workload_identity_provider is not None for login in logins)
    environments = (PROVIDERS, SINKS) if keyless else (PROVIDERS,)
    subjects = (subject for name in environments for subject in _subjects(settings, name))
    return Trust(issuer=settings.repository.issuer, subjects=tuple(subjects))


def subject_findings(settings: Settings) -> Iterator[Finding]:
    rule, told = "an OIDC token names this repository and an environment", settings.subject
    if isinstance(told, Unknown):
        yield unseen("oidc", "how the subject of OIDC tokens is made", told, PAGE, rule)
        return
    if told.default or not told.claims:
        where = (
            "by GitHub's default" if told.default else "by the organization's template, or GitHub's default"
        )
        found = f"The subject of OIDC tokens is made {where}."
        yield ok("oidc", found, rule) if told.default else note("oidc", found, f"See {PAGE}.", rule, "github")
    elif not NAMES_REPOSITORY & {*told.claims}:
        yield bad(
            "oidc",
            "The subject does not name this repository: jobs of other repositories get the same one.",
            f"{PAGE}: add the claim repo, or use the default.",
            rule,
        )
    elif not NAMES_PLACE & {*told.claims}:
        yield bad(
            "oidc",
            "The subject names neither environment nor workflow: any branch of this repository gets it.",
            f"{PAGE}: add the claim context, or use the default.",
            rule,
        )
    else:
        yield ok("oidc", "The subject of OIDC tokens is made by a template of this repository.", rule)


def _subjects(settings: Settings, environment: str) -> Iterator[Subject]:
    facts, told = settings.repository, settings.subject
    for prefix, when in _prefixes(facts, told):
        subject = _subject(facts, told, prefix, environment)
        yield Subject(environment=environment, subject=subject, when=when)


def _prefixes(facts: RepositoryFacts, told: SubjectRules | Unknown) -> list[tuple[str, str]]:
    """The first part of the subject, and when GitHub sends it so."""
    old = f"repo:{facts.full_name}"
    new = f"repo:{facts.owner}@{facts.owner_id}/{facts.name}@{facts.id}"
    if isinstance(told, SubjectRules) and told.immutable is not None:
        return [(told.prefix or (new if told.immutable else old), "")]
    if facts.enterprise_server:
        return [(old, "")]
    if facts.created > IMMUTABLE_AFTER:
        return [(new, "")]
    return [(old, f"unless it was {SINCE}"), (new, f"if it was {SINCE}")]


def _subject(facts: RepositoryFacts, told: SubjectRules | Unknown, prefix: str, environment: str) -> str:
    claims = () if isinstance(told, Unknown) or told.default else told.claims
    if not claims:
        return f"{prefix}:environment:{environment}"
    return ":".join(_claim(claim, facts, prefix, environment) for claim in claims)


def _claim(claim: str, facts: RepositoryFacts, prefix: str, environment: str) -> str:
    ref = f"refs/heads/{facts.default_branch}"
    values = {
        "environment": environment,
        "job_workflow_ref": f"{facts.full_name}/{WORKFLOW}@{ref}",
        "ref": ref,
        "ref_type": "branch",
        "repository": facts.full_name,
        "repository_id": str(facts.id),
        "repository_owner": facts.owner,
        "repository_owner_id": str(facts.owner_id),
    }
    if claim == "repo":
        return prefix
    if claim == "context":
        return f"environment:{environment}"
    # What differs from job to job, or is not ours to know, stays a blank that nobody can paste by mistake.
    return f"{claim}:{values.get(claim, f'<{claim}>')}"
