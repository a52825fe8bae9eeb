"""GitHub Markdown from text that others wrote: escaping, code, tables.

What GitHub turns into links after Markdown is rendered (`@name`, `#12`, bare addresses) is not
stopped by escaping, so those are broken up with a zero-width space.
Source: GitHub Flavored Markdown Spec 0.29, sections 2.4 and 6.9; html-pipeline's mention filter.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

ZERO_WIDTH_SPACE = "\u200b"
# Control, format (bidi, zero-width), surrogate and private-use characters hide or reorder text.
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
LINKED_AFTER = re.compile(
    r"@"  # mention, e-mail address, commit of a repository
    r"|\#(?=\d)"  # issue
    r"|\bGH-(?=\d)"  # issue
    r"|:(?=//)"  # address with a scheme
    r"|\bwww(?=\.)"  # address without a scheme
    r"|:(?=[a-z+-][\w+-]*:)",  # emoji
    re.IGNORECASE,
)
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "$": "&#36;"}
BACKSLASHED = frozenset("\\`*_{}[]#~!^")
# A list, a heading's underline or a rule, when a paragraph begins with it.
BLOCK_START = re.compile(r"([-+=])(?=[-=\s]|$)|(\d{1,9})([.)])(?=\s|$)")


def sanitise(text: str) -> str:
    """One line without hidden characters: what remains is what a reader sees."""
    visible = (character for character in " ".join(text.split()) if not _hidden(character))
    return " ".join("".join(visible).split())


def escape(text: str) -> str:
    """Foreign text as plain inline text, anywhere: paragraph, list item, heading, table cell."""
    broken = LINKED_AFTER.sub(lambda match: match.group() + ZERO_WIDTH_SPACE, sanitise(text))
    start = BLOCK_START.match(broken)
    if start is None:
        return "".join(map(_escaped, broken))
    marker = start.group(1) or start.group(3)
    return f"{start.group(2) or ''}\\{marker}" + "".join(map(_escaped, broken[start.end() :]))


def code(text: str) -> str:
    """Foreign text as a code span; nothing where nothing visible is left."""
    content = sanitise(text)
    if not content:
        return ""
    fence = "`" * (_longest_run(content) + 1)
    pad = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{fence}{pad}{content}{pad}{fence}"


def code_block(text: str, language: str = "") -> str:
    """Lines kept as they are, hidden characters dropped."""
    lines = visible(text)
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join((f"{fence}{language}", *lines, fence))


def visible(text: str) -> list[str]:
    """Lines without hidden characters, but for tabs."""
    return ["".join(c for c in line if c == "\t" or not _hidden(c)) for line in text.splitlines()]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numeric: Collection[int] = ()) -> str:
    """Cells are finished inline Markdown; `numeric` columns are aligned right."""
    rule = ["---:" if column in numeric else "---" for column in range(len(headings))]
    return "\n".join(_row(cells, len(headings)) for cells in (headings, rule, *rows))


def bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def numbered(items: Iterable[str]) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))


def details(summary: str, body: str) -> str:
    """A collapsed block; `summary` is our own text."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def document(blocks: Iterable[str]) -> str:
    """Blocks parted by one empty line; empty blocks are left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"


def _row(cells: Sequence[str], columns: int) -> str:
    if len(cells) != columns:
        raise ValueError(f"a row of {len(cells)} cells in a table of {columns} columns")
    # Only a code span can still hold a pipe: tables read `\|` inside it as a pipe.
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _escaped(character: str) -> str:
    if character in BACKSLASHED:
        return f"\\{character}"
    return ENTITIES.get(character, character)


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN_CATEGORIES


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
