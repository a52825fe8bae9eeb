"""Settings of the repository, as an administrator set them. What is left alone is as in a new repository."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class EnvironmentState:
    """`policy`: None: any branch; "protected"; or patterns of (name, branch or tag)."""

    name: str
    policy: str | list[tuple[str, str]] | None = None
    secrets: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    reviewed: bool = False


@dataclass
class RunnerState:
    name: str
    labels: tuple[str, ...]
    status: str = "online"
    ephemeral: bool = False


@dataclass
class RulesetState:
    """`rules` as GitHub writes them: a type, and parameters where it has some."""

    id: int
    name: str
    rules: list[dict[str, Any]]
    bypass: list[dict[str, Any]] = field(default_factory=list)
    of_organization: bool = False


@dataclass
class SettingsState:
    private: bool = True
    created_at: str = "2026-01-01T00:00:00Z"
    actions: dict[str, Any] = field(
        default_factory=lambda: {
            "enabled": True,
            "allowed_actions": "all",
            "sha_pinning_required": False,
        }
    )
    workflow_permissions: str = "read"
    runners: list[RunnerState] = field(default_factory=list)
    environments: dict[str, EnvironmentState] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    organization_secrets: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    subject: dict[str, Any] = field(default_factory=lambda: {"use_default": True})
    rulesets: list[RulesetState] = field(default_factory=list)
    # What `protect` of the state does not say of the older branch protection.
    protection: dict[str, Any] = field(default_factory=dict)
    # GitHub's plan has none of these for private repositories.
    environments_are_paid: bool = False
    rules_are_paid: bool = False

    def ruleset(
        self,
        checks: tuple[tuple[str, int | None], ...] = (("gate", 15368),),
        approvals: int = 2,
        stale: bool = True,
        last_push: bool = True,
        bypass: list[dict[str, Any]] | None = None,
    ) -> RulesetState:
        """As the README asks for it, unless said otherwise."""
        pull = {
            "dismiss_stale_reviews_on_push": stale,
            "require_code_owner_review": False,
            "require_last_push_approval": last_push,
            "required_approving_review_count": approvals,
            "required_review_thread_resolution": False,
        }
        listed = [
            {"context": name} if app is None else {"context": name, "integration_id": app}
            for name, app in checks
        ]
        required = {"required_status_checks": listed, "strict_required_status_checks_policy": False}
        rules: list[dict[str, Any]] = [
            {"type": "pull_request", "parameters": pull},
            {"type": "required_status_checks", "parameters": required},
            {"type": "non_fast_forward"},
        ]
        # Number 1 is the ruleset that State.protect makes.
        made = RulesetState(len(self.rulesets) + 2, "main", rules, bypass or [])
        self.rulesets.append(made)
        return made
