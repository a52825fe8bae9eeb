"""Lines are written whole or not at all, and an earlier file stays where a later one fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinft.artifacts.jsonl import write_lines


def test_a_stream_that_fails_leaves_the_older_file_and_no_half_one(tmp_path: Path) -> None:
    def failing() -> Iterator[str]:
        yield "new"
        raise OSError(28, "No space left on device")

    path = tmp_path / "rows.jsonl"
    write_lines(path, ["old"])
    with pytest.raises(OSError, match="No space"):
        write_lines(path, failing())
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]
