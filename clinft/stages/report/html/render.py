"""A Markdown document as one web page that needs nothing beside it: no script, no font, no request."""

import base64
import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from markdown_it.token import Token

from clinft.stages.report.html.parser import outline, parser
from clinft.stages.report.markdown import sanitise

# Fewer are seen at a glance.
CONTENTS_FROM = 4
CONTENTS = """<nav aria-label="Contents">
<details>
<summary>Contents</summary>
<ol>
{items}
</ol>
</details>
</nav>"""
POLICY = "default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"


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
            _contents(list(outline(tokens, "h2"))),
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


def title_of(markdown: str) -> str | None:
    """The first heading of the first level, as plain text."""
    return next((text for _, text in outline(parser().parse(markdown, {}), "h1")), None)


def pictures_in(markdown: str) -> list[str]:
    """Addresses of its pictures as the document has them, each once."""
    return list(dict.fromkeys(_addresses(markdown, "image", "src")))


def links_in(markdown: str) -> list[str]:
    """Addresses of its links as the document has them, each once."""
    return list(dict.fromkeys(_addresses(markdown, "link_open", "href")))


def _addresses(markdown: str, kind: str, key: str) -> Iterator[str]:
    for token in parser().parse(markdown, {}):
        yield from (str(child.attrs[key]) for child in token.children or () if child.type == kind)


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
    return str(md.renderer.render(tokens, md.options, env)).rstrip("\n")


def _contents(headings: Sequence[tuple[str, str]]) -> str:
    if len(headings) < CONTENTS_FROM:
        return ""
    items = "\n".join(
        f'<li><a href="#{html.escape(to)}">{html.escape(text)}</a></li>' for to, text in headings
    )
    return CONTENTS.format(items=items)
