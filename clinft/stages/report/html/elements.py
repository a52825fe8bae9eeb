"""What differs from plain HTML: pictures, tables that scroll, the metadata on top of a model card."""

import html
from collections.abc import Sequence
from itertools import takewhile

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from clinft.stages.report.html import pictures

METADATA = """<details>
<summary>Metadata for a model hub</summary>
<pre tabindex="0"><code>{text}</code></pre>
</details>
"""


# Up to so many columns have room on a phone; from so many on none has, and each is as wide as its text wants.
FITS, MANY = 2, 5


def breadth(columns: int) -> str:
    """Classes of a table's frame: what fits wraps, what is wide may scroll and says so."""
    if columns <= FITS:
        return "fits"
    return "wide" if columns < MANY else "wide many"


class Renderer(RendererHTML):
    """One rule for each kind of token, found by its name."""

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["tables"] += 1
        head = takewhile(lambda token: token.type != "thead_close", tokens[idx:])
        look = breadth(sum(token.type == "th_open" for token in head))
        label = f'role="region" aria-label="Table {env["tables"]}" tabindex="0"'
        return f'<div class="table {look}" {label}>\n<table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table>\n</div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A heading without words gets some that are only read out: a column is never without a name."""
        opened, number = str(self.renderToken(tokens, idx, options, env)), tokens[idx].meta.get("unnamed")
        return opened if number is None else f'{opened}<span class="only-read">Column {number}</span>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        href = str(token.attrs["href"])
        token.attrs["href"] = env["links"].get(href, href)
        return str(self.renderToken(tokens, idx, options, env))

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        opened, done = str(self.renderToken(tokens, idx, options, env)), tokens[idx].meta.get("checked")
        if done is None:
            return opened
        ticked, said = (' checked=""', "done") if done else ("", "not done")
        box = (
            f'<input class="task-list-item-checkbox" aria-label="{said}" disabled="" type="checkbox"{ticked}>'
        )
        return f"{opened}{box} "

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

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        again = f":{meta['subId']}" if meta["subId"] > 0 else ""
        return f' <a href="#fnref{meta["id"] + 1}{again}" aria-label="Back to the text">\u21a9\ufe0e</a>'
