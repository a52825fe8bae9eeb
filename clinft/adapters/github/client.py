"""The connection: bounded, honest about failure, and never sending a write twice by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clinft.errors import ServiceError

if TYPE_CHECKING:
    from github.Repository import Repository

SECONDS = 20
TRIES = 3
# What PyGithub and our reading of it raise where an answer is not what GitHub describes: a part is
# missing, of another type, nested without end, or leads to another host.
NO_ANSWER = (AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True)
class Address:
    """Where GitHub is for this run. `token` is never shown: it is left out of the repr."""

    api_url: str
    repository: str
    token: str
    job: str = "local"

    def __repr__(self) -> str:
        return f"Address({self.api_url}, {self.repository})"


def connect(address: Address) -> "Repository":
    """No request is made yet. Only reads are repeated: PyGithub's own retry would repeat a POST."""
    import github
    import requests
    from urllib3.util import Retry

    class Again(Retry):
        """Refuses redirects: PyGithub takes their empty body for an empty list."""

        def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
            return _redirect(status_code) or super().is_retry(method, status_code, has_retry_after)

        def increment(
            self,
            method: str | None = None,
            url: str | None = None,
            response: Any = None,
            error: Exception | None = None,
            _pool: Any = None,
            _stacktrace: Any = None,
        ) -> "Again":
            if response is not None and _redirect(response.status):
                response.drain_conn()
                raise requests.TooManyRedirects
            return super().increment(method, url, response, error, _pool, _stacktrace)

    again = Again(
        total=TRIES,
        backoff_factor=0.2,
        status_forcelist=(500, 502, 503, 504),
        allowed_methods=frozenset({"GET"}),
        raise_on_status=False,
        respect_retry_after_header=False,  # a rate limit may ask for an hour; the gate says no instead
    )
    api = github.Github(
        auth=github.Auth.Token(address.token),
        base_url=address.api_url,
        user_agent=f"clinft/{address.job}",
        timeout=SECONDS,
        per_page=100,
        retry=again,
        seconds_between_requests=0,
        seconds_between_writes=0,
        lazy=True,
    )
    return api.get_repo(address.repository)


def _redirect(status: int) -> bool:
    return 300 <= status < 400


@contextmanager
def asked_for(what: str) -> Iterator[None]:
    """Whatever goes wrong becomes one ServiceError; GitHub's text may quote what others wrote."""
    import github
    import requests

    try:
        yield
    except github.RateLimitExceededException:
        raise failed(what, "its rate limit is used up") from None
    except github.GithubException as error:
        raise failed(what, f"it answered {error.status}") from None
    except (requests.RequestException, *NO_ANSWER, github.BadAttributeException) as error:
        raise failed(what, type(error).__name__) from None


def failed(what: str, why: str) -> ServiceError:
    return ServiceError(
        f"GitHub could not be asked for {what}: {why}.",
        "It is unreachable, limits this token, or the job's permissions do not allow it.",
        "Run the job again later; check the job's `permissions:` where it answered 403 or 404.",
    )
