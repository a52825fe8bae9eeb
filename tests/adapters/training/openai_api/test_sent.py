"""The bytes on the wire: the file, or a mark and the file, and their digest."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinft.adapters.training.openai_api.dialect import AZURE, OPENAI, Dialect
from clinft.adapters.training.openai_api.sent import Stream, prefix_of, sent_digest, to_send
from clinft.errors import SpecError
from tests.adapters.training.openai_api.hosted import World, request_to
from tests.fakes.openai.server import OpenAIServer


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    data=st.binary(max_size=40),
    lead=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    sizes=st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=60),
)
def test_a_stream_reads_like_a_file_in_memory(
    data: bytes, lead: bytes, sizes: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    whole = io.BytesIO(lead + data)
    with Stream(path, lead) as stream:
        for size in sizes:
            assert stream.read(size) == whole.read(size)
            assert stream.tell() == whole.tell()
        assert stream.seek(0, io.SEEK_END) == len(lead + data)
        stream.seek(0)
        assert stream.read() == lead + data
        assert stream.read(5) == b""
        assert stream.sha256 == hashlib.sha256(lead + data).hexdigest()


@pytest.mark.parametrize("dialect", [OPENAI, AZURE], ids=lambda one: one.provider)
def test_the_digest_is_of_what_is_sent(dialect: Dialect, server: OpenAIServer, tmp_path: Path) -> None:
    request = request_to(server, tmp_path)
    sent = to_send(request, "training", dialect)
    with sent.open() as stream:
        data = stream.read()
    assert sent.sha256 == hashlib.sha256(data).hexdigest() == sent_digest(request.training_file, dialect)
    assert sent.size_bytes == len(data)
    assert (sent.sha256 == sent.audited) is (dialect is OPENAI)


def test_the_mark_counts_for_the_limit(server: OpenAIServer, tmp_path: Path) -> None:
    request = request_to(server, tmp_path)
    with request.training_file.open("r+b") as stream:
        stream.truncate(512_000_000)  # sparse: it takes no room
    with pytest.raises(SpecError, match=r"train\.jsonl has 512,000,003 bytes"):
        to_send(request, "training", AZURE)


def test_no_runs_name_begins_with_anothers() -> None:
    assert not prefix_of("0123456789ab-a12", "training").startswith(prefix_of("0123456789ab-a1", "training"))


def test_a_file_that_changes_on_its_way_is_taken_back(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    from clinft.adapters.training.openai_api.access import access_to
    from clinft.adapters.training.openai_api.files import uploaded
    from clinft.adapters.training.openai_api.service import connected
    from clinft.errors import DigestMismatch

    request, tools = request_to(server, tmp_path), world.tools(tmp_path)
    # As if the file had been another one when its digest was taken.
    sent = replace(to_send(request, "training", OPENAI), sha256="0" * 64)
    with (
        connected(access_to(request.endpoint, "openai", tools), tools.sleep) as service,
        pytest.raises(DigestMismatch, match=r"train\.jsonl changed while it was sent"),
    ):
        uploaded(service, sent, request.run_id, OPENAI, tools.now())
    assert len(server.uploads) == 1
    assert server.files == {}
