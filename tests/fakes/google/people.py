"""Who is known at the fake Google, and the logins they hand to clinft."""

import base64
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.google.state import Account, State

ACCOUNT = "clinft@project-1.iam.gserviceaccount.com"
USER = "lead@hospital.example"
PROVIDER = "projects/123/locations/global/workloadIdentityPools/github/providers/clinft"
SUBJECT = "repo:hospital/models:environment:sinks"
REFRESH_TOKEN = "1//refresh-token-0123456789abcdefghij"
CLIENT = ("client-1.apps.googleusercontent.com", "GOCSPX-client-secret-0123456789")


@cache
def key_pair(name: str) -> tuple[str, str]:
    """Private and public, made once for a test session."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


class People(State):
    """A service account without storage, a user with some, one provider that trusts one repository's job."""

    def __init__(self) -> None:
        super().__init__()
        private, public = key_pair(ACCOUNT)
        self.accounts = {ACCOUNT: Account(ACCOUNT, storage=0), USER: Account(USER, storage=10**9)}
        self.private_keys, self.certificates = {ACCOUNT: private}, {ACCOUNT: public}
        self.client = CLIENT
        # What a user agreed to when they logged in.
        self.refresh_tokens: dict[str, tuple[str, frozenset[str]]] = {}
        # Which scopes an administrator lets an account have in somebody's name.
        self.delegated: dict[tuple[str, str], frozenset[str]] = {}
        self.providers: dict[str, set[str]] = {PROVIDER: {SUBJECT}}
        self.impersonators: dict[str, set[str]] = {f"principal://{SUBJECT}": {ACCOUNT}}

    def allow_user(self, *scopes: str) -> None:
        self.refresh_tokens[REFRESH_TOKEN] = (USER, frozenset(scopes))


def service_account_key(**changes: Any) -> dict[str, Any]:
    key = {
        "type": "service_account",
        "project_id": "project-1",
        "private_key_id": "1",
        "private_key": key_pair(ACCOUNT)[0],
        "client_email": ACCOUNT,
        "client_id": "1",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "universe_domain": "googleapis.com",
    }
    return {**key, **changes}


def user_login() -> dict[str, Any]:
    client_id, client_secret = CLIENT
    return {
        "type": "authorized_user",
        "client_id": client_id,
        "client_secret": client_secret,
        "refresh_token": REFRESH_TOKEN,
    }


def encoded(key: dict[str, Any]) -> str:
    """As it stands in CLINFT_SINK_KEYS."""
    return base64.b64encode(json.dumps(key).encode()).decode()


def github_token(audience: str, subject: str = SUBJECT) -> str:
    """What GitHub would sign; nobody here asks for the signature."""
    issuer = "https://token.actions.githubusercontent.com"
    parts: list[Any] = [
        {"alg": "RS256", "kid": "1", "typ": "JWT"},
        {"iss": issuer, "aud": audience, "sub": subject},
    ]
    texts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts]
    return ".".join([*texts, "c2lnbmF0dXJl"])
