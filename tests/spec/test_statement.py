"""Statements about brought files: read whole, or refused without quoting them."""

from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.spec.statement import FILE, load_statements

GOOD = """statements:
  - file_sha256: {sha}
    how_made: written by a model from the prompt in docs; no patient's record was read
    author: ada
    reviewer: sam
    date: "2026-11-20"
""".format(sha="a" * 64)


def test_no_file_is_no_statement(tmp_path: Path) -> None:
    assert load_statements(tmp_path) == ()


def test_a_statement_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(GOOD)
    (given,) = load_statements(tmp_path)
    assert (given.author, given.reviewer, given.date) == ("ada", "sam", "2026-11-20")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("reviewer: sam", "reviewer: ADA", "statements.0"),
        ("a" * 64, "a" * 63, "statements.0.file_sha256"),
        ("    reviewer: sam\n", "", "statements.0.reviewer"),
        ("2026-11-20", "2026-02-30", "statements.0.date"),
        ("author: ada", "author: Jane Roe", "statements.0.author"),
    ],
)
def test_a_bad_statement_is_refused_without_its_text(tmp_path: Path, old: str, new: str, says: str) -> None:
    (tmp_path / FILE).write_text(GOOD.replace(old, new))
    with pytest.raises(SpecError) as raised:
        load_statements(tmp_path)
    assert says in raised.value.what
    assert "Jane" not in str(raised.value)
    assert raised.value.__cause__ is None
