"""A page read strictly: every element closed in order, nothing but elements and attributes that it may hold."""

import re
from html.parser import HTMLParser

VOID = frozenset({"meta", "hr", "br", "img", "input"})
NAMES = (
    "html head title style body main nav footer section div span p a h1 h2 h3 h4 h5 h6 ul ol li table thead tbody "
    "tr th td pre code em strong s sup blockquote details summary"
)
KEYS = (
    "lang charset http-equiv content name class href id rel role aria-label tabindex scope start src alt title disabled "
    "type checked"
)
ELEMENTS, ATTRIBUTES = VOID | frozenset(NAMES.split()), frozenset(KEYS.split())


class Strict(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.sources: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if tag not in ELEMENTS or not ATTRIBUTES.issuperset(names) or len(names) != len(set(names)):
            self.wrong.append(f"<{tag} {names}>")
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.hrefs += [found["href"] or ""] if "href" in found else []
        self.sources += [found["src"] or ""] if "src" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Strict:
    parser = Strict()
    parser.feed(text)
    parser.close()
    assert parser.wrong == []
    assert re.search(r"<(?![A-Za-z/!])|</(?![a-z])", text) is None
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    return parser
