"""Where a service is and what lets us in: a key bound to the host, or a token of Entra ID."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from clinft.adapters.training.openai_api.entra import Login, scopes_of
from clinft.adapters.training.openai_api.problems import Place
from clinft.adapters.training.tools import Tools
from clinft.errors import SpecError
from clinft.spec.base import Provider
from clinft.spec.eligibility import Endpoint


@dataclass(frozen=True)
class Access:
    """`credential` gives what is valid now, `known` all that ever was: neither is ever shown."""

    url: str
    entra: bool
    credential: Callable[[], str] = field(repr=False)
    renew: Callable[[], None] = field(repr=False)
    known: Callable[[], tuple[str, ...]] = field(repr=False)

    @property
    def host(self) -> str:
        """With its port, where the address has one."""
        return urlsplit(self.url).netloc

    @property
    def place(self) -> Place:
        return Place(self.host, self.entra, self.known())


def access_to(endpoint: Endpoint | None, provider: Provider, tools: Tools) -> Access:
    if endpoint is None:
        raise SpecError(
            f"training.provider is {provider}, and it is not known where that is.",
            "The policy has no endpoint for it, has several, or has none of the name in training.endpoint.",
            "Name one in training.endpoint, and have it listed under endpoints in .github/clinft.yml.",
        )
    if endpoint.login == "entra":
        login = Login(endpoint, "trainer", scopes_of(endpoint).training, tools)
        return Access(endpoint.url, True, login.token, login.forget, login.known)
    host = urlsplit(endpoint.url).netloc
    key = tools.key_of(host)
    if key is None:
        raise SpecError(
            f"There is no key for {host}.",
            "Keys are bound to hosts, and the secret CLINFT_KEYS has no line for this one.",
            f"Add the line `{host} KEY` to CLINFT_KEYS; on GitHub it is a secret of the environment.",
        )
    return Access(endpoint.url, False, lambda: key, lambda: None, lambda: (key,))
