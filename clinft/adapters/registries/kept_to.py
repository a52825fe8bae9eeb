"""A hub's client stays where the policy sends it: no redirect to another host, no token but to the hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clinft.errors import ServiceError


@contextmanager
def kept_to(url: str) -> Iterator[None]:
    """While it lasts, whatever huggingface_hub asks in this process is checked.

    Large files go to storage that the hub names in its answers; that is no redirect, and no token goes there.
    """
    from huggingface_hub import set_client_factory
    from huggingface_hub.utils import _http

    before = _http._GLOBAL_CLIENT_FACTORY  # which is to be there again afterwards; it has no public name

    def made() -> Any:
        client = before()
        client.event_hooks = {
            "request": [*client.event_hooks["request"], lambda request: _check_request(request, url)],
            "response": [*client.event_hooks["response"], _check_answer],
        }
        return client

    set_client_factory(made)
    try:
        yield
    finally:
        set_client_factory(before)


def stays(origin: str, location: str) -> bool:
    """Whether a redirect from `origin` stays there. Anything that could be read in two ways does not."""
    if "\\" in location:
        return False
    same = location.casefold().startswith(f"{origin}/".casefold())
    return same or (location.startswith("/") and not location.startswith("//"))


def _check_request(request: Any, url: str) -> None:
    to, home = request.url, type(request.url)(url)
    elsewhere = (to.scheme, to.host, to.port) != (home.scheme, home.host, home.port)
    if elsewhere and "authorization" in request.headers:
        raise ServiceError(
            "The hub asked for its token to be sent to another host.",
            "Its storage is set up for clients that send it there; or somebody is in the hub's place.",
            "Ask whoever runs the hub. Nothing was sent there.",
        )
    if elsewhere and home.scheme == "https" and to.scheme != "https":
        raise ServiceError(
            "The hub asked for the files to be sent without encryption.",
            "Its storage has no https address.",
            "Ask whoever runs the hub. Nothing was sent there.",
        )


def _check_answer(answer: Any) -> None:
    asked = answer.request.url
    origin = f"{asked.scheme}://{asked.netloc.decode()}"
    if answer.has_redirect_location and not stays(origin, answer.headers["Location"]):
        raise ServiceError(
            "The hub leads on to another host, which clinft does not follow.",
            "It has moved, a proxy wants a login first, or somebody is in its place.",
            "Where the new place is yours, correct the url under registries in .github/clinft.yml by a pull "
            "request: the policy decides where weights go.",
        )
