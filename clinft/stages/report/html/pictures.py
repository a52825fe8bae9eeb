"""SVG that may stand in a page: drawings of our own plots, nothing that runs, loads or links.

A page shows it as an image from a data address, where browsers run nothing and load nothing; this check is
the second lock. What does not pass is named, not mended.
"""

import base64
import re
from xml.etree.ElementTree import Element, ParseError

MOST_BYTES = 4_000_000
SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# What matplotlib and Vega draw with.
DRAWN = """
    svg g defs path use rect line circle ellipse polygon polyline text tspan clipPath image style title desc
    linearGradient radialGradient stop
"""
DRAWN_WITH = """
    id class d x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy width height viewBox version type transform style
    points fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit opacity clip-path clip-rule clipPathUnits offset
    gradientUnits gradientTransform stop-color stop-opacity text-anchor dominant-baseline font-family
    font-size font-style font-weight preserveAspectRatio role aria-label aria-roledescription aria-hidden
"""
ELEMENTS, ATTRIBUTES = frozenset(DRAWN.split()), frozenset(DRAWN_WITH.split())
# Written into a drawing by matplotlib, and never drawn.
METADATA = f"{SVG}metadata"
INSIDE = re.compile(r"#[\w.:-]+")
PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]+")
# An address in a style other than one inside the drawing, an import, or an escape that could spell one.
REACHING = re.compile(
    r"url\s*\(\s*(?![\"']?#)|@|\\|expression|javascript:|image(-set)?\s*\(|src\s*\(", re.IGNORECASE
)


def problem(svg: bytes) -> str | None:
    """Why it may not be shown, in words without its text; None for a drawing that may."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(svg) > MOST_BYTES:
        return "it is larger than 4 MB"
    try:
        root = fromstring(svg)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return "it is not well-formed XML without entities"
    if root.tag != f"{SVG}svg":
        return "it is not an SVG drawing"
    return _problem(root)


def address(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"


def _problem(root: Element) -> str | None:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag == METADATA:
            continue
        if not isinstance(element.tag, str) or element.tag.removeprefix(SVG) not in ELEMENTS:
            return "it holds an element that plots do not need, such as a script"
        for name, value in element.attrib.items():
            if not _fine(element.tag, name, value):
                return "it holds an attribute that could run or load something"
        if element.tag == f"{SVG}style" and REACHING.search("".join(element.itertext())):
            return "its style could load something"
        waiting.extend(element)
    return None


def _fine(tag: str, name: str, value: str) -> bool:
    if name in (XLINK_HREF, "href"):
        picture = tag == f"{SVG}image" and PNG.fullmatch(value) is not None
        return picture or INSIDE.fullmatch(value) is not None
    return name in ATTRIBUTES and REACHING.search(value) is None
