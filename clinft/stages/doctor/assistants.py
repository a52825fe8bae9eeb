"""A LangSmith MCP server that people's assistants use, and what it cannot do in place of the sink."""

from collections.abc import Iterator, Sequence

from clinft.artifacts.doctor import Finding
from clinft.spec.policy import Policy
from clinft.stages.doctor.findings import listed, note

# As the package is started, and as it is often named.
NAMES = ("langsmith-mcp-server", "langsmith_mcp_server")


def names_langsmith(text: str) -> bool:
    return any(name in text.lower() for name in NAMES)


def langsmith_findings(policy: Policy, files: Sequence[str]) -> Iterator[Finding]:
    """`files`: those of assistants' settings in the repository that name it."""
    servers = [
        f"mcp_servers.{name} of the policy"
        for name, server in sorted(policy.mcp_servers.items())
        if names_langsmith(" ".join((*server.command, server.url or "", name)))
    ]
    named = [*files, *servers]
    if not named:
        return
    has_sink = any(sink.kind == "langsmith" for sink in policy.sinks.values())
    yield note(
        "policy",
        f"A LangSmith MCP server is named in {listed(named)}. It reads: an assistant can ask what is in "
        "LangSmith. It uploads nothing and runs nothing: its create_dataset, update_examples, run_experiment "
        "and push_prompt return documentation (version 0.1.1).",
        "Datasets and evaluations go there through the sink of the policy, which it reads like all others."
        if has_sink
        else "For datasets and evaluations there, list a sink of the kind langsmith: docs/langsmith.md.",
        by="clinft",
    )
    if servers:
        yield note(
            "policy",
            f"It cannot train, and mcp_servers is for servers that do: {listed(servers)}.",
            "Take it out of .github/clinft.yml; assistants find it in their own settings.",
            by="clinft",
        )
