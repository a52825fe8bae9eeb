"""What Google says instead of an answer, in words of ours: its own may repeat what was sent."""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from clinft.errors import ClinftError, PolicyViolation, ServiceError

# The first two are what Google's client itself asks again after, the others are google.rpc's words for it.
LIMITED = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
)
FULL = frozenset({"storageQuotaExceeded", "teamDriveFileLimitExceeded", "numChildrenInNonRootLimitExceeded"})
SCOPE = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes"})
SWITCHED_OFF = frozenset({"SERVICE_DISABLED", "accessNotConfigured"})
# A login that fails with one of these is worth another try: OAuth's words, and google.rpc's.
PASSING = ("temporarily_unavailable", "server_error", "internal_failure", "UNAVAILABLE", "RESOURCE_EXHAUSTED")
WORD = re.compile(r"[A-Za-z_]{1,60}")
NO_ANSWER = 0
DOCS = "docs/google.md"
Told = tuple[str, str]  # the usual cause, the next step
CAUSES: tuple[tuple[frozenset[str], Told], ...] = (
    (
        FULL,
        (
            "A service account has no storage of its own; whoever owns the file or folder has none left.",
            "Share a file that a person made, or a folder of a Shared Drive, with {account}: "
            f"{DOCS} has the four ways.",
        ),
    ),
    (
        SCOPE,
        (
            "The login was given for less than this place needs.",
            f"Allow the scopes that {DOCS} lists for it, and give the login anew.",
        ),
    ),
    (
        SWITCHED_OFF,
        (
            "The Google Sheets API or the Google Drive API is not switched on in the account's project.",
            "Switch both on: Google Cloud console, APIs & Services, Library.",
        ),
    ),
)
NOT_SHARED = (
    "{place} is not shared with {account}, or was deleted.",
    "Share it with {account} as editor (Shared Drive: content manager), or correct its id in the policy.",
)
STATUSES: dict[int, Told] = {
    401: ("The login has expired or was taken back.", f"Give it anew, as {DOCS} says, and send again."),
    403: NOT_SHARED,
    404: NOT_SHARED,
}
OTHER: Told = (
    "{place} is not what clinft takes it for, or a limit of Google's is reached.",
    "Open it and look; `clinft doctor` tries it by reading only.",
)
# By the word that Google's login says; the first that is found counts.
LOGIN_CAUSES: dict[str, Told] = {
    "invalid_grant": (
        "The key was deleted or has expired, the user took the login back, or this machine's clock is wrong.",
        "Make a new key or login; better, take the keyless login",
    ),
    "unauthorized_client": (
        "Domain-wide delegation is not allowed for this account and these scopes.",
        "Let an administrator allow them: Admin console, Security, API controls, Domain-wide delegation",
    ),
    "invalid_scope": (
        "A scope was asked for that this login was not given.",
        "Allow the scopes listed for this place",
    ),
    "no_id_token": (
        "GitHub gave the job no token: it lacks the permission id-token: write.",
        "Run it from the template's own workflow on main",
    ),
    "PERMISSION_DENIED": (
        "This repository may not act as the service account.",
        "Give the pool's principal the role Workload Identity User on the account",
    ),
    "NOT_FOUND": ("The service account does not exist.", "Correct service_account in the policy"),
}
# The same where GitHub's token is exchanged.
EXCHANGE_CAUSES: dict[str, Told] = {
    "invalid_target": (
        "The workload identity provider of the policy does not exist, or is switched off.",
        "Compare workload_identity_provider with the provider's full name in the Google Cloud console",
    ),
    "unauthorized_client": (
        "The provider's condition does not let this repository, branch or environment in.",
        "Compare its attribute condition with the repository and the environment `sinks`",
    ),
    "invalid_grant": (
        "The provider does not take GitHub's token: another issuer or audience is set for it.",
        "Set its issuer to https://token.actions.githubusercontent.com and leave the audience at its default",
    ),
}
TOLD = {"login": LOGIN_CAUSES, "exchange": EXCHANGE_CAUSES}


@dataclass(frozen=True)
class Refusal:
    """`status`: of HTTP, 0 where no answer came back: what was asked for may have been done all the same."""

    status: int
    reasons: frozenset[str] = frozenset()
    at: Literal["login", "exchange", "call"] = "call"

    @property
    def passing(self) -> bool:
        """The same may go through in a while."""
        if self.at != "call":
            return self.status == NO_ANSWER or self.status >= 500
        return self.status in (NO_ANSWER, 408, 429) or self.status >= 500 or bool(self.reasons & LIMITED)

    @property
    def word(self) -> str:
        return ", ".join(sorted(self.reasons)) or (
            "no answer" if self.status == NO_ANSWER else "no reason given"
        )


def of_answer(status: int, content: bytes) -> Refusal:
    """Only words like `storageQuotaExceeded` are taken from it."""
    try:
        error = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return Refusal(status)
    if not isinstance(error, dict):
        return Refusal(status, _words([error]))
    lists = [found for key in ("errors", "details") if isinstance(found := error.get(key), list)]
    listed = [one for found in lists for one in found if isinstance(one, dict)]
    return Refusal(status, _words([error.get("status"), *(one.get("reason") for one in listed)]))


def of_login(error: Exception, at: Literal["login", "exchange"]) -> Refusal:
    """`error`: of google-auth, whose text may hold the answer as a whole."""
    text = str(error)
    if getattr(error, "retryable", False) or any(word in text for word in PASSING):
        return Refusal(503, at=at)
    return Refusal(403, frozenset(word for word in TOLD[at] if word in text), at=at)


def _words(found: list[Any]) -> frozenset[str]:
    return frozenset(one for one in found if isinstance(one, str) and WORD.fullmatch(one))


def explained(refusal: Refusal, doing: str, place: str, account: str) -> ClinftError:
    """`doing`: what was tried, `place`: what it was tried on, both in words of ours."""
    if refusal.passing:
        return ServiceError(
            f"{doing} did not succeed: Google gave {_answer(refusal)}.",
            "Google limits calls per minute, or could not be reached; every try was repeated, with pauses.",
            "The next `clinft reconcile` tries it again; nothing is sent twice.",
        )
    if refusal.at != "call":
        return _login(refusal, TOLD[refusal.at], account)
    what = f"{doing} was refused: Google gave {_answer(refusal)}."
    found = next((told for words, told in CAUSES if words & refusal.reasons), None)
    cause, step = found or STATUSES.get(refusal.status, OTHER)
    return PolicyViolation(
        what, cause.format(place=place, account=account), step.format(place=place, account=account)
    )


def _answer(refusal: Refusal) -> str:
    return f"{refusal.status} ({refusal.word})" if refusal.status else "no answer"


def _login(refusal: Refusal, told: dict[str, Told], account: str) -> PolicyViolation:
    found = next((told[word] for word in told if word in refusal.reasons), None)
    cause, step = found or ("The login is not one that Google accepts.", "Check it step by step")
    return PolicyViolation(f"Google lets nobody in as {account}: {refusal.word}.", cause, f"{step}: {DOCS}.")
