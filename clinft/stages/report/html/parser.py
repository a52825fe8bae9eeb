"""GitHub's Markdown, safe to show: no raw HTML, no address but http, https, and files of the repository."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from clinft.stages.report.html import details
from clinft.stages.report.html.elements import Renderer

# Before ids that a document's own text makes: none can stand for an id of the page around it.
PREFIX = "doc-"
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
FAR = re.compile(r"https?://[^/?#\\@]+([/?#]|$)", re.IGNORECASE)
# A relative address: no scheme, no host, no backslash, which browsers read as a slash, no control character.
NEAR = re.compile(r"(?!/|\\|%5[Cc])[^\\\x00-\x20:]*(?:[/?#][^\\\x00-\x20]*)?")
ALIGNED = {"text-align:right": "right", "text-align:center": "center", "text-align:left": "left"}


@cache
def parser() -> MarkdownIt:
    """Autolinks are left out: text of others makes no link by itself."""
    md = MarkdownIt("commonmark", {"html": False, "tasklists": True, "alerts": True}, renderer_cls=Renderer)
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin, inline=False)
    md.add_render_rule("footnote_anchor", Renderer.footnote_anchor)
    md.use(front_matter_plugin)
    md.use(details.plugin)
    md.validateLink = allowed  # type: ignore[method-assign, assignment]
    md.core.ruler.push("clinft", _finish)
    return md


def allowed(address: str) -> bool:
    if SCHEME.match(address):
        return FAR.match(address) is not None
    return NEAR.fullmatch(address) is not None


def slug(text: str) -> str:
    """As GitHub makes it, so that links inside a document find their heading."""
    kept = (c for c in text.lower() if c in " -_" or unicodedata.category(c)[0] in "LNM")
    return "".join(kept).strip().replace(" ", "-")


def outline(tokens: list[Token], level: str) -> Iterator[tuple[str, str]]:
    """Id and plain text of each heading of this level, e.g. `h2`, that is not inside something."""
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open" and heading.tag == level and heading.level == 0:
            yield str(heading.attrs["id"]), _text(inline)


def _finish(state: StateCore) -> None:
    """Ids of headings, classes instead of styles (the page allows no inline style), addresses once more."""
    taken: dict[str, int] = {}
    _name_columns(state.tokens)
    for token, following in zip(state.tokens, _after(state.tokens), strict=True):
        if token.type == "heading_open":
            token.attrs["id"] = _unique(slug(_text(following)) or "section", taken)
        if token.type in ("th_open", "td_open"):
            style = token.attrs.pop("style", "")
            if style in ALIGNED:
                token.attrs["class"] = ALIGNED[str(style)]
        if token.type == "fence":
            token.info = re.sub(r"[^a-z0-9-].*", "", token.info.strip().lower(), flags=re.DOTALL)
        for child in token.children or ():
            if child.type == "link_open":
                _link(child)


def _name_columns(tokens: list[Token]) -> None:
    """Those of a heading without words are remembered by their number."""
    column = 0
    for token, following in pairwise(tokens):
        if token.type == "thead_open":
            column = 0
        elif token.type == "th_open":
            column += 1
            token.attrs["scope"] = "col"
            if not following.content.strip():
                token.meta["unnamed"] = column


def _after(tokens: list[Token]) -> list[Token]:
    return [*tokens, Token("", "", 0)][1:]


def _link(token: Token) -> None:
    href = str(token.attrs.get("href", ""))
    if not allowed(href):
        token.attrs["href"] = "#"
    elif href.startswith("#"):
        token.attrs["href"] = f"#{PREFIX}{href[1:]}"
    elif SCHEME.match(href):
        token.attrs["rel"] = "noreferrer noopener nofollow"


def _unique(base: str, taken: dict[str, int]) -> str:
    """GitHub numbers repeated headings from 1."""
    found = base
    while found in taken:
        taken[base] += 1
        found = f"{base}-{taken[base]}"
    taken[found] = 0
    return f"{PREFIX}{found}"


def _text(inline: Token) -> str:
    return "".join(
        child.content for child in inline.children or () if child.type in ("text", "code_inline", "softbreak")
    )
