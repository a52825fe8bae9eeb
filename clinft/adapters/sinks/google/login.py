"""Who writes: GitHub's token exchanged for a service account's, or the key in CLINFT_SINK_KEYS.

No credential is ever read from where Google's library would look by itself, and none is sent to a host that a
key file names: tokens come from Google's own addresses, which are written here.
"""

import base64
import binascii
import json
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any

from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import MissingExtra, PolicyViolation
from clinft.spec.sinks import GoogleLogin

KEY_HOST = "oauth2.googleapis.com"
TOKEN_URL = f"https://{KEY_HOST}/token"
EXCHANGE_URL = "https://sts.googleapis.com/v1/token"
IMPERSONATION_URL = (
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
)
# Older key files name the first two.
TOKEN_URLS = (None, TOKEN_URL, "https://accounts.google.com/o/oauth2/token")
SERVICE_ACCOUNT, USER = "service_account", "authorized_user"
FORMAT = (
    f"It is one line `{KEY_HOST} ` and the base64 of the JSON of a service-account key or a user's login."
)


class Login:
    """`account`: whom people share a file with; a service account, or else words for the user."""

    def __init__(self, login: GoogleLogin | None, tools: SinkTools) -> None:
        self._login, self._tools = login or GoogleLogin(), tools

    @cached_property
    def keyless(self) -> bool:
        """Outside of a workflow there is no token of GitHub: a laptop has a key."""
        return self._login.workload_identity_provider is not None and self._oidc_token() is not None

    @property
    def subject(self) -> str | None:
        return self._login.subject

    @property
    def account(self) -> str:
        if self._login.subject:
            return self._login.subject
        if self._login.service_account:
            return self._login.service_account
        key = self._key()
        return str(key["client_email"]) if key["type"] == SERVICE_ACCOUNT else "the user who gave the login"

    @property
    def is_user(self) -> bool:
        """Files that are made belong to a person, who has storage."""
        return self.subject is not None or (not self.keyless and self._key()["type"] == USER)

    def credentials(self, scopes: Collection[str]) -> Any:
        """Of google-auth; nothing is asked of anybody before they are used."""
        try:
            import google.auth  # noqa: F401
        except ImportError:
            raise MissingExtra("google", "writing to Google") from None
        if self.keyless:
            return self._exchanged(list(scopes))
        return self._from_key(list(scopes))

    def _exchanged(self, scopes: list[str]) -> Any:
        from google.auth import identity_pool, impersonated_credentials

        provider = self._login.workload_identity_provider
        account = str(self._login.service_account)
        source = identity_pool.Credentials(
            audience=f"//iam.googleapis.com/{provider}",
            subject_token_type="urn:ietf:params:oauth:token-type:jwt",  # noqa: S106  # the name of a type
            token_url=EXCHANGE_URL,
            subject_token_supplier=_supplier(self._oidc_token),
        )
        return impersonated_credentials.Credentials(
            source_credentials=source,
            target_principal=account,
            target_scopes=scopes,
            subject=self._login.subject,
            iam_endpoint_override=IMPERSONATION_URL.format(account=account),
        )

    def _oidc_token(self) -> str | None:
        # What a provider allows unless told otherwise; google-github-actions/auth asks for the same.
        return self._tools.id_token(f"https://iam.googleapis.com/{self._login.workload_identity_provider}")

    def _from_key(self, scopes: list[str]) -> Any:
        key = self._key()
        if key["type"] == USER:
            from google.oauth2.credentials import Credentials

            # The scopes are those that the user once agreed to.
            return Credentials(
                token=None,
                refresh_token=key["refresh_token"],
                token_uri=TOKEN_URL,
                client_id=key["client_id"],
                client_secret=key["client_secret"],
            )
        from google.oauth2 import service_account

        made = _attempt(
            lambda: service_account.Credentials.from_service_account_info(
                {
                    "client_email": key["client_email"],
                    "private_key": key["private_key"],
                    "private_key_id": key.get("private_key_id"),
                    "token_uri": TOKEN_URL,
                },
                scopes=scopes,
                subject=self._login.subject,
            )
        )
        if made is None:
            raise _unusable("its private key cannot be read")
        return made

    def _key(self) -> dict[str, Any]:
        text = self._tools.key_of(KEY_HOST)
        if text is None:
            raise PolicyViolation(
                "There is no login for Google.",
                "The secret CLINFT_SINK_KEYS of the environment `sinks` holds no line for it, and GitHub "
                "gives this job no token to exchange.",
                "Set up the keyless login, or add the line: docs/google.md.",
            )
        key = _attempt(lambda: json.loads(base64.b64decode(text, validate=True)))
        if not isinstance(key, dict):
            raise _unusable("it is no base64 of JSON")
        needed = {
            SERVICE_ACCOUNT: ("client_email", "private_key"),
            USER: ("client_id", "client_secret", "refresh_token"),
        }.get(str(key.get("type")))
        if needed is None:
            raise _unusable("it is neither a service account's nor a user's")
        if not all(isinstance(key.get(name), str) for name in needed):
            raise _unusable(f"it lacks one of {', '.join(needed)}")
        if key.get("token_uri") not in TOKEN_URLS or key.get("universe_domain") not in (
            None,
            "googleapis.com",
        ):
            raise PolicyViolation(
                "The key for Google wants its token from elsewhere.",
                "Its token_uri or universe_domain is not Google's; whoever wrote it would receive the login.",
                "Make a new key in Google's console, and take that one out of use.",
            )
        expected = self._login.service_account
        if expected is not None and key.get("client_email") != expected:
            raise PolicyViolation(
                f"The key for Google is not the one of {expected}.",
                "The policy names the account that writes; the key in CLINFT_SINK_KEYS belongs to another.",
                "Replace the key, or name its account in the policy.",
            )
        return key


def _unusable(why: str) -> PolicyViolation:
    return PolicyViolation(
        f"The key for Google cannot be used: {why}.", FORMAT, "Write it anew: docs/google.md."
    )


def _attempt(make: Any) -> Any:
    """None where it fails: what is raised may hold the key."""
    try:
        return make()
    except (ValueError, binascii.Error, TypeError, KeyError):
        return None


def _supplier(token: Callable[[], str | None]) -> Any:
    from google.auth import exceptions, identity_pool

    class Supplier(identity_pool.SubjectTokenSupplier):  # type: ignore[misc]  # google-auth has no types here
        def get_subject_token(self, context: Any, request: Any) -> str:
            given = token()
            if given is None:
                raise exceptions.RefreshError("no_id_token")
            return given

    return Supplier()
