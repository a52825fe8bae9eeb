"""A canary for every class in one file: whatever is asked of `clinft audit`, no output and no file shows one of them."""

import json
from pathlib import Path

import pytest

from tests.fakes.cli import clinft
from tests.fakes.identifiers import PLANTED

# Not the short ones, which could stand in a digest by chance.
VALUES = [value for _, _, value, _ in PLANTED if len(value) > 6]
ROWS = [
    {"id": str(number), "text": before + value + after}
    for number, (_, before, value, after) in enumerate(PLANTED)
]
KEYS = [{value: "as a key"} for value in VALUES]


@pytest.fixture
def leaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*ROWS, *KEYS]))
    (folder / "rows.csv").write_text("note\n" + "".join(f'"{row["text"]}"\n' for row in ROWS))
    (folder / "lines.txt").write_text("".join(f"{row['text']}\n" for row in ROWS))
    return folder


def shown(text: str) -> list[str]:
    """Canaries that stand in it, as they are or as JSON writes them."""
    return [value for value in VALUES if value in text or json.dumps(value)[1:-1] in text]


def test_no_canary_stands_in_any_output(leaks: Path, tmp_path: Path) -> None:
    kept, parts = tmp_path / "kept", [tmp_path / "0.json", tmp_path / "1.json"]
    calls = [
        (leaks,),
        (leaks, "--json"),
        (leaks, "--json", "--resume", kept, "--workers", "1"),
        *((leaks, "--shard", f"{index}/2", "--part", part) for index, part in enumerate(parts)),
        (leaks, "--merge", parts[0], "--merge", parts[1]),
        (leaks / "rows.jsonl", "--fix"),
        (leaks / "missing.jsonl",),
        (leaks / "rows.csv", "--shard", "9/2", "--part", parts[0]),
    ]
    for call in calls:
        done = clinft("audit", *call)
        assert shown(done.output) == [], call
        assert done.exit_code in (0, 1, 2), call
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != leaks]
    assert {*parts} <= {*written}
    for path in written:
        assert shown(path.read_bytes().decode(errors="replace")) == [], path
