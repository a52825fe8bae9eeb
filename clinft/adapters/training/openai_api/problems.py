"""Whatever goes wrong at a service, in three sentences; none of them holds a credential."""

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinft.adapters.training.ids import ID, is_plain
from clinft.adapters.training.openai_api.words import shown
from clinft.errors import ClinftError, ServiceError, SpecError

if TYPE_CHECKING:
    import openai


class Unreadable(Exception):
    """The service answered, but not with what its API describes."""


@dataclass(frozen=True)
class Place:
    """`secrets`: what is known of credentials by now; never shown, so left out of the repr."""

    host: str
    entra: bool
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Place({self.host})"

    def shown(self, text: object, longest: int = 600) -> str:
        return shown(text, self.secrets, longest)

    def plain(self, what: str, text: str, pattern: re.Pattern[str] = ID) -> str:
        """An id or a name as it came: refused where it is none, or holds some of a credential."""
        if not is_plain(text, pattern, self.secrets):
            raise ServiceError(
                f"{self.host} names {what}, and what it names is no id.",
                "It has spaces or signs that ids do not have, or some of the key in it.",
                "Ask the provider's support; nothing of it was recorded, and nothing is paid twice.",
            )
        return text


def may_have_arrived(error: Exception) -> bool:
    """Whether the service may have done what was asked, though it did not say so."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code >= 500 or error.status_code in (408, 409)
    return not (isinstance(error, openai.APIConnectionError) and _never_sent(error))


def worth_another_try(error: Exception) -> bool:
    """For what may be asked twice."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code >= 500 or error.status_code in (408, 409, 429)
    return isinstance(error, openai.APIConnectionError) and not _tls(error)


def status_of(error: Exception) -> int | None:
    import openai

    return error.status_code if isinstance(error, openai.APIStatusError) else None


def told(error: Exception, what: str, place: Place) -> ClinftError:
    """`what` was asked for: "the model gpt-4.1"."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _refused(error, what, place)
    if isinstance(error, openai.APIConnectionError):
        return _not_reached(error, what, place)
    return ServiceError(
        f"{place.host} was asked for {what} and answered with something else.",
        "What it says does not fit OpenAI's fine-tuning API: another service, a proxy or a page for people "
        "stands there.",
        "Check the endpoint's url in .github/clinft.yml; the run goes on from here when called again.",
    )


def _refused(error: "openai.APIStatusError", what: str, place: Place) -> ClinftError:
    status, words = error.status_code, _own_words(error, place)
    if status == 401:
        return _not_let_in(place)
    if 300 <= status < 400:
        return ServiceError(
            f"{place.host} sends the question for {what} on to another address, and nothing followed it.",
            "A credential is bound to its host and goes nowhere else.",
            "Write the final address as the endpoint's url in .github/clinft.yml.",
        )
    if status == 403:
        return SpecError(
            f"{place.host} refuses {what}: {words}",
            "This account may not do that: its role, project or organisation lacks the permission.",
            "Choose a base_model that the account may tune, or have the permission granted.",
        )
    if status == 429:
        return ServiceError(
            f"{place.host} limits how often, or how much, this account may ask ({what}): {words}",
            "Too many requests or jobs at once, or the account's quota is used up.",
            "Call again later, or have the quota raised; nothing that exists is made twice.",
        )
    if status >= 500 or status in (408, 409):
        return ServiceError(
            f"{place.host} failed at {what} with status {status}: {words}",
            "The service is in trouble, or something is under way there at the same time.",
            "Call again later; what exists there by then is found, and nothing is paid twice.",
        )
    return SpecError(
        f"{place.host} does not accept {what} (status {status}): {words}",
        "The words above are the service's own.",
        "Correct what they name in project.yaml, in the data or in the endpoint of .github/clinft.yml.",
    )


def _own_words(error: "openai.APIStatusError", place: Place) -> str:
    """Its message as it stands, with its code."""
    body = error.body if isinstance(error.body, dict) else {}
    message = body.get("message") or (error.body if isinstance(error.body, str) else None) or "no message"
    code = body.get("code") or body.get("type")
    return place.shown(f"{message} ({code})" if code else message)


def _not_let_in(place: Place) -> SpecError:
    # Services echo parts of the key they were given, so their message is left out here.
    if place.entra:
        return SpecError(
            f"{place.host} does not accept the Entra ID login.",
            "The identity `azure.trainer` has no role on this resource, or its token belongs elsewhere.",
            "Give it the role Foundry User (Cognitive Services OpenAI Contributor) on the resource.",
        )
    return SpecError(
        f"{place.host} does not accept its key.",
        "The key is wrong, was revoked, or belongs to another account.",
        f"Put a valid key into the secret CLINFT_KEYS, as the line: {place.host} KEY",
    )


def _not_reached(error: "openai.APIConnectionError", what: str, place: Place) -> ServiceError:
    import openai

    if _tls(error):
        return ServiceError(
            f"No trusted connection to {place.host} ({what}): its certificate, if any, is not trusted.",
            "A proxy of your organisation signs traffic itself, or this machine has no root certificates.",
            "Let SSL_CERT_FILE name the file with your organisation's root certificates.",
        )
    how = "did not answer in time" if isinstance(error, openai.APITimeoutError) else "could not be reached"
    return ServiceError(
        f"{place.host} {how} ({what}).",
        "The network, a proxy or the service is down, or the endpoint's url in .github/clinft.yml is wrong.",
        "Call again later; what exists there by then is found, and nothing is paid twice.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _tls(error: Exception) -> bool:
    # The trust store of the operating system speaks through an error of its own at times.
    return any(isinstance(one, ssl.SSLError) or "CERTIFICATE_VERIFY" in str(one) for one in _causes(error))


def _never_sent(error: Exception) -> bool:
    import httpx2

    never = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, ssl.SSLCertVerificationError)
    return any(isinstance(one, never) for one in _causes(error))
