"""A Markdown document as one web page that needs nothing beside it: no script, no font, no request."""

import base64
import hashlib
import html
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from clinft.stages.report.html import pictures
from clinft.stages.report.html.parser import outline, parser
from clinft.stages.report.markdown import sanitise

# Fewer are seen at a glance.
CONTENTS_FROM = 4
POLICY = "default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
METADATA = """<details>
<summary>Metadata for a model hub</summary>
<pre tabindex="0"><code>{text}</code></pre>
</details>
"""


def page(
    markdown: str,
    title: str,
    images: Mapping[str, bytes] | None = None,
    *,
    links: Mapping[str, str] | None = None,
    note: str = "",
) -> str:
    """`images`: address as the document has it to SVG; others become links. `links`: address to another one.

    `note`: one line of plain text at the foot, e.g. of which file this is a view.
    """
    tokens, env = _parsed(markdown, images, links)
    named = html.escape(sanitise(title))
    look = style()
    allowed = base64.b64encode(hashlib.sha256(look.encode()).digest()).decode("ascii")
    policy = POLICY.format(style=f"'sha256-{allowed}'")
    return "\n".join(
        part
        for part in (
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{named}</title>",
            f"<style>{look}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#content">Skip to the document</a>',
            _contents(list(outline(tokens))),
            '<main id="content">',
            _rendered(tokens, env),
            "</main>",
            f"<footer><p>{html.escape(sanitise(note))}</p></footer>" if note else "",
            "</body>",
            "</html>\n",
        )
        if part
    )


def body(
    markdown: str, images: Mapping[str, bytes] | None = None, *, links: Mapping[str, str] | None = None
) -> str:
    """The fragment alone; ids begin with `doc-`, and the page around it says how it looks, see `style`."""
    return _rendered(*_parsed(markdown, images, links))


@cache
def style() -> str:
    return resources.files(__package__).joinpath("style.css").read_text(encoding="utf-8")


def _parsed(
    markdown: str, images: Mapping[str, bytes] | None, links: Mapping[str, str] | None
) -> tuple[list[Token], dict[str, Any]]:
    env: dict[str, Any] = {"images": images or {}, "links": links or {}, "tables": 0}
    return parser().parse(markdown, env), env


def _rendered(tokens: Sequence[Token], env: dict[str, Any]) -> str:
    md = parser()
    return str(_Renderer(md).render(tokens, md.options, env)).rstrip("\n")


def _contents(headings: Sequence[tuple[str, str]]) -> str:
    if len(headings) < CONTENTS_FROM:
        return ""
    items = "\n".join(
        f'<li><a href="#{html.escape(to)}">{html.escape(text)}</a></li>' for to, text in headings
    )
    return f'<nav aria-label="Contents">\n<ol>\n{items}\n</ol>\n</nav>'


class _Renderer(RendererHTML):
    """What differs from plain HTML: pictures, tables that scroll, the metadata on top of a model card."""

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["tables"] += 1
        return f'<div class="table" role="region" aria-label="Table {env["tables"]}" tabindex="0">\n<table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table>\n</div>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        href = str(token.attrs["href"])
        token.attrs["href"] = env["links"].get(href, href)
        return str(self.renderToken(tokens, idx, options, env))

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        source = str(token.attrs["src"])
        alt = html.escape(self.renderInlineAsText(token.children or [], options, env))
        svg = env["images"].get(source)
        if svg is None:
            return f'<a rel="noreferrer noopener nofollow" href="{html.escape(source)}">Picture: {alt}</a>'
        wrong = pictures.problem(svg)
        if wrong is not None:
            return f'<span class="left-out">Picture left out, {html.escape(wrong)}: {alt}</span>'
        return f'<img alt="{alt}" src="{pictures.address(svg)}">'

    def front_matter(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return METADATA.format(text=html.escape(tokens[idx].content))

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        named = f' class="language-{token.info}"' if token.info else ""
        return f'<pre tabindex="0"><code{named}>{html.escape(token.content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre tabindex="0"><code>{html.escape(tokens[idx].content)}</code></pre>\n'
