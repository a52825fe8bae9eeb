"""The environments of GitHub Actions that our workflows name; secrets lie in these and nowhere else."""

from clinft.spec.base import Provider
from clinft.spec.policy import Policy

TRAIN = "train"
# Whose jobs name them. It is called by train.yml: GitHub's job_workflow_ref and runner groups say this one.
WORKFLOW = ".github/workflows/run.yml"
# Providers that are reached with a secret or an OIDC token; the others work on machines of the team.
REMOTE: tuple[Provider, ...] = ("openai", "azure_openai", "mcp")


def environment_of(provider: str) -> str:
    """The one whose secrets a job for this provider sees."""
    return provider.replace("_", "-") if provider in REMOTE else TRAIN


def environments(policy: Policy) -> tuple[str, ...]:
    """Those that the policy calls for, `train` first."""
    return (TRAIN, *(environment_of(provider) for provider in REMOTE if provider in policy.providers))
