"""HTML from plain text: whatever is not `Html` is escaped, so nothing that others wrote can be markup."""

import html
import re
from collections.abc import Iterable
from typing import TypeAlias

from clinft.stages.report.markdown import sanitise

VOID = frozenset({"meta", "link", "input", "br"})
# Pages link to each other, and by https to what we built the address of.
ADDRESS = re.compile(r"https://[\w.-]+(:\d+)?(/[\w.~/#?=&%@:+-]*)?|(?!/)[\w./~-]*(#[\w.-]+)?")


class Html(str):
    """Finished markup."""

    __slots__ = ()


Child: TypeAlias = "str | Html | Iterable[Child] | None"


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """`class_` is class, `aria_label` is aria-label; None and False leave an attribute out."""
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{told}>")
    return Html(f"<{name}{told}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Html:
    return Html("".join(_one(child) for child in children))


def text(foreign: str) -> Html:
    """One line without hidden characters; a space at either end keeps it apart from its neighbour."""
    seen = sanitise(foreign)
    left = " " if foreign[:1].isspace() else ""
    right = " " if foreign[-1:].isspace() and seen else ""
    return Html(f"{left}{html.escape(seen)}{right}")


def lines(*blocks: Child) -> Html:
    """Each on a line of its own: committed pages and their differences stay readable."""
    return Html("\n".join(one for one in (_one(block) for block in blocks) if one))


def link(address: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """ValueError for an address that no page of ours has: a bug, as no spec or model gives one."""
    if not ADDRESS.fullmatch(address):
        raise ValueError("not an address of the dashboard")
    far = {"rel": "noreferrer noopener"} if address.startswith("https:") else {}
    return tag("a", *children, href=address, **far, **attributes)


def _one(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return text(child)
    return "".join(_one(one) for one in child)


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{html.escape(sanitise(str(value)))}"'
