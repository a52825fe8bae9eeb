"""Entra ID without any key: GitHub's OIDC token is exchanged for an access token.

Microsoft identity platform, "access token request with a federated credential" (client credentials flow).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from clinft.adapters.training.openai_api.http import plain_client
from clinft.adapters.training.openai_api.words import shown
from clinft.adapters.training.tools import Tools
from clinft.errors import ClinftError, ServiceError, SpecError
from clinft.spec.eligibility import AzureAccount, Endpoint

AUDIENCE = "api://AzureADTokenExchange"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EARLY = timedelta(minutes=5)  # a token is renewed before it ends, as one request may take minutes
SECONDS = 30


@dataclass(frozen=True)
class Scopes:
    training: str
    management: str


PUBLIC = Scopes("https://cognitiveservices.azure.com/.default", "https://management.azure.com/.default")
# By the host of azure.login_url: the national clouds have services, and so scopes, of their own.
NATIONAL = {
    "login.microsoftonline.us": Scopes(
        "https://cognitiveservices.azure.us/.default", "https://management.usgovcloudapi.net/.default"
    ),
    "login.partner.microsoftonline.cn": Scopes(
        "https://cognitiveservices.azure.cn/.default", "https://management.chinacloudapi.cn/.default"
    ),
}


def scopes_of(endpoint: Endpoint) -> Scopes:
    host = "" if endpoint.azure is None else urlsplit(endpoint.azure.login_url).netloc
    return NATIONAL.get(host, PUBLIC)


class Login:
    """One identity for one scope; its token is kept for as long as it is valid."""

    def __init__(
        self, endpoint: Endpoint, who: Literal["trainer", "deployer"], scope: str, tools: Tools
    ) -> None:
        self._account, self._client = _identity(endpoint, who)
        self._who, self._scope, self._tools = who, scope, tools
        self._token, self._ends = "", tools.now()
        self._known: list[str] = []

    def known(self) -> tuple[str, ...]:
        return tuple(self._known)

    def token(self) -> str:
        if not self._token or self._tools.now() >= self._ends - EARLY:
            self._token, self._ends = self._exchanged()
        return self._token

    def forget(self) -> None:
        self._token = ""

    def _exchanged(self) -> tuple[str, datetime]:
        assertion = self._tools.id_token(AUDIENCE)
        if assertion is None:
            raise SpecError(
                "login: entra works in a workflow of GitHub only, which may ask for an OIDC token.",
                "This is no such job, or its job lacks `permissions: id-token: write`.",
                "On a laptop use an endpoint with login: key, and a key in CLINFT_KEYS.",
            )
        self._known.append(assertion)
        asked_at = self._tools.now()
        body = _answer(
            f"{self._account.login_url.rstrip('/')}/{self._account.tenant}/oauth2/v2.0/token",
            {
                "grant_type": "client_credentials",
                "client_id": self._client,
                "scope": self._scope,
                "client_assertion_type": ASSERTION,
                "client_assertion": assertion,
            },
            self._who,
            self.known,
        )
        token, seconds = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int | str):
            raise _strange(self._account.login_url)
        self._known.append(token)
        try:
            return token, asked_at + timedelta(seconds=int(seconds))
        except (ValueError, OverflowError):
            raise _strange(self._account.login_url) from None


def _identity(endpoint: Endpoint, who: Literal["trainer", "deployer"]) -> tuple[AzureAccount, str]:
    account = endpoint.azure
    client = None if account is None else account.trainer if who == "trainer" else account.deployer
    if account is None or client is None:
        raise SpecError(
            f"The endpoint names no identity azure.{who}.",
            "Training and deploying are two identities, so that neither can do both.",
            f"Have azure.{who} of the endpoint set in .github/clinft.yml.",
        )
    return account, client


def _answer(
    url: str, form: dict[str, str], who: str, known: Callable[[], tuple[str, ...]]
) -> dict[str, object]:
    import httpx2

    host = urlsplit(url).netloc
    try:
        with plain_client(SECONDS, url) as client:
            response = client.post(url, data=form)
    except httpx2.HTTPError:
        raise ServiceError(
            f"{host} could not be reached for a login.",
            "The network, a proxy or Entra ID is down, or azure.login_url is wrong.",
            "Call again later; SSL_CERT_FILE names the root certificates of a proxy.",
        ) from None
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.status_code != 200:
        raise _refused(host, who, response.status_code, body, known())
    if not isinstance(body, dict):
        raise _strange(url)
    return body


def _refused(host: str, who: str, status: int, body: object, secrets: tuple[str, ...]) -> ClinftError:
    said = body.get("error_description") or body.get("error") if isinstance(body, dict) else None
    words = shown(said or "no message", secrets)
    if status >= 500 or status == 429:
        return ServiceError(
            f"{host} failed at the login with status {status}: {words}",
            "Entra ID is in trouble, or limits this identity.",
            "Call again later; nothing was begun.",
        )
    return SpecError(
        f"{host} does not let the identity azure.{who} in (status {status}): {words}",
        "Its federated credential names another repository, branch or environment, or tenant and client id "
        "do not belong together.",
        "Compare the federated credential's subject with this job's, and the ids in .github/clinft.yml.",
    )


def _strange(url: str) -> ServiceError:
    return ServiceError(
        f"{urlsplit(url).netloc} answered the login with something else than a token.",
        "Another service or a proxy stands there.",
        "Check azure.login_url in .github/clinft.yml.",
    )
