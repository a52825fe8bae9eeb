"""The repository's settings as GitHub tells them to this token."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from clinft.adapters.github.asking import HIDDEN, Asking, plan_lacks
from clinft.adapters.github.client import Address, asked_for
from clinft.adapters.github.rules import protection_rules, ruleset_rules
from clinft.ports.settings import (
    ActionsRules,
    BranchPattern,
    BranchRules,
    EnvironmentFacts,
    Person,
    RegisteredRunner,
    RepositoryFacts,
    Settings,
    SubjectRules,
    Told,
    Unknown,
    WorkflowToken,
)

ADMINISTRATION, SECRETS = "Administration: read", "Secrets: read"
ENVIRONMENTS, VARIABLES = "Environments: read", "Variables: read"
ACTIONS, ISSUES, METADATA = "Actions: read", "Issues: read", "Metadata: read"
# The id of the app GitHub Actions on github.com: api.github.com/apps/github-actions.
ACTIONS_APP = 15368
# One request a person; a workflow's token has a thousand an hour, for everything.
MOST_PEOPLE = 200
NO_RULES = BranchRules(offered=False)


class GitHubSettings:
    def __init__(self, address: Address) -> None:
        self._ask = Asking(address)
        self._api_url = address.api_url

    def settings(self, logins: Sequence[str]) -> Settings:
        ask = self._ask
        with asked_for("this repository"):
            repository = _repository(ask.get(""), self._api_url)
        branch = quote(repository.default_branch, safe="")
        return Settings(
            repository=repository,
            rulesets=ask.told("the branch's rules", METADATA, lambda: self._rulesets(branch), NO_RULES),
            protection=self._protection(branch),
            actions=ask.told(
                "the rules of Actions", ADMINISTRATION, lambda: _actions(ask.get("/actions/permissions"))
            ),
            token=ask.told(
                "the workflows' token",
                ADMINISTRATION,
                lambda: _token(ask.get("/actions/permissions/workflow")),
            ),
            runners=ask.told(
                "the runners",
                ADMINISTRATION,
                lambda: tuple(map(_runner, ask.every("/actions/runners", "runners"))),
            ),
            environments=ask.told("the environments", ACTIONS, self._environments),
            repository_secrets=self._names("secrets", SECRETS, "/actions/secrets"),
            organization_secrets=self._names("secrets", SECRETS, "/actions/organization-secrets")
            if repository.owned_by_organization
            else (),
            repository_variables=self._names("variables", VARIABLES, "/actions/variables"),
            labels=ask.told(
                "the labels", ISSUES, lambda: tuple(str(one["name"]) for one in ask.every("/labels"))
            ),
            subject=ask.told(
                "the OIDC subject", ACTIONS, lambda: _subject(ask.get("/actions/oidc/customization/sub"))
            ),
            people={login: self._person(login, index) for index, login in enumerate(logins)},
        )

    def _names(self, key: str, needs: str, path: str) -> Told[tuple[str, ...]]:
        return self._ask.told(f"the names of {key}", needs, lambda: self._ask.names(path, key))

    def _rulesets(self, branch: str) -> BranchRules:
        def bypass(ruleset: int) -> Told[list[dict[str, Any]]]:
            told = self._ask.told(
                f"ruleset {ruleset}", ADMINISTRATION, lambda: self._ask.get(f"/rulesets/{ruleset}")
            )
            # The list is left out for whoever may not change the ruleset.
            if isinstance(told, Unknown) or "bypass_actors" not in told:
                return Unknown(ADMINISTRATION)
            actors: list[dict[str, Any]] = told["bypass_actors"]
            return actors

        return ruleset_rules(self._ask.every(f"/rules/branches/{branch}"), bypass)

    def _protection(self, branch: str) -> Told[BranchRules]:
        """The older kind. Whether there is any is told to everybody, what it asks for is not."""
        import github

        with asked_for("the branch's protection"):
            try:
                return protection_rules(self._ask.get(f"/branches/{branch}/protection"))
            except github.RateLimitExceededException:
                raise
            except github.GithubException as error:
                if error.status not in HIDDEN:
                    raise
                if plan_lacks(error):
                    return NO_RULES
        told = self._ask.told("the branch", "Contents: read", lambda: self._ask.get(f"/branches/{branch}"))
        if not isinstance(told, Unknown) and told["protection"].get("enabled") is False:
            return BranchRules()
        return Unknown(ADMINISTRATION)

    def _environments(self) -> tuple[EnvironmentFacts, ...]:
        return tuple(map(self._environment, self._ask.every("/environments", "environments")))

    def _environment(self, told: dict[str, Any]) -> EnvironmentFacts:
        path = f"/environments/{quote(told['name'], safe='')}"
        policy = told.get("deployment_branch_policy")
        chosen = policy is not None and not policy["protected_branches"]
        return EnvironmentFacts(
            name=told["name"],
            open_to="any branch" if policy is None else "chosen branches" if chosen else "protected branches",
            branches=self.branches(path) if chosen else (),
            reviewed=any(rule["type"] == "required_reviewers" for rule in told.get("protection_rules") or ()),
            secrets=self._names("secrets", ENVIRONMENTS, f"{path}/secrets"),
            variables=self._names("variables", ENVIRONMENTS, f"{path}/variables"),
        )

    def branches(self, environment: str) -> Told[tuple[BranchPattern, ...]]:
        path = f"{environment}/deployment-branch-policies"
        return self._ask.told(
            "an environment's branches",
            ACTIONS,
            lambda: tuple(
                BranchPattern(one["name"], one.get("type", "branch"))
                for one in self._ask.every(path, "branch_policies")
            ),
        )

    def _person(self, login: str, index: int) -> Told[Person | None]:
        """None: GitHub knows nobody so called. It says 403 where the token may not ask."""
        import github

        if index >= MOST_PEOPLE:
            return Unknown(METADATA)
        with asked_for("the permission of a person whom the policy names"):
            try:
                told = self._ask.get(f"/collaborators/{quote(login, safe='')}/permission")
            except github.UnknownObjectException:
                return None
            except github.RateLimitExceededException:
                raise
            except github.GithubException as error:
                if error.status not in HIDDEN:
                    raise
                return Unknown(METADATA)
            return Person((told["user"] or {}).get("type", "User"), told["permission"])


def _repository(told: dict[str, Any], api_url: str) -> RepositoryFacts:
    url = urlsplit(api_url)
    host = url.hostname or ""
    on_github = host == "api.github.com"
    server = not on_github and not host.endswith(".ghe.com")
    # docs.github.com, "OpenID Connect reference".
    issuer = "https://token.actions.githubusercontent.com" if on_github else f"https://{host}/_services/token"
    if host.endswith(".ghe.com"):
        issuer = f"https://token.actions.{host.removeprefix('api.')}"
    return RepositoryFacts(
        owner=told["owner"]["login"],
        name=told["name"],
        owner_id=told["owner"]["id"],
        id=told["id"],
        owned_by_organization=told["owner"]["type"] == "Organization",
        private=told["private"],
        default_branch=told["default_branch"],
        created=datetime.fromisoformat(told["created_at"]).date(),
        enterprise_server=server,
        issuer=issuer,
        actions_app=ACTIONS_APP if on_github else None,
    )


def _actions(told: dict[str, Any]) -> ActionsRules:
    return ActionsRules(told["enabled"], told.get("allowed_actions", "all"), told.get("sha_pinning_required"))


def _token(told: dict[str, Any]) -> WorkflowToken:
    return WorkflowToken(told["default_workflow_permissions"], told["can_approve_pull_request_reviews"])


def _runner(told: dict[str, Any]) -> RegisteredRunner:
    return RegisteredRunner(
        labels=frozenset(label["name"].lower() for label in told["labels"]),
        online=told["status"] == "online",
        ephemeral=bool(told.get("ephemeral")),
    )


def _subject(told: dict[str, Any]) -> SubjectRules:
    return SubjectRules(
        default=told["use_default"],
        claims=tuple(told.get("include_claim_keys") or ()),
        immutable=told.get("use_immutable_subject"),
        prefix=told.get("sub_claim_prefix"),
    )
