"""Characters of a training file, streamed; a line that is no example is named and never counted as nothing."""

import json
from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.stages.estimate import Counted, counted_file


def line(*contents: object) -> str:
    return json.dumps({"messages": [{"role": "user", "content": content} for content in contents]})


def test_texts_are_counted_and_blank_lines_and_a_byte_order_mark_are_not(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(f"{line('cough', 'né')}\n\n  \n{line('x', None)}\n", encoding="utf-8-sig")
    found = counted_file(path)
    assert found == Counted(samples=2, characters=8, size_bytes=9, tokens=None)
    assert (found.exact, found.likely, found.most) == (False, 3, 9 + 2 * 64)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "{}",
        '{"messages": [1]}',
        '{"messages": [{"role": "user"}]}',
        '{"messages": null}',
        "\udcff",
    ],
)
def test_a_line_that_is_no_example_is_named(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(f"{line('cough')}\n{bad}\n".encode(errors="surrogateescape"))
    with pytest.raises(SpecError, match=r"train\.jsonl, line 2"):
        counted_file(path)


def test_nothing_is_no_token() -> None:
    nothing = Counted(0, 0, 0, None)
    assert (nothing.exact, nothing.likely, nothing.most) == (True, 0, 0)
