"""Secrets of services outside: each is bound to one host, and is handed out for that host alone."""

import json
import os
import re
import urllib.request
from urllib.parse import quote, urlsplit

from clinft.errors import SpecError

# One line for each host: `api.openai.com sk-...`; a server on stdio: `mcp:trainer ...`.
VARIABLE = "CLINFT_KEYS"
# What people have on their laptops anyway.
USUAL = {"api.openai.com": "OPENAI_API_KEY"}
PLACE = re.compile(r"mcp:[a-z0-9-]+|[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
STDIO = "mcp:"
SHORTEST = 8
SECONDS = 30


def key_of(host: str) -> str | None:
    """The secret for this host; a port belongs to the host's name where it is no usual one."""
    known = None if host.startswith(STDIO) else _keys().get(host)
    return known or os.environ.get(USUAL.get(host, "")) or None


def secret_of(server: str) -> str | None:
    return _keys().get(f"{STDIO}{server}")


def to_mask() -> list[str]:
    """GitHub masks the lines of a secret, not the keys within them: each is named to it once."""
    return sorted(_keys().values())


def _keys() -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate((os.environ.get(VARIABLE) or "").splitlines(), start=1):
        if not line.strip():
            continue
        place, _, key = line.strip().partition(" ")
        if not PLACE.fullmatch(place) or len(key.strip()) < SHORTEST or any(c.isspace() for c in key.strip()):
            raise SpecError(
                f"Line {number} of the secret {VARIABLE} is no host and key.",
                "Each line holds a host, a space and its key; the line itself is never shown.",
                "Write it like: api.openai.com sk-...",
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
