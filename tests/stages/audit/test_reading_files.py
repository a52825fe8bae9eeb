"""Paths, packed files, Parquet and what is no text: read, refused with advice, or named as unread."""

import gzip
import json
import os
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from clinft.errors import MissingExtra, SpecError
from clinft.stages.audit.reading import binary, raw
from clinft.stages.audit.reading.document import LARGEST_DOCUMENT
from clinft.stages.audit.reading.piece import Piece
from clinft.stages.audit.reading.pieces import pieces
from clinft.stages.audit.reading.rows import rows
from clinft.stages.audit.reading.source import format_of, source
from clinft.stages.audit.reading.walk import sources_of


def nothing(name: str) -> bool:
    return False


def read(path: Path) -> tuple[list[Piece], str, int]:
    """Pieces, sha256, and how many bytes were heard of."""
    digests: list[str] = []
    sizes: list[int] = []
    found = list(pieces(source(path.name, path), sizes.append, digests.append))
    return found, digests[0], sum(sizes)


def test_a_folder_is_read_in_order_with_what_is_hidden_but_not_what_is_of_tools(tmp_path: Path) -> None:
    found = (".data/p.jsonl", ".hidden", "a/b/y.csv", "a/z.jsonl", "b.txt")
    for name in (*found, ".git/config", ".venv/x.txt", "a/.cache/x.txt", ".audit/audit-chunks/1.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    names = [one.name for one in sources_of([tmp_path], nothing, resume=tmp_path / "a" / ".." / ".audit")]
    assert names == [f"{tmp_path}/{name}" for name in found]
    names = [one.name for one in sources_of([tmp_path / "a", tmp_path / ".git"], nothing, root=tmp_path)]
    assert names == [".git/config", "a/.cache/x.txt", "a/b/y.csv", "a/z.jsonl"]


def test_names_are_as_they_were_typed_and_no_file_comes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    for typed in ([Path("notes/one.txt")], [Path("notes")], [Path("notes"), Path("notes/one.txt")], [Path()]):
        assert [one.name for one in sources_of(typed, nothing)] == ["notes/one.txt"]


def test_a_name_that_gives_somebody_away_is_a_number_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "Jane_Roe").mkdir()
    for name in ("Jane_Roe/Jane_Roe.txt", "Jane_Roe/other.jsonl", "plain.txt"):
        (tmp_path / name).write_text("x")
    found = sources_of([tmp_path], lambda name: "Jane_Roe" in name)
    assert [one.name.removeprefix(f"{tmp_path}/") for one in found] == [
        "#1/#1",
        "#1/other.jsonl",
        "plain.txt",
    ]
    assert [one.format for one in found] == ["lines", "jsonl", "lines"]
    assert [one.label for one in found] == ["Jane_Roe / Jane_Roe.txt", "Jane_Roe", ""]


def test_a_folder_above_that_gives_somebody_away_is_a_number_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    typed = [Path("a/Jane Roe/x.txt"), Path("a/Ann Roe/x.txt"), Path("a/#1/x.txt")]
    for path in typed:
        path.parent.mkdir(parents=True)
        path.write_text("x")
    found = sources_of(typed, lambda name: "Roe" in name)
    assert [(one.name, one.label, one.format) for one in found] == [
        ("a/#1/x.txt", "Jane Roe", "lines"),
        ("a/#2/x.txt", "Ann Roe", "lines"),
        ("another a/#1/x.txt", "", "lines"),
    ]


def test_a_name_that_is_no_utf8_can_be_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(bytes(tmp_path) + b"/bad\xff.jsonl"))
    path.write_text("x")
    for typed in (tmp_path, path):
        (one,) = sources_of([typed], nothing)
        assert (one.name, one.format) == (f"{tmp_path}/bad\\xff.jsonl", "jsonl")


def test_links_and_pipes_in_a_folder_are_refused_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SpecError, match="2 of the paths") as caught:
        sources_of([tmp_path], nothing)
    assert [Path(problem.path).name for problem in caught.value.problems] == ["link.txt", "pipe"]


def test_a_link_that_somebody_typed_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    assert len(sources_of([tmp_path / "link.txt"], nothing)) == 1


@pytest.mark.parametrize("make", [Path, Path.mkdir], ids=("missing", "empty folder"))
def test_nothing_to_read_is_an_error_and_not_a_pass(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "gone")
    with pytest.raises(SpecError):
        sources_of([tmp_path / "gone"], nothing)


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    """A folder in its place: permissions do not stop the user root, who runs the tests in a container."""
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(SpecError, match=r"a\.jsonl cannot be read: is a directory"):
        read(tmp_path / "a.jsonl")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jsonl", "jsonl"),
        ("A.NDJSON.GZ", "jsonl"),
        ("a.tsv", "tsv"),
        ("a.psv", "psv"),
        ("a.b.csv.gz", "csv"),
        ("notes", "unknown"),
        ("a.hl7", "unknown"),
    ],
)
def test_the_suffix_names_the_format(name: str, expected: str) -> None:
    assert format_of(name) == expected


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt", "a.json", "a.parquet", "a.png", "a.jsonl.gz"])
def test_the_digest_is_of_the_bytes_as_they_lie_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = b"\xef\xbb\xbf[1,\n2]\n"
    if name.endswith(".gz"):
        content = gzip.compress(content)
    if name.endswith(".png"):
        content = b"\x89PNG\r\n\x1a\n" + b"x" * 3_000_000
    if name.endswith(".parquet"):
        content = parquet(tmp_path, {"a": [1, 2]}).read_bytes()
    path.write_bytes(content)
    _, digest, heard = read(path)
    assert (digest, heard) == (sha256(content).hexdigest(), len(content))


def test_a_byte_order_mark_is_no_part_of_the_first_row(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\n")
    ((piece,), _, _) = read(path)
    assert piece.data == b"one\n"


def test_two_packed_members_are_one_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'"one"\n') + gzip.compress(b'"two"\n'))
    ((piece,), _, _) = read(path)
    assert piece.data == b'"one"\n"two"\n'


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz", "a.csv.gz", "a.txt.gz", "a.gz", "a.parquet.gz"])
def test_a_gzip_bomb_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"0" * (raw.RATIO_FLOOR + (1 << 20))))
    with pytest.raises(SpecError, match="200 times"):
        read(path)


def test_a_small_file_may_be_packed_well(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"quiet\n" * 100_000))
    assert sum(len(list(rows(piece))) for piece in read(path)[0]) == 100_000


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data + b"more", lambda _: b"plain\n"]
)
def test_a_damaged_packed_file_is_an_error_and_not_a_pass(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(damage(gzip.compress(b"quiet\n" * 100)))
    with pytest.raises(SpecError, match="cannot be unpacked"):
        read(path)


def test_a_document_too_large_for_one_go_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_DOCUMENT + 1)
    with pytest.raises(SpecError, match="JSON Lines"):
        read(path)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "IMAGE_DATA"),
        (b"\xff\xd8\xff\xe0....", "IMAGE_DATA"),
        (b"\0" * 128 + b"DICM....", "IMAGE_DATA"),
        (b"RIFF....WEBPVP8 ", "IMAGE_DATA"),
        (b"....ftypheic", "IMAGE_DATA"),
        (b"BM....\0\0\0\0", "IMAGE_DATA"),
        (b"PK\3\4....", "EMBEDDED_DATA"),
        (b"%PDF-1.7", "EMBEDDED_DATA"),
        (b"PAR1....", "EMBEDDED_DATA"),
        ("SSN 219-09-9998".encode("utf-16"), "EMBEDDED_DATA"),
        (b"BM I 31, weight 80 kg", None),
        (b"one NUL \0 among much text", None),
        (b"caf\xe9", None),
        (b"", None),
    ],
)
def test_first_bytes_tell_what_is_no_text(head: bytes, kind: str | None) -> None:
    assert binary.kind_of(head) == kind


def parquet(folder: Path, columns: dict[str, Any], name: str = "a.parquet") -> Path:
    import pyarrow
    from pyarrow import parquet as files

    files.write_table(pyarrow.table(columns), folder / name)
    return folder / name


def test_rows_of_parquet_are_json_objects(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        {
            "id": [1, None],
            "note": ["caf\u00e9\n2", ""],
            "raw": [b"text", b"\xff\xd8"],
            "nested": [{"a": [1, 2]}, {"a": []}],
            "cost": [Decimal("1.5"), None],
        },
    )
    (piece,), _, _ = read(path)
    assert [row.text for row in rows(piece)] == [
        '{"id": 1, "note": "caf\u00e9\\n2", "raw": "text", "nested": {"a": [1, 2]}, "cost": "1.5"}',
        '{"id": null, "note": "", "raw": "\ufffd\ufffd", "nested": {"a": []}, "cost": null}',
    ]


@pytest.mark.parametrize(
    ("numbers", "kind", "expected"),
    [
        ([10**9, None], "date32", [10**9, None]),
        ([0, None], "date32", ["1970-01-01", None]),
        ([1, None], "timestamp[ns]", ["1970-01-01 00:00:00.000000001", None]),
        ([1, None], "time64[ns]", ["00:00:00.000000001", None]),
        ([2**62, None], "timestamp[us]", [2**62, None]),
    ],
)
def test_times_that_python_has_no_type_for_are_read_all_the_same(
    tmp_path: Path, numbers: list[object], kind: str, expected: list[object]
) -> None:
    import pyarrow

    width = pyarrow.int32() if kind == "date32" else pyarrow.int64()
    made = pyarrow.array(numbers, width).view(pyarrow.type_for_alias(kind))
    (piece,), _, _ = read(parquet(tmp_path, {"a": made}))
    assert [json.loads(row.text)["a"] for row in rows(piece)] == expected


def test_what_a_parquet_file_says_of_itself_is_read(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet as files

    column = pyarrow.field("a", pyarrow.int64(), metadata={"asked by": "ward 3"})
    table = pyarrow.table({"a": [1]}, schema=pyarrow.schema([column], metadata={"patient": "x"}))
    files.write_table(table, tmp_path / "a.parquet")
    about, _ = read(tmp_path / "a.parquet")[0]
    assert (about.form, about.data) == ("metadata", b'{"patient": "x", "asked by": "ward 3"}\n')


def test_two_columns_of_one_name_are_both_read(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet as files

    path = tmp_path / "a.parquet"
    files.write_table(pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], ["a", "a"]), path)
    assert read(path)[0][0].data == b'{"a": 1, "a": 2}\n'


def test_a_parquet_bomb_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, {"note": ["quiet " * 500] * 12_000})
    with pytest.raises(SpecError, match="200 times"):
        read(path)


def test_what_is_no_parquet_is_refused_without_its_words(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"SSN 219-09-9998")
    with pytest.raises(SpecError, match="cannot be read as Parquet") as caught:
        read(path)
    assert caught.value.__cause__ is None
    assert "9998" not in str(caught.value)


def test_without_the_package_for_parquet_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(MissingExtra, match=r"-e '\.\[parquet\]'"):
        read(tmp_path / "a.parquet")
