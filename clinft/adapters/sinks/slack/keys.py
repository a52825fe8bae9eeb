"""What is wrong with the key of a sink, and where it is looked for: in a workflow and on a laptop."""

from clinft.errors import PolicyViolation

# Of laptops; wiring/secrets.py reads it for this host alone, and never in a workflow.
USUAL_HOST, USUAL = "slack.com", "SLACK_BOT_TOKEN"
ON_GITHUB = "On GitHub add the line `{line}` to the secret CLINFT_SINK_KEYS of the environment 'sinks'"
THE_SAME = "on a laptop set the variable CLINFT_SINK_KEYS to it"


def no_token(host: str) -> PolicyViolation:
    """Of a sink with a channel."""
    usual = host == USUAL_HOST
    lacks = f"There is no key for {host}: CLINFT_SINK_KEYS has no line for it"
    laptop = f"on a laptop set {USUAL}, or CLINFT_SINK_KEYS to that line" if usual else THE_SAME
    return PolicyViolation(
        f"{lacks}, and {USUAL} is not set." if usual else f"{lacks}.",
        "A sink with `channel:` needs the bot token of an app; a line holds a host, a space and its key.",
        f"{ON_GITHUB.format(line=f'{host} xoxb-...')}; {laptop}.",
    )


def no_path(host: str) -> PolicyViolation:
    """Of a sink without a channel."""
    return PolicyViolation(
        f"There is no key for {host}: CLINFT_SINK_KEYS has no line for it.",
        f"A sink without `channel:` is an incoming webhook; {USUAL} is not read for it.",
        f"{ON_GITHUB.format(line=f'{host} /services/...')}; {THE_SAME}. "
        f"To use a bot token ({USUAL} on a laptop), name the `channel:` in the policy.",
    )


def bad_token(host: str) -> PolicyViolation:
    laptop = f", or, on a laptop, into {USUAL}" if host == USUAL_HOST else ""
    return PolicyViolation(
        f"The key for {host} is no bot token.",
        "A sink with `channel:` needs an app's bot token; another acts for a person.",
        f"Put the app's Bot User OAuth Token (xoxb-...) into CLINFT_SINK_KEYS{laptop}; "
        "with a webhook's path the policy has no `channel:`.",
    )


def bad_path(host: str) -> PolicyViolation:
    return PolicyViolation(
        f"The key for {host} in CLINFT_SINK_KEYS is no path of a webhook.",
        "A sink without `channel:` is an incoming webhook, whose secret is the path of its address.",
        f"Write the line `{host} /services/...`, or name the `channel:` in the policy and use a bot token.",
    )
