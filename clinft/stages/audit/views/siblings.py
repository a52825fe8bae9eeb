"""Values beside each other that make one identifier, as one text: `first` and `last`, digits of an array."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.keys import is_head
from clinft.stages.audit.views.labels import label_before
from clinft.stages.audit.views.roles import Role


class Segment(NamedTuple):
    """Characters `start` to `end` of a joined text are the whole value of `field`."""

    field: str
    start: int
    end: int


class Joined(NamedTuple):
    text: str
    context: str
    segments: tuple[Segment, ...]


class Value(NamedTuple):
    field: str
    text: str


Parts = dict[str, Value]
LONGEST, MOST_ITEMS, NUMBERS_A_TEXT = 80, 20, 64
GROUP = regex(r"\d{1,6}")
FEWEST_DIGITS, MOST_DIGITS = 5, 19
YEAR, DAY = regex(r"(?:1[89]|20)\d\d"), regex(r"0?[1-9]|[12]\d|3[01]")
MONTH = regex(r"0?[1-9]|1[0-2]|[A-Z][a-z]{2,8}")
HOST = regex(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
WORD = regex(r"[^\W\d_][\w.'-]*")
# Other labels of numbers, `record` or `member`, may as well count what stands below them.
NUMBER = regex(r"\b(?:mrn|acc(?:oun)?t|card|licen[sc]e|npi|dea|passport|medicare|medicaid|mbi|number|no|id)$")
NAMED = regex(
    r"\b(?:patient|pt|full|legal|preferred|maiden|person|contact|guardian|spouse|subscriber|member|"
    r"guarantor) name$"
)
# Without one of these, `first` and `last` may be a day's or a result's.
OF_PERSON = regex(r"name|patient|\bpt\b|person|contact|guardian|spouse|subscriber|member|guarantor")


def of_members(members: Iterable[tuple[Role, str, object]], above: str) -> Iterator[Joined]:
    """`members`: what the key says, the field, the value. `above`: the words of the keys above them all."""
    groups: dict[tuple[str, str], Parts] = {}
    for role, field, value in members:
        short = _short(field, value)
        if short:
            groups.setdefault((role.kind, role.stem), {}).setdefault(role.part, short)
    for (kind, stem), parts in groups.items():
        if len(parts) > 1:
            yield from KINDS[kind](parts, f"{above} {stem}".strip())


def of_list(field: str, items: Sequence[object], label: str) -> Iterator[Joined]:
    """Digits of one number, words of one name, a label before its value. `label`: the list's own."""
    values = [
        Value(f"{field}[{index}]", item)
        for index, item in enumerate(items)
        if isinstance(item, str) and len(item) <= LONGEST
    ]
    if len(values) == len(items):
        yield from _digits(values, label)
        if NAMED.search(label) and all(WORD.fullmatch(value.text) for value in values):
            yield _joined(values, " ", f"{label}: ")
    for head, value in pairwise(values):
        if is_head(head.text) and not is_head(value.text):
            yield _labelled(head, value)


def of_numbers(field: str, items: Sequence[object], context: str) -> Iterator[Joined]:
    """Many numbers in few texts, each number behind `context`; none of them makes one with its neighbour."""
    for first in range(0, len(items), NUMBERS_A_TEXT):
        text, segments = "", []
        for index, item in enumerate(items[first : first + NUMBERS_A_TEXT], start=first):
            text += context
            segments.append(Segment(f"{field}[{index}]", len(text), len(text) + len(str(item))))
            text += f"{item}\n;\n"
        yield Joined(text, "", tuple(segments))


def _short(field: str, value: object) -> Value | None:
    """FHIR gives the given names of a person as a list."""
    if isinstance(value, list) and value:
        field, value = f"{field}[0]", value[0]
    return Value(field, value) if isinstance(value, str) and 0 < len(value) <= LONGEST else None


def _joined(values: Iterable[Value], signs: str | Sequence[str], context: str = "") -> Joined:
    """`signs`: what stands between two values, for all or for each gap."""
    text, segments = "", []
    for index, value in enumerate(values):
        if index:
            text += signs if isinstance(signs, str) else signs[index - 1]
        segments.append(Segment(value.field, len(text), len(text) + len(value.text)))
        text += value.text
    return Joined(text, context, tuple(segments))


def _labelled(label: Value, value: Value) -> Joined:
    return _joined((label, value), " " if label.text.endswith(":") else ": ")


def _name(parts: Parts, above: str) -> Iterator[Joined]:
    if "given" in parts and "family" in parts:
        values = [parts[part] for part in ("given", "middle", "family") if part in parts]
        sure = OF_PERSON.search(above) or any("name" in value.field.lower() for value in values)
        yield _joined(values, " ", "Full name: " if sure else "Name: ")


def _telephone(parts: Parts, above: str) -> Iterator[Joined]:
    values = [parts[part] for part in ("country", "area", "exchange", "line") if part in parts]
    digits = [value.text.strip("+() ").replace("-", "") for value in values]
    if (
        "area" in parts
        and len(values) > 1
        and all(map(str.isdigit, digits))
        and 7 <= sum(map(len, digits)) <= 15
    ):
        yield _joined(values, "-", "fax: " if "fax" in above else "phone: ")


def _day(parts: Parts, above: str) -> Iterator[Joined]:
    if len(parts) < 3 or not YEAR.fullmatch(parts["year"].text) or not DAY.fullmatch(parts["day"].text):
        return
    year, month, day = parts["year"], parts["month"], parts["day"]
    if MONTH.fullmatch(month.text) and month.text.isalpha():
        yield _joined((month, day, year), (" ", ", "), f"{above}: ")
    elif MONTH.fullmatch(month.text):
        signs = ["-0" if len(value.text) == 1 else "-" for value in (month, day)]
        yield _joined((year, month, day), signs, f"{above}: ")


def _email(parts: Parts, above: str) -> Iterator[Joined]:
    if HOST.fullmatch(parts["host"].text) and "@" not in parts["user"].text:
        yield _joined((parts["user"], parts["host"]), "@")


def _address(parts: Parts, above: str) -> Iterator[Joined]:
    place = [(part, sign) for part, sign in (("city", ", "), ("state", ", "), ("zip", " ")) if part in parts]
    house = [(part, " ") for part in ("house", "street") if part in parts]
    if len(house) == 2 or (house == [] and "city" in parts and len(place) > 1):
        chosen = [*house, *place]
        yield _joined([parts[part] for part, _ in chosen], [sign for _, sign in chosen[1:]], "address: ")


def _pair(parts: Parts, above: str) -> Iterator[Joined]:
    if is_head(parts["label"].text):
        yield _labelled(parts["label"], parts["value"])


def _numbered(parts: Parts, above: str) -> Iterator[Joined]:
    yield from _digits([parts[part] for part in sorted(parts)], above)


def _digits(values: Sequence[Value], label: str) -> Iterator[Joined]:
    """`label` must say that digits below it are somebody's number."""
    if not 1 < len(values) <= MOST_ITEMS or not all(GROUP.fullmatch(value.text) for value in values):
        return
    kind = label_before(label, len(label))
    if kind == "number" and not NUMBER.search(label):
        return
    if kind and FEWEST_DIGITS <= sum(len(value.text) for value in values) <= MOST_DIGITS:
        single = all(len(value.text) == 1 for value in values)
        yield _joined(values, "" if single else "/" if kind == "day" else "-", f"{label}: ")


KINDS: dict[str, Callable[[Parts, str], Iterator[Joined]]] = {
    "name": _name,
    "telephone": _telephone,
    "day": _day,
    "email": _email,
    "address": _address,
    "pair": _pair,
    "numbered": _numbered,
}
