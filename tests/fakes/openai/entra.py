"""Entra ID: a client's federated assertion for a token that soon ends."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.openai.calls import Call, Reply, Request

AUDIENCE = "api://AzureADTokenExchange"
DATA_PLANE = ("https://cognitiveservices.azure.com", "https://ai.azure.com")
MANAGEMENT = ("https://management.azure.com",)
EXPIRES_IN_SECONDS = 3599


@dataclass
class Token:
    text: str
    client_id: str
    audience: str
    expires_at: int
    uses_left: int


def assertion(subject: str, audience: str = AUDIENCE) -> str:
    """What GitHub would sign; nobody here asks for the signature."""
    issuer = "https://token.actions.githubusercontent.com"
    parts: tuple[dict[str, Any], ...] = (
        {"alg": "RS256", "typ": "JWT"},
        {"iss": issuer, "aud": audience, "sub": subject},
    )
    return ".".join([*(_encoded(json.dumps(one).encode()) for one in parts), _encoded(b"signature")])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Entra:
    """`subjects`: whom a client id trusts, None: everybody. `token_uses`: requests that a new token is good for."""

    def __init__(self, tenant: str, clients: Mapping[str, frozenset[str]]) -> None:
        self.tenant, self.clients = tenant, dict(clients)
        self.subjects: dict[str, str] | None = None
        self.token_uses = 1_000_000
        self.issued: list[Token] = []

    def get_token(self, call: Call) -> Reply:
        body = call.body
        if call.path["tenant"] != self.tenant:
            return _refusal("invalid_request", 90002, f"Tenant '{call.path['tenant']}' not found.")
        if body["client_id"] not in self.clients:
            return _refusal("unauthorized_client", 700016, "The application was not found in the directory.")
        scope, _, default = body["scope"].rpartition("/")
        if default != ".default" or scope not in (*DATA_PLANE, *MANAGEMENT):
            return _refusal(
                "invalid_scope", 70011, f"The provided value for scope {body['scope']} is not valid."
            )
        claims = _claims(body["client_assertion"])
        if claims.get("aud") != AUDIENCE:
            return _refusal(
                "invalid_client", 700212, "No matching federated identity record for the audience."
            )
        if self.subjects is not None and self.subjects.get(body["client_id"]) != claims.get("sub"):
            message = "No matching federated identity record found for presented assertion subject."
            return _refusal("invalid_client", 700213, message)
        # Long, so that a test finds it wherever it may have been written.
        text = f"entra-token-{len(self.issued) + 1:04d}-{'x' * 40}"
        expires_at = call.state.now() + EXPIRES_IN_SECONDS
        self.issued.append(Token(text, body["client_id"], scope, expires_at, self.token_uses))
        lifetime = {"expires_in": EXPIRES_IN_SECONDS, "ext_expires_in": EXPIRES_IN_SECONDS}
        return Reply(200, {"token_type": "Bearer", **lifetime, "access_token": text})

    def use(self, request: Request, audiences: tuple[str, ...], now: int) -> Token | None:
        """The token of this request, if it is good; one use less from now on."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        found = next((one for one in self.issued if scheme.lower() == "bearer" and one.text == text), None)
        if found is None or found.audience not in audiences or found.expires_at <= now or not found.uses_left:
            return None
        found.uses_left -= 1
        return found


def _claims(token: str) -> dict[str, Any]:
    try:
        middle = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(error: str, number: int, message: str) -> Reply:
    status = 401 if error == "invalid_client" else 400
    body = {"error": error, "error_description": f"AADSTS{number}: {message}", "error_codes": [number]}
    return Reply(status, body)
