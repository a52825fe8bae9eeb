"""HTTP without redirects, which would carry a credential elsewhere, and without a log of headers."""

import logging
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl

    import httpx2


def no_header_log() -> None:
    """At DEBUG it writes down all that a service answers in its headers, an echoed credential too."""
    logging.getLogger("httpcore2").setLevel(logging.INFO)


@cache
def trust() -> "ssl.SSLContext":
    """This machine's root certificates, or those of SSL_CERT_FILE; reading them takes longer than a call."""
    import httpx2

    return httpx2.create_ssl_context()


def may_use_proxy(url: str) -> bool:
    """What goes to this machine itself goes to nobody else: a proxy of the environment would get the key."""
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")


def plain_client(seconds: float, url: str = "") -> "httpx2.Client":
    """`url`: where its requests go."""
    import httpx2

    no_header_log()
    return httpx2.Client(
        timeout=seconds, follow_redirects=False, verify=trust(), trust_env=may_use_proxy(url)
    )
