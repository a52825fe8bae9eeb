"""Which entry of the policy a spec's training reaches. A spec names it; where it is, the policy says."""

from clinft.spec.eligibility import AgreedPrice, Endpoint
from clinft.spec.mcp import McpServer
from clinft.spec.policy import Policy
from clinft.spec.training import TrainingSpec

# Providers that are reached at an address of the policy.
AT_ENDPOINTS = ("openai", "azure_openai")
# Who trains elsewhere: training files leave for them, and their models answer at an address.
ELSEWHERE = (*AT_ENDPOINTS, "mcp", "manual")


def endpoint_of(policy: Policy, training: TrainingSpec) -> Endpoint | None:
    """The entry that the spec names, or the provider's only one; None where there is none."""
    mine = {name: one for name, one in policy.endpoints.items() if one.provider == training.provider}
    if training.endpoint is not None:
        return mine.get(training.endpoint)
    return next(iter(mine.values())) if len(mine) == 1 else None


def agreed_price(policy: Policy, training: TrainingSpec) -> AgreedPrice | None:
    """What the policy says this organisation pays: of the narrowest entry that says it."""
    listed = policy.providers.get(training.provider)
    places = (endpoint_of(policy, training), server_of(policy, training), listed)
    return next((one.price for one in places if one is not None and one.price is not None), None)


def server_of(policy: Policy, training: TrainingSpec) -> McpServer | None:
    return None if training.server is None else policy.mcp_servers.get(training.server)
