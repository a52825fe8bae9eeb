"""Logins: the token endpoint (RFC 7523 and 6749), the exchange (STS) and acting as a service account (IAM)."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from google.auth import crypt, jwt

from tests.fakes.google.calls import Call, Handler, Reply, refused

TOKEN_URL = "https://oauth2.googleapis.com/token"
EXPIRES_IN_SECONDS = 3599
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
IAM = frozenset({"https://www.googleapis.com/auth/iam", "https://www.googleapis.com/auth/cloud-platform"})


def token(call: Call) -> Reply:
    """oauth2.googleapis.com/token, which has no discovery document."""
    if call.body["grant_type"] == JWT_BEARER:
        return _from_assertion(call)
    assert call.body["grant_type"] == "refresh_token"
    user = call.server.refresh_tokens.get(call.body["refresh_token"])
    if user is None or (call.body["client_id"], call.body["client_secret"]) != call.server.client:
        return _oauth("invalid_grant", f"Token has been expired or revoked: {call.body['refresh_token']}")
    return _given(call, user[0], user[1])


def _from_assertion(call: Call) -> Reply:
    assertion = call.body["assertion"]
    claims = _claims(assertion)
    account = str(claims.get("iss"))
    if account not in call.server.certificates:
        return _oauth("invalid_grant", "Invalid grant: account not found")
    try:
        jwt.decode(assertion, certs=call.server.certificates[account], audience=TOKEN_URL)
    except ValueError:
        return _oauth("invalid_grant", f"Invalid JWT Signature: {assertion}")
    scopes, subject = frozenset(str(claims["scope"]).split()), claims.get("sub", account)
    if subject != account and not scopes <= call.server.delegated.get((account, subject), frozenset()):
        text = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any"
        return _oauth("unauthorized_client", text, 401)
    return _given(call, subject, scopes)


def _given(call: Call, account: str, scopes: frozenset[str]) -> Reply:
    made = call.server.new_token(account, scopes)
    return Reply(
        200,
        {
            "access_token": made.text,
            "token_type": "Bearer",
            "expires_in": EXPIRES_IN_SECONDS,
            "scope": " ".join(scopes),
        },
    )


def exchange(call: Call) -> Reply:
    body = call.body
    if (body["grantType"], body["requestedTokenType"]) != (EXCHANGE, ACCESS_TOKEN):
        return _oauth("invalid_request", "grant_type or requested_token_type")
    provider = body["audience"].removeprefix("//iam.googleapis.com/")
    trusted = call.server.providers.get(provider)
    if trusted is None:
        return _oauth(
            "invalid_target", 'The target service indicated by the "audience" parameters is invalid.'
        )
    claims = _claims(body["subjectToken"])
    if claims.get("aud") != f"https://iam.googleapis.com/{provider}":
        return _oauth("invalid_grant", f"The audience in ID Token does not match: {body['subjectToken']}")
    if claims.get("sub") not in trusted:
        return _oauth("unauthorized_client", "The given credential is rejected by the attribute condition.")
    made = call.server.new_token(
        f"principal://{claims['sub']}", frozenset(body["scope"].split()), federated=True
    )
    given = {"access_token": made.text, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer"}
    return Reply(200, {**given, "expires_in": EXPIRES_IN_SECONDS})


def generate_access_token(call: Call) -> Reply:
    account = _impersonated(call)
    if not call.body.get("scope"):
        raise refused(400, "badRequest", "scope is required", "INVALID_ARGUMENT")
    made = call.server.new_token(account, frozenset(call.body["scope"]))
    ends = datetime.now(UTC) + timedelta(seconds=EXPIRES_IN_SECONDS)
    return Reply(200, {"accessToken": made.text, "expireTime": ends.strftime("%Y-%m-%dT%H:%M:%SZ")})


def sign_jwt(call: Call) -> Reply:
    account = _impersonated(call)
    signer = crypt.RSASigner.from_string(call.server.private_keys[account])
    return Reply(
        200, {"keyId": "1", "signedJwt": jwt.encode(signer, json.loads(call.body["payload"])).decode()}
    )


def _impersonated(call: Call) -> str:
    assert call.token is not None
    account = call.parts["name"].rpartition("/")[2]
    if account not in call.server.accounts:
        raise refused(404, "notFound", "Not found; Gaia id not found for email " + account)
    if account not in call.server.impersonators.get(call.token.account, ()):
        text = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
        raise refused(403, "forbidden", text, detail="IAM_PERMISSION_DENIED")
    return account


def _claims(text: str) -> Mapping[str, Any]:
    try:
        middle = text.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _oauth(error: str, description: str, status: int = 400) -> Reply:
    return Reply(status, {"error": error, "error_description": description})


OPERATIONS: dict[str, Handler] = {
    "oauth2.token": token,
    "sts.token": exchange,
    "iamcredentials.projects.serviceAccounts.generateAccessToken": generate_access_token,
    "iamcredentials.projects.serviceAccounts.signJwt": sign_jwt,
}
