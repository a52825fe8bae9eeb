"""An artifact's bytes: all of them, the told ones, from a store that gets no token and leads no further."""

import dataclasses
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.github.client import Address
from clinft.adapters.github.runs import GitHubRuns, encrypted
from clinft.errors import ServiceError
from clinft.ports.runs import LeftArtifact
from tests.fakes.github.server import STORE_OPERATION, TOKEN
from tests.fakes.github.workflow_runs import zipped
from tests.fakes.second_page import Raw, SecondPage

FILES = {"bundle.json": b"{}", "run/train.json": b"[1]" * 1000}


def runs(api: str) -> GitHubRuns:
    return GitHubRuns(Address(api, "hosp/clinft", TOKEN, "report"), pause_seconds=0)


def refused(call: Callable[[], object]) -> str:
    """What is said, after three sentences and neither token nor GitHub's own text were seen in all of it."""
    with pytest.raises(ServiceError) as error:
        call()
    assert error.value.cause
    assert error.value.next_step
    told = "".join(traceback.format_exception(error.value)) + repr(error.value.__dict__)
    assert TOKEN not in told
    assert "injected" not in told
    assert "sig=" not in told
    return error.value.what


def calls(server: SecondPage, operation: str) -> int:
    return sum(one.operation_id == operation for one in server.log)


def left(server: SecondPage, **changes: Any) -> LeftArtifact:
    """An artifact as listed, and what a caller might hold instead."""
    server.add_workflow_run(11)
    server.add_artifact(11, "bundle", FILES)
    (found,) = runs(server.api).artifacts(11)
    return dataclasses.replace(found, **changes)


def test_the_bytes_come_from_the_store_without_the_token(server: SecondPage) -> None:
    data = runs(server.api).download(left(server), 10_000)
    assert data == zipped(FILES)
    assert [(one.status, one.job) for one in server.store_log] == [(200, "report")]
    assert calls(server, "actions/download-artifact") == 1


def test_no_other_credentials_are_added(
    server: SecondPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """requests takes them from ~/.netrc by itself: instead of ours for GitHub, and for the store."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert runs(server.api).download(left(server), 10_000) == zipped(FILES)


def test_what_is_too_large_is_not_kept_in_memory(server: SecondPage) -> None:
    size = len(zipped(FILES))
    found = left(server)
    assert runs(server.api).download(found, size)
    assert f"larger than {size - 1} bytes" in refused(lambda: runs(server.api).download(found, size - 1))
    assert len(server.store_log) == 1
    # What is told may be wrong; what comes is counted.
    small = dataclasses.replace(found, size_bytes=1)
    assert f"larger than {size - 1} bytes" in refused(lambda: runs(server.api).download(small, size - 1))
    assert len(server.store_log) == 2


@pytest.mark.parametrize(
    "digest", ["sha256:" + "0" * 64, "sha256:", "", "md5:d41d8cd98f00b204e9800998ecf8427e"]
)
def test_other_bytes_than_the_told_ones_are_refused(server: SecondPage, digest: str) -> None:
    found = left(server, digest=digest)
    assert "told the digest of" in refused(lambda: runs(server.api).download(found, 10_000))
    assert len(server.store_log) == 1


def test_a_github_that_tells_no_digest_is_believed_for_the_transport(server: SecondPage) -> None:
    assert runs(server.api).download(left(server, digest=None), 10_000) == zipped(FILES)


def test_what_is_gone_is_said(server: SecondPage) -> None:
    server.add_workflow_run(11)
    server.add_artifact(11, "old", FILES, expired=True)
    (old,) = runs(server.api).artifacts(11)
    assert f"keeps artifact {old.id} no more" in refused(lambda: runs(server.api).download(old, 10_000))
    nobody = dataclasses.replace(old, id=77)
    assert "it answered 404" in refused(lambda: runs(server.api).download(nobody, 10_000))
    assert calls(server, "actions/download-artifact") == 2


def test_a_hiccup_is_survived_and_no_more_than_that(server: SecondPage) -> None:
    found, asked, fetched = left(server), 0, 0
    for operation in ("actions/download-artifact", STORE_OPERATION):
        server.fail_next(operation, 503, times=2)
        assert runs(server.api).download(found, 10_000) == zipped(FILES)
        server.fail_next(operation, 500, times=3)
        assert "it answered 500" in refused(lambda: runs(server.api).download(found, 10_000))
        # A new address each time: they are good for a minute.
        asked, fetched = asked + 6, fetched + (6 if operation == STORE_OPERATION else 1)
        assert (calls(server, "actions/download-artifact"), len(server.store_log)) == (asked, fetched)


def test_the_store_leads_no_further(server: SecondPage) -> None:
    found = left(server)
    with Raw(b"elsewhere") as other:
        for times, status in enumerate((301, 302, 307, 401, 403, 404, 204), start=1):
            server.fail_next(STORE_OPERATION, status, headers={"Location": other.api})
            assert f"it answered {status}" in refused(lambda: runs(server.api).download(found, 10_000))
            assert len(server.store_log) == times
        assert other.calls == []


FOUND = LeftArtifact(id=5, name="n", size_bytes=4, expired=False, digest=None)


def led_to(place: str, most: int = 100) -> bytes:
    with Raw(b"", 302, {"Location": place}) as raw:
        return runs(raw.api).download(FOUND, most)


@pytest.mark.parametrize(
    "place", ["", "/etc/passwd", "file:///etc/passwd", "ftp://127.0.0.1/a", "http:///a", "//h/a"]
)
def test_only_a_host_is_asked(place: str) -> None:
    assert "it leads to an address that is not https" in refused(lambda: led_to(place))


def test_https_does_not_lead_to_http() -> None:
    """The rule itself: no server of a test speaks https."""
    assert encrypted("https://store.example/a", "https://api.github.com")
    assert not encrypted("http://store.example/a", "https://api.github.com")
    assert encrypted("http://127.0.0.1:1/a", "http://127.0.0.1:2/api/v3")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, None),
        ({"Content-Length": "400"}, "ChunkedEncodingError"),
        ({"Content-Encoding": "gzip"}, "it is packed twice"),
        ({"Content-Encoding": "identity"}, None),
    ],
)
def test_an_answer_is_whole_and_as_asked_for(headers: Mapping[str, str], said: str | None) -> None:
    with Raw(b"four", headers=headers) as store:
        if said is None:
            assert led_to(store.api) == b"four"
        else:
            assert said in refused(lambda: led_to(store.api))
            assert len(store.calls) == (3 if said == "ChunkedEncodingError" else 1)


def test_github_itself_is_not_the_store() -> None:
    """Bytes without a redirect are no answer that GitHub describes."""
    with Raw(b"four") as raw:
        assert "it answered 200" in refused(lambda: runs(raw.api).download(FOUND, 100))
