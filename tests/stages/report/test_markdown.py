"""Foreign text stays text: no tag, link, mention or extra cell, and what is visible is what was written."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clinft.stages.report import markdown
from clinft.stages.report.markdown import ZERO_WIDTH_SPACE, code, code_block, escape, sanitise, table
from tests.fakes.run_facts import HOSTILE

PARSER = MarkdownIt("commonmark").enable("table")
# What GitHub links after Markdown is rendered.
GITHUB_LINKS = re.compile(r"@\w|#\d|\bGH-\d|://|\bwww\.", re.IGNORECASE)

PIECES = (
    "@octocat",
    "#123",
    "GH-7",
    "https://evil.example",
    "www.evil.example",
    "a@b.example",
    "<script>",
    "<!--",
    "-->",
    "<https://evil.example>",
    "[x](y)",
    "![x](y)",
    "[^1]",
    "[ ]",
    "&lt;",
    "&#124;",
    "|",
    "\\|",
    "\\",
    "`",
    "``",
    "```",
    "**",
    "__",
    "~~",
    "$x$",
    ":tada:",
    "\n",
    "\r\n",
    "\n---\n",
    "\u2028",
    "\u202e",
    "\u200b",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "    ",
    "\t",
    "- ",
    "1. ",
    "# ",
    "> ",
    "===",
    "µg",
    "日本",
)
FOREIGN = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join)


def cells(source: str) -> list[list[Token]]:
    """Inline tokens of each body cell; whatever is not one table fails here."""
    tokens = PARSER.parse(source)
    assert [t.type for t in tokens if t.level == 0] == ["table_open", "table_close"]
    body = tokens[next(i for i, t in enumerate(tokens) if t.type == "tbody_open") :]
    return [body[i + 1].children or [] for i, token in enumerate(body) if token.type == "td_open"]


def visible(children: Sequence[Token]) -> str:
    return "".join(token.content for token in children).replace(ZERO_WIDTH_SPACE, "")


@given(FOREIGN)
@example(HOSTILE)
def test_escaped_text_in_a_table_cell_is_only_text(text: str) -> None:
    source = table(("a", "b"), [(escape(text), "end")])

    found = cells(source)

    assert len(found) == 2
    assert {token.type for token in found[0]} <= {"text"}
    assert visible(found[0]) == sanitise(text)
    assert GITHUB_LINKS.search("".join(token.content for token in found[0])) is None


@given(FOREIGN)
@example("1. x")
@example("- x")
@example("===")
@example("<div x")
@example("<script")
def test_escaped_text_as_a_paragraph_starts_no_other_block(text: str) -> None:
    tokens = PARSER.parse(f"before\n\n{escape(text)}\n\nafter")

    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    inline = [token for token in tokens if token.type == "inline"]
    if sanitise(text):
        assert len(inline) == 3
        assert {token.type for token in inline[1].children or []} == {"text"}
        assert visible(inline[1].children or []) == sanitise(text)


@given(FOREIGN)
@example("`")
@example("a\\|b|c\\")
def test_code_in_a_table_cell_is_one_code_span(text: str) -> None:
    found = cells(table(("a", "b"), [(code(text), "end")]))

    assert len(found) == 2
    if sanitise(text):
        assert [token.type for token in found[0]] == ["code_inline"]
        assert found[0][0].content == sanitise(text)
    else:
        assert found[0] == []


@given(FOREIGN)
def test_code_block_cannot_be_left(text: str) -> None:
    tokens = PARSER.parse(code_block(text, "python") + "\n\nafter")

    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]


@given(st.text())
def test_sanitised_text_is_stable_and_one_line(text: str) -> None:
    once = sanitise(text)

    assert sanitise(once) == once
    assert len(once.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fever for 3 days, 38.5 °C", "fever for 3 days, 38.5 °C"),
        ("0.1.0", "0.1.0"),
        ("-5 points", "-5 points"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("macro_f1", "macro\\_f1"),
        ("10:30:00", "10:30:00"),
        ("a|b", "a&#124;b"),  # safe also in a table that table() did not make
        ("@team", f"@{ZERO_WIDTH_SPACE}team"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("a\r\n\tb", "a b"),
    ],
)
def test_escape_leaves_ordinary_text_readable(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_table_aligns_numbers_and_refuses_ragged_rows() -> None:
    assert table(("a", "b"), [("x", "1")], numeric={1}) == "| a | b |\n| --- | ---: |\n| x | 1 |"
    with pytest.raises(ValueError, match="3 cells in a table of 2 columns"):
        table(("a", "b"), [("x", "1", "2")])


def test_document_leaves_out_empty_blocks() -> None:
    assert markdown.document(("# a", "", "b")) == "# a\n\nb\n"


def test_no_document_has_a_column_without_a_heading() -> None:
    """A reader of screens announces a cell by it."""
    goldens = [path for path in Path(__file__).parent.rglob("*.md") if "golden" in path.parent.name]
    assert len(goldens) > 20
    for path in goldens:
        for head, rule in pairwise(path.read_text().splitlines()):
            if re.fullmatch(r"\|( -+:? \|)+", rule):
                assert all(cell.strip() for cell in head.strip("|").split("|")), f"{path.name}: {head}"
