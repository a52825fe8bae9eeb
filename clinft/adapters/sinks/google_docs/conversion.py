"""Markdown as Google imports it; where it does not, HTML that holds nothing but what the Markdown says."""

import re
from collections.abc import Collection

MARKDOWN, HTML = "text/markdown", "text/html"
# Google would fetch a picture from wherever it says: then HTML without it is sent.
PICTURE = re.compile(r"!\[|<(img|image|picture|svg|video|object|embed|iframe|link|style)\b", re.IGNORECASE)


def imported(markdown: str, formats: Collection[str]) -> tuple[str, bytes]:
    """The media type and the bytes to upload. `formats`: what Google makes documents of."""
    if MARKDOWN in formats and PICTURE.search(markdown) is None:
        return MARKDOWN, markdown.encode()
    from markdown_it import MarkdownIt

    # Tags in the text stay text; a picture would be fetched by Google from wherever it says.
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    return HTML, f'<!DOCTYPE html><meta charset="utf-8">{reader.render(markdown)}'.encode()
