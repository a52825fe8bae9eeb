"""What every page shares: its head, the way back, its foot, tables."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from clinft.stages.report.dashboard.markup import Child, Html, joined, lines, link, tag
from clinft.stages.report.html.elements import breadth

# Everything comes from the site itself. Vega runs through its interpreter, so nothing is evaluated; pictures
# may stand inside a page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'"
)
ASSETS = "assets"
NOTE = (
    "Drawn from the committed record alone: what waits in a pull request or runs right now is not shown. "
    "All records are synthetic; how a model does on notes of real patients is not known from these pages."
)


@dataclass(frozen=True)
class Place:
    """Where a page lies: `up` leads to the site's root; `trail`: address and name of the pages above it."""

    title: str
    up: str = ""
    trail: Sequence[tuple[str, str]] = ()
    charts: bool = False


def page(place: Place, *content: Child) -> str:
    head = tag(
        "head",
        lines(
            tag("meta", charset="utf-8"),
            # A colon is no name of an attribute in Python.
            Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("meta", name="referrer", content="no-referrer"),
            tag("title", f"{place.title} · clinft" if place.trail else "clinft dashboard"),
            tag("link", rel="icon", href=f"{place.up}{ASSETS}/icon.svg"),
            tag("link", rel="stylesheet", href=f"{place.up}{ASSETS}/style.css"),
            tag("script", src=f"{place.up}{ASSETS}/theme.js"),
            tag("script", src=f"{place.up}{ASSETS}/app.js", defer=True),
            tag("script", src=f"{place.up}{ASSETS}/vega.js", defer=True) if place.charts else None,
            tag("script", src=f"{place.up}{ASSETS}/charts.js", defer=True) if place.charts else None,
        ),
    )
    body = tag(
        "body",
        lines(
            link("#content", "Skip to the content", class_="skip"),
            tag("header", _trail(place), class_="site"),
            tag("main", lines(*content), id="content"),
            tag("footer", tag("p", NOTE)),
        ),
    )
    return f'<!DOCTYPE html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


def _trail(place: Place) -> Html:
    home = link(f"{place.up}index.html", "clinft", class_="home")
    above = [tag("li", link(address, name)) for address, name in place.trail]
    here = tag("li", place.title, aria_current="page") if place.trail else None
    crumbs = tag("nav", tag("ol", tag("li", home), above, here), aria_label="Where you are")
    return joined(crumbs)


def section(heading: str, *content: Child, id_: str | None = None, lede: Child = None) -> Html:
    told = tag("p", lede, class_="lede") if lede else None
    return tag("section", lines(tag("h2", heading, id=id_), told, *content))


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[Child]],
    label: str,
    *,
    numeric: Collection[int] = (),
    class_: str = "",
) -> Html:
    """In a frame that scrolls and can be reached by keyboard; the first column names the row."""
    head = [tag("th", name, scope="col", class_=_side(at, numeric)) for at, name in enumerate(headings)]
    body = [_row(row, numeric) for row in rows]
    return tag(
        "div",
        tag("table", tag("thead", tag("tr", head)), tag("tbody", lines(*body)), class_=class_ or None),
        class_=f"scroll {breadth(len(headings))}", role="region", aria_label=label, tabindex="0",
    )  # fmt: skip


def _row(cells: Sequence[Child], numeric: Collection[int]) -> Html:
    named = tag("th", cells[0], scope="row", class_=_side(0, numeric))
    return tag(
        "tr",
        named,
        [tag("td", cell, class_=_side(at, numeric)) for at, cell in enumerate(cells[1:], start=1)],
    )


def _side(at: int, numeric: Collection[int]) -> str | None:
    return "n" if at in numeric else None


def facts(pairs: Iterable[tuple[str, Child]], class_: str = "facts") -> Html:
    return tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs], class_=class_)


def more(summary: str, *content: Child) -> Html:
    return tag("details", tag("summary", summary), *content)


def empty(sentence: str) -> Html:
    return tag("p", sentence, class_="empty")
