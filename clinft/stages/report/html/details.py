"""The one piece of HTML that our documents hold: a collapsed block, as `markdown.details` writes it.

Raw HTML is otherwise shown as text. An opening line without its closing line is text too.
"""

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

OPEN = re.compile(r"<details(?: open)?>(?:<summary>(?P<summary>.*)</summary>)?[ \t]*$")
CLOSE = re.compile(r"</details>[ \t]*$")
FENCE = re.compile(r"(`{3,}|~{3,})(.*)$")
CONTAINER = re.compile(r"^[ \t]*(?:>[ \t]*)*")
PAIRS = "details_pairs"
NO_SUMMARY = "Details"


def plugin(md: MarkdownIt) -> None:
    md.block.ruler.before(
        "fence", "details", _rule, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def _rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line):
        return False
    opening = OPEN.match(_line(state, start_line))
    if opening is None:
        return False
    if PAIRS not in state.env:
        state.env[PAIRS] = _pairs(state.src)
    close = state.env[PAIRS].get(start_line)
    if close is None or close >= end_line or not CLOSE.match(_line(state, close)):
        return False
    if silent:
        return True

    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "details", close
    state.push("details_open", "details", 1).map = [start_line, close]
    state.push("summary_open", "summary", 1)
    summary = state.push("inline", "", 0)
    summary.content = (opening["summary"] or NO_SUMMARY).strip()
    summary.map, summary.children = [start_line, start_line], []
    state.push("summary_close", "summary", -1)
    state.md.block.tokenize(state, start_line + 1, close)
    state.push("details_close", "details", -1)
    state.parentType, state.lineMax = parent, line_max
    state.line = close + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _pairs(source: str) -> Mapping[int, int]:
    """Line of each opening to the line of its closing; read once, whatever the nesting. Fences hide both."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    fence = ""
    for number, raw in enumerate(source.split("\n")):
        line = CONTAINER.sub("", raw)
        ticks = FENCE.match(line)
        if fence:
            if ticks and ticks[1].startswith(fence) and not ticks[2].strip():
                fence = ""
        elif ticks and not ("`" in ticks[2] and ticks[1][0] == "`"):
            fence = ticks[1]
        elif OPEN.match(line):
            opened.append(number)
        elif CLOSE.match(line) and opened:
            pairs[opened.pop()] = number
    return pairs
