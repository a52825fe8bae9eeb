"""Scanning by others: the same findings, and only places of chunks leave this process."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from clinft.errors import DigestMismatch, ServiceError, SpecError
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.audit import elsewhere
from clinft.stages.audit.batch import scan
from clinft.stages.audit.chunks import Chunk, chunks
from clinft.stages.audit.digests import rules_digest
from clinft.stages.audit.places import Placed, places
from clinft.stages.audit.reading.piece import PIECE_BYTES
from clinft.stages.audit.reading.source import Source, source
from tests.fakes.audits import scanned_sources
from tests.fakes.progress import QuietTask
from tests.fakes.workers import PickledWorkers

SECRET = "219-09-1234"
ROW = json.dumps({"id": "r", "text": f"SSN {SECRET} on file. Quiet night, pain of the knee."}) + "\n"
POLICY = AuditPolicy()


def written(folder: Path) -> list[Source]:
    """Every way in which a chunk is, or is not, what lies in its file; two of them are longer than a chunk."""
    (folder / "a.jsonl").write_text(ROW * (PIECE_BYTES // len(ROW) + 9))
    (folder / "b.jsonl").write_bytes(b"\xef\xbb\xbf" + ROW.encode() * 3)
    (folder / "c.csv").write_text("id,note\n" + f"x,SSN {SECRET}\n" * 20)
    (folder / "d.csv").write_bytes(f"id,note\rx,SSN {SECRET}\r".encode() * 5)
    (folder / "e.txt").write_text(f"SSN {SECRET}\nPhone:\n617-431-0142\n")
    (folder / "f.json").write_text(json.dumps([json.loads(ROW)]))
    (folder / "g.jsonl.gz").write_bytes(gzip.compress(ROW.encode() * 4))
    label = "Phone:\n"
    full = (PIECE_BYTES - len(label)) // 6
    spaces = " " * (PIECE_BYTES - len(label) - 6 * full)
    (folder / "h.txt").write_text(spaces + "quiet\n" * full + label + "617-431-0142\n")
    (folder / "i.jsonl").write_text("")
    return [source(path.name, path) for path in sorted(folder.iterdir())]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    return written(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def shared(sources: list[Source]) -> tuple[PickledWorkers, str]:
    workers = PickledWorkers()
    with elsewhere.scanning(POLICY, 0, workers) as pool:
        found = scan(sources, pool, 1000, QuietTask())
    return workers, json.dumps([found.result.to_json(), found.digests])


def test_others_find_what_this_process_finds(
    sources: list[Source], shared: tuple[PickledWorkers, str]
) -> None:
    here = scanned_sources(sources)
    assert shared[1] == json.dumps([here.result.to_json(), here.digests])
    assert SECRET not in shared[1]


def test_no_row_travels_either_way(shared: tuple[PickledWorkers, str]) -> None:
    workers, _ = shared
    for sent in (*workers.sent, *workers.answered):
        for text in (SECRET, "617-431", "Quiet night", "Phone", "phone: "):
            assert text.encode() not in sent


def read(sources: list[Source]) -> list[Chunk]:
    return list(chunks(sources, {}, lambda size: None))


def placed(sources: list[Source]) -> list[tuple[Chunk, Placed | None]]:
    with places() as found:
        return [(chunk, found.of(chunk)) for chunk in read(sources)]


def test_what_lies_in_its_file_goes_by_place_and_the_rest_stays(sources: list[Source]) -> None:
    by_place: dict[str, list[bool]] = {}
    for chunk, place in placed(sources):
        by_place.setdefault(chunk.source.name, []).append(place is not None)
    assert by_place == {
        "a.jsonl": [True, True],
        "b.jsonl": [True],
        "c.csv": [False, True],  # names of columns are read here
        "d.csv": [False, False],  # line ends are changed
        "e.txt": [True],
        "f.json": [False],
        "g.jsonl.gz": [False],
        "h.txt": [True, False],  # begins below a label
    }


def test_a_place_leads_back_to_the_very_chunk(sources: list[Source]) -> None:
    both = [(chunk, place) for chunk, place in placed(sources) if place]
    assert [place.fetched() for _, place in both] == [chunk for chunk, _ in both]
    assert all(not place.chunk.piece.data and place.path.is_absolute() for _, place in both)


def test_a_worker_that_sees_another_file_or_none_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(ROW)
    ((_, place),) = placed([source("a.jsonl", path)])
    assert place is not None
    path.write_text(ROW.replace("1234", "4321"))
    with pytest.raises(DigestMismatch, match=r"What a worker reads as a\.jsonl"):
        place.fetched()
    path.unlink()
    with pytest.raises(ServiceError, match=r"cannot read a\.jsonl.*share"):
        place.fetched()


def test_a_worker_with_other_rules_finds_nothing_for_us() -> None:
    asked = elsewhere.Asked(POLICY, rules_digest(), None)
    assert elsewhere.auditor(asked).finds(f"SSN {SECRET}")
    with pytest.raises(SpecError, match="other rules"):
        elsewhere.auditor(replace(asked, rules="0" * 64))
