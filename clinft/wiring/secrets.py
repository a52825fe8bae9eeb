"""Secrets of services outside: each is bound to one host, and is handed out for that host alone."""

import base64
import json
import os
import re
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

from clinft.errors import SpecError

# One line for each host: `api.openai.com sk-...`; a server on stdio: `mcp:trainer ...`.
VARIABLE = "CLINFT_KEYS"
# The same for places that people read: `slack.com xoxb-...`. Of another environment, so another variable: who
# trains cannot speak to people, and who speaks to people cannot train.
SINKS = "CLINFT_SINK_KEYS"
# The same for places that weights are pushed to: `huggingface.co hf_...`. Who trains cannot push.
REGISTRIES = "CLINFT_REGISTRY_KEYS"
# What people have on their laptops anyway.
USUAL = {"api.openai.com": "OPENAI_API_KEY"}
USUAL_SINKS = {"slack.com": "SLACK_BOT_TOKEN", "api.smith.langchain.com": "LANGSMITH_API_KEY"}
USUAL_REGISTRIES = {"huggingface.co": "HF_TOKEN"}
GOOGLE, GOOGLE_FILE = "oauth2.googleapis.com", "GOOGLE_APPLICATION_CREDENTIALS"
# Of Google's files of credentials.
SECRET_PARTS = ("private_key", "private_key_id", "client_secret", "refresh_token")
EXAMPLES = {
    VARIABLE: "api.openai.com sk-...",
    SINKS: "slack.com xoxb-...",
    REGISTRIES: "huggingface.co hf_...",
}
PLACE = re.compile(r"mcp:[a-z0-9-]+|[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
STDIO = "mcp:"
SHORTEST = 8
LARGEST_FILE_BYTES = 100_000
SECONDS = 30


def key_of(host: str) -> str | None:
    """The secret for this host; a port belongs to the host's name where it is no usual one."""
    known = None if host.startswith(STDIO) else _keys(VARIABLE).get(host)
    return known or os.environ.get(USUAL.get(host, "")) or None


def secret_of(server: str) -> str | None:
    return _keys(VARIABLE).get(f"{STDIO}{server}")


def sink_key_of(host: str) -> str | None:
    """For sinks alone. What lies in a laptop's usual places counts on a laptop, never in a workflow."""
    known = None if host.startswith(STDIO) else _keys(SINKS).get(host)
    if known or os.environ.get("GITHUB_ACTIONS") == "true":
        return known
    return (_google_file() if host == GOOGLE else os.environ.get(USUAL_SINKS.get(host, ""))) or None


def registry_key_of(host: str) -> str | None:
    """For registries alone. A laptop's usual token counts on a laptop, never in a workflow."""
    known = None if host.startswith(STDIO) else _keys(REGISTRIES).get(host)
    if known or os.environ.get("GITHUB_ACTIONS") == "true":
        return known
    return os.environ.get(USUAL_REGISTRIES.get(host, "")) or None


def has_sink_keys() -> bool:
    """Whether a key of any sink is at hand."""
    return bool(_keys(SINKS)) or any(map(sink_key_of, (*USUAL_SINKS, GOOGLE)))


def _google_file() -> str | None:
    """As the secret has it: base64 of the file's JSON."""
    name = os.environ.get(GOOGLE_FILE)
    try:
        data = Path(name).read_bytes() if name else b""
    except OSError:
        raise SpecError(
            f"The file that {GOOGLE_FILE} names cannot be read.",
            "It was moved, or belongs to somebody else.",
            "Correct the variable, or take it out of the environment.",
        ) from None
    return base64.b64encode(data).decode() if 0 < len(data) <= LARGEST_FILE_BYTES else None


def to_mask() -> list[str]:
    """GitHub masks the lines of a secret, not the keys within them: each is named to it once."""
    found = {key for variable in (VARIABLE, SINKS, REGISTRIES) for key in _keys(variable).values()}
    return sorted(found | {part for key in found for part in _within(key)})


def _within(key: str) -> list[str]:
    """Secrets inside of one that is base64 of JSON, line by line: a private key has several."""
    try:
        document = json.loads(base64.b64decode(key, validate=True))
    except (ValueError, RecursionError):
        return []
    values = [document.get(name) for name in SECRET_PARTS] if isinstance(document, dict) else []
    lines = [line for value in values if isinstance(value, str) for line in value.splitlines()]
    return [line for line in lines if len(line) >= SHORTEST and not line.startswith("-----")]


def _keys(variable: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate((os.environ.get(variable) or "").splitlines(), start=1):
        if not line.strip():
            continue
        place, _, key = line.strip().partition(" ")
        if not PLACE.fullmatch(place) or len(key.strip()) < SHORTEST or any(c.isspace() for c in key.strip()):
            raise SpecError(
                f"Line {number} of the secret {variable} is no host and key.",
                "Each line holds a host, a space and its key; the line itself is never shown.",
                f"Write it like: {EXAMPLES[variable]}",
            )
        found[place] = key.strip()
    return found


def id_token(audience: str) -> str | None:
    """GitHub's token that says which repository, branch and environment this job belongs to."""
    url, token = (
        os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL"),
        os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
    )
    if not url or not token or urlsplit(url).scheme not in ("https", "http"):
        return None
    request = urllib.request.Request(  # noqa: S310  # the runner's own address, its scheme is checked above
        f"{url}&audience={quote(audience, safe='')}", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # as above
            return str(json.loads(answer.read())["value"])
    except (OSError, ValueError, KeyError):
        return None
