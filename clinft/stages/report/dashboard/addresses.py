"""Where the links of a committed document lead: to the pages of its neighbours, else to the repository."""

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

PLAIN = re.compile(r"[A-Za-z0-9_./-]{1,100}")


def page_name(name: str) -> str:
    """Of a committed Markdown file, without suffix: one that a link may have, and no other file's."""
    stem = name.removesuffix(".md")
    if PLAIN.fullmatch(stem):
        return stem.replace("/", "~")
    slug = re.sub(r"[^A-Za-z0-9_.-]+", "-", stem)[:80]
    return f"{slug}~~{hashlib.sha256(name.encode()).hexdigest()[:8]}"


class Addresses(Mapping[str, str]):
    """`pages`: file of the repository to its page, seen from the document's. `nowhere`: for all the rest."""

    def __init__(self, folder: str, pages: Mapping[str, str], repository: str | None, nowhere: str) -> None:
        self.folder, self.pages, self.repository, self.nowhere = folder, pages, repository, nowhere

    def __getitem__(self, href: str) -> str:
        """KeyError for what leads elsewhere, or into the document itself."""
        name, _, part = href.partition("#")
        if not name or ":" in name:
            raise KeyError(href)
        file = posixpath.normpath(posixpath.join(self.folder, unquote(name)))
        if file in self.pages:
            return self.pages[file]
        if self.repository is None or file.startswith((".", "/")):
            return self.nowhere
        return f"{self.repository}/blob/main/{quote(file)}" + (f"#{quote(part)}" if part else "")

    def __iter__(self) -> Iterator[str]:
        return iter(self.pages)

    def __len__(self) -> int:
        return len(self.pages)
