"""The status of a run is only ever added to, and any byte of it that changes is told."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.run_state import StatusEntry
from clinft.errors import DigestMismatch
from clinft.pipeline.status_chain import check_chain, ending
from clinft.pipeline.status_files import names, read, write_new
from tests.fakes.committed_runs import LIVED, entries

RUN, OTHER = "aaaaaaaaaaaa-a1", "bbbbbbbbbbbb-a1"
WORDS = (b' "at"', b' "message"', b' "workflow_run"')
WHOLE = entries(statuses=(*LIVED, "deployed"), record="e" * 64)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "projects" / "demo" / "runs" / RUN


def contents(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (run / "status").glob("*")}


def test_what_is_written_is_read_back(run: Path) -> None:
    assert read(run) == ()
    written = write_new(run, WHOLE)
    assert [path.name for path in written] == ["01.json", "02.json", "03.json", "04.json", "05.json"]
    assert read(run) == WHOLE


def test_a_repeated_write_writes_nothing(run: Path) -> None:
    write_new(run, WHOLE)
    before = contents(run)
    assert write_new(run, WHOLE) == []
    assert write_new(run, reversed(WHOLE)) == []
    assert contents(run) == before


@given(st.lists(st.integers(1, len(WHOLE)), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_however_it_is_cut_into_calls_the_files_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    run = tmp_path_factory.mktemp("cut") / RUN
    for cut in sorted(cuts):
        write_new(run, WHOLE[:cut])
    assert read(run) == WHOLE[: max(cuts)]


def resaid(entry: StatusEntry, **changed: object) -> StatusEntry:
    return entry.model_copy(update=changed)


@pytest.mark.parametrize(
    ("there", "added"),
    [
        (WHOLE, [resaid(WHOLE[4], message="Other words.")]),
        (WHOLE, [resaid(WHOLE[0], at="2026-11-05T01:00:00+00:00")]),
        (WHOLE[:2], WHOLE[3:]),  # a gap
        (WHOLE[:2], [resaid(WHOLE[2], previous=None)]),
        (WHOLE[:2], [resaid(WHOLE[2], previous="f" * 64)]),
        (WHOLE[:2], [WHOLE[2], resaid(WHOLE[2], message="Twice.")]),
        (WHOLE[:4], [resaid(WHOLE[4], status="running")]),  # it had ended
        (WHOLE[:1], [resaid(WHOLE[1], status="deployed")]),  # it had not
        ((), entries(OTHER)),
        (WHOLE[:2], [resaid(WHOLE[2], run_id=OTHER)]),
    ],
)
def test_what_would_change_or_break_it_is_refused_and_nothing_is_written(
    run: Path, there: Sequence[StatusEntry], added: Sequence[StatusEntry]
) -> None:
    write_new(run, there)
    before = contents(run)
    with pytest.raises(DigestMismatch):
        write_new(run, added)
    assert contents(run) == before


def positions(data: bytes, but: tuple[bytes, ...]) -> Iterator[int]:
    """Of all bytes, without the lines that begin so."""
    at = 0
    for line in data.splitlines(keepends=True):
        if not line.startswith(but):
            yield from range(at, at + len(line))
        at += len(line)


def test_every_byte_that_changes_is_told_but_in_the_words_of_the_last_entry(run: Path) -> None:
    """Nothing follows the last entry; that its words stay as they are, git and the gate see to."""
    write_new(run, WHOLE)
    for path in sorted((run / "status").iterdir()):
        original = path.read_bytes()
        for position in positions(original, WORDS if path.name == "05.json" else (b"?",)):
            changed = bytearray(original)
            changed[position] ^= 1
            path.write_bytes(bytes(changed))
            with pytest.raises(DigestMismatch):
                read(run)
        path.write_bytes(original)
    assert read(run) == WHOLE


@pytest.mark.parametrize("name", ["1.json", "06.txt", "001.json", "06.json\n", "deep"])
def test_a_file_that_is_no_entry_is_told(run: Path, name: str) -> None:
    write_new(run, WHOLE)
    (run / "status" / name).write_text("{}")
    with pytest.raises(DigestMismatch):
        read(run)


def test_the_same_entry_in_other_bytes_is_told(run: Path) -> None:
    write_new(run, WHOLE)
    path = run / "status" / "05.json"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DigestMismatch, match="not what clinft wrote"):
        read(run)


def test_an_entry_under_another_number_is_told(run: Path) -> None:
    write_new(run, WHOLE)
    (run / "status" / "05.json").rename(run / "status" / "06.json")
    with pytest.raises(DigestMismatch, match="not what clinft wrote"):
        read(run)


def test_what_a_killed_write_left_is_passed_over(run: Path) -> None:
    write_new(run, WHOLE[:2])
    (run / "status" / ".03.json.partial").write_text('{"num')
    assert names(run) == ("01.json", "02.json")
    write_new(run, WHOLE)
    assert read(run) == WHOLE


def test_another_evaluation_has_a_status_of_the_same_run(run: Path) -> None:
    again = run / "again" / "01"
    write_new(again, WHOLE[:4])
    assert read(again) == WHOLE[:4]
    with pytest.raises(DigestMismatch):
        write_new(run / "again" / "02", entries(OTHER))


def test_a_refusal_quotes_nothing_of_the_file(run: Path) -> None:
    write_new(run, WHOLE)
    (run / "status" / "05.json").write_text('{"message": "John Quimby"}')
    with pytest.raises(DigestMismatch) as refused:
        read(run)
    assert "Quimby" not in str(refused.value.args)


def test_the_entry_that_ended_the_attempt() -> None:
    assert ending(WHOLE) == WHOLE[3]
    assert ending(WHOLE[:3]) is None
    assert check_chain(()) is None


@pytest.mark.parametrize(
    ("chain", "wrong"),
    [
        (WHOLE[1:], "entry 1 is missing"),
        ((*WHOLE[:2], *WHOLE[3:]), "entry 3 is missing"),
        ((*WHOLE[:2], resaid(WHOLE[2], previous=None)), "entry 3 does not name the entry before it"),
        ((resaid(WHOLE[0], previous="f" * 64),), "entry 1 does not name the entry before it"),
        ((*WHOLE[:2], resaid(WHOLE[2], run_id=OTHER)), "entry 3 belongs to another run"),
        (entries(statuses=("queued", "deployed")), "entry 2 tells what cannot follow"),
        (entries(statuses=("queued", "failed", "running")), "entry 3 tells what cannot follow"),
    ],
)
def test_the_chain_says_what_is_wrong_first(chain: Sequence[StatusEntry], wrong: str) -> None:
    assert (check_chain(chain) or "").startswith(wrong)
