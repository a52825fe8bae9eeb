"""Runs of workflows: what GitHub says of them, what they left, and to start or stop one."""

import hashlib
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clinft.adapters.github.client import SECONDS, TRIES, Address, asked_for, connect, failed
from clinft.errors import ServiceError
from clinft.ports.runs import LeftArtifact, WorkflowRun

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

PAGE = 100
CHUNK = 1 << 16
PAUSE_SECONDS = 1.0
BUSY = frozenset({500, 502, 503, 504})


class Passing(Exception):
    """It may be gone at the next try."""


class GitHubRuns:
    """Read raw: PyGithub's objects tell None where a part of the answer is missing."""

    def __init__(self, address: Address, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._repository = connect(address)
        self._address = address
        self._pause = pause_seconds
        self._actions = f"{self._repository.url}/actions"

    def run(self, workflow_run: int) -> WorkflowRun | None:
        import github

        with asked_for(f"workflow run {workflow_run}"):
            try:
                told = self._get(f"runs/{workflow_run}")
            except github.UnknownObjectException:
                return None
            found = _run(told)
            if found.id != workflow_run:
                raise failed(f"workflow run {workflow_run}", "it told of another")
            return found

    def artifacts(self, workflow_run: int) -> tuple[LeftArtifact, ...]:
        what = f"the artifacts of workflow run {workflow_run}"
        found: dict[int, LeftArtifact] = {}
        page, more = 1, True
        with asked_for(what):
            while more:
                told = self._get(f"runs/{workflow_run}/artifacts", {"per_page": PAGE, "page": page})
                total, before = _number(told["total_count"]), len(found)
                found |= {one.id: one for one in map(_artifact, told["artifacts"])}
                page, more = page + 1, before < len(found) < total
        # Less than all could hide what proves something.
        if len(found) < total:
            raise failed(what, f"it lists {len(found)} of {total}")
        return tuple(found[number] for number in sorted(found))

    def download(self, artifact: LeftArtifact, most_bytes: int) -> bytes:
        import requests

        what = f"artifact {artifact.id}"
        if artifact.size_bytes > most_bytes:
            raise _too_large(what, most_bytes)
        again = (
            Passing,
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        )
        with asked_for(what):
            for left in reversed(range(TRIES)):
                try:
                    data = self._bytes(what, self._place(what, artifact.id), most_bytes)
                    break
                except again as error:
                    why = str(error) if isinstance(error, Passing) else type(error).__name__
                if not left:
                    raise failed(what, why)
                time.sleep(self._pause)
        # Without a told digest the caller's own one must do: a bundle's name holds it.
        if artifact.digest is not None and artifact.digest != f"sha256:{hashlib.sha256(data).hexdigest()}":
            raise ServiceError(
                f"The bytes of {what} are not those that GitHub told the digest of.",
                "Something between GitHub and this job changed them, or cut them short.",
                "Run the job again; where it happens again, look at what stands between.",
            )
        return data

    def dispatch(self, workflow: str, branch: str, inputs: Mapping[str, str]) -> None:
        with asked_for(f"a start of {workflow}"):
            # The full name: a tag may be called as the branch is.
            self._repository.get_workflow(workflow).create_dispatch(
                f"refs/heads/{branch}", dict(inputs), throw=True
            )

    def _get(self, path: str, parameters: dict[str, Any] | None = None) -> Any:
        url = f"{self._actions}/{path}"
        return self._repository.requester.requestJsonAndCheck("GET", url, parameters=parameters)[1]

    def _place(self, what: str, artifact: int) -> str:
        """Where the bytes lie: a signed address of another host, good for a minute."""
        url = f"{self._address.api_url}/repos/{self._address.repository}/actions/artifacts/{artifact}/zip"
        with self._open(url, _with_token(self._address.token)) as answer:
            if answer.status_code == 410:
                raise ServiceError(
                    f"GitHub keeps {what} no more.",
                    "Its retention is over, or somebody deleted it.",
                    "Start the work again that left it.",
                )
            _expect(what, answer, 302)
            place = answer.headers.get("Location", "")
        if not encrypted(place, self._address.api_url):
            raise failed(what, "it leads to an address that is not https")
        return place

    def _bytes(self, what: str, place: str, most_bytes: int) -> bytes:
        """The store is no GitHub: it gets no token, and leads no further."""
        data = bytearray()
        with self._open(place, _without_token) as answer:
            _expect(what, answer, 200)
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise failed(what, "it is packed twice")
            for chunk in answer.iter_content(CHUNK):
                data += chunk
                if len(data) > most_bytes:
                    raise _too_large(what, most_bytes)
        return bytes(data)

    def _open(self, url: str, auth: "Callable[[PreparedRequest], PreparedRequest]") -> "Response":
        import requests

        headers = {"User-Agent": f"clinft/{self._address.job}", "Accept-Encoding": "identity"}
        # With an `auth` of our own requests takes none from ~/.netrc or the address.
        return requests.get(
            url, headers=headers, auth=auth, timeout=SECONDS, stream=True, allow_redirects=False
        )


def encrypted(place: str, api_url: str) -> bool:
    """As well as GitHub itself is: http only where GitHub is a server of this machine's tests."""
    found = urlsplit(place)
    return found.scheme in ("https", urlsplit(api_url).scheme) and bool(found.hostname)


def _with_token(token: str) -> "Callable[[PreparedRequest], PreparedRequest]":
    def sign(request: "PreparedRequest") -> "PreparedRequest":
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _without_token(request: "PreparedRequest") -> "PreparedRequest":
    return request


def _expect(what: str, answer: "Response", status: int) -> None:
    if answer.status_code in BUSY:
        raise Passing(f"it answered {answer.status_code}")
    if answer.status_code != status:
        raise failed(what, f"it answered {answer.status_code}")


def _too_large(what: str, most_bytes: int) -> ServiceError:
    return ServiceError(
        f"{what.capitalize()} is larger than {most_bytes} bytes.",
        "It holds more than clinft leaves, weights for instance.",
        "Look at the workflow run that left it.",
    )


def _run(told: Any) -> WorkflowRun:
    source = told["head_repository"]
    return WorkflowRun(
        id=_number(told["id"]),
        attempt=_number(told["run_attempt"]),
        path=_text(told["path"]),
        event=_text(told["event"]),
        head_sha=_text(told["head_sha"]),
        # A branch or a fork that was deleted has no name any more.
        head_branch=_text(told["head_branch"] or ""),
        repository="" if source is None else _text(source["full_name"]),
        status=_text(told["status"] or ""),
        conclusion=None if told["conclusion"] is None else _text(told["conclusion"]),
        url=_text(told["html_url"]),
    )


def _artifact(told: Any) -> LeftArtifact:
    digest = told.get("digest")
    if not isinstance(told["expired"], bool):
        raise TypeError
    return LeftArtifact(
        id=_number(told["id"]),
        name=_text(told["name"]),
        size_bytes=_number(told["size_in_bytes"]),
        expired=told["expired"],
        digest=None if digest is None else _text(digest),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value
