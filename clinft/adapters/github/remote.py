"""From where a clone came to the address of its GitHub."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

PART = r"[A-Za-z0-9._-]+"
# git@host:owner/name, which is no URL.
SCP = re.compile(rf"(?:[^@/:]+@)?(?P<host>[A-Za-z0-9.-]+):(?!//)/?(?P<path>{PART}/{PART})")


class Remote(NamedTuple):
    """`host` in lower case, with a port where its https address has one."""

    host: str
    repository: str

    @property
    def api_url(self) -> str:
        """github.com, its hosts for data residency, and GitHub Enterprise Server each have their own."""
        if self.host == "github.com":
            return "https://api.github.com"
        if self.host.endswith(".ghe.com"):
            return f"https://api.{self.host}"
        return f"https://{self.host}/api/v3"


def parse_remote(text: str) -> Remote | None:
    """None where it leads to no repository of a GitHub. What stands before the @ may be a secret: dropped."""
    text = text.strip()
    if "://" not in text:
        found = SCP.fullmatch(text.removesuffix("/").removesuffix(".git"))
        return Remote(found["host"].lower(), found["path"]) if found else None
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return None
    path = url.path.strip("/").removesuffix(".git")
    if url.scheme not in ("https", "http", "ssh", "git") or not url.hostname or url.query or url.fragment:
        return None
    if not re.fullmatch(f"{PART}/{PART}", path):
        return None
    # The port of ssh says nothing about the API's.
    shown = f":{port}" if port and url.scheme in ("https", "http") else ""
    return Remote(f"{url.hostname}{shown}", path)
