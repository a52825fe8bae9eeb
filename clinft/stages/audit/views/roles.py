"""Keys that hold a part of an identifier: `first` and `last` of a name, `area` and `line` of a number."""

from typing import NamedTuple

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.views.keys import words_of_key
from clinft.stages.audit.views.labels import label_before


class Role(NamedTuple):
    """`stem`: the words before the part's own, the same for all parts of one identifier."""

    kind: str
    part: str
    stem: str


# kind: part: its words
PARTS: dict[str, dict[str, str]] = {
    "name": {
        "given": "first|given|forename|fname|firstname|first name|given name",
        "middle": "middle|middle name|middlename|mname|mi|middle initial",
        "family": "last|family|surname|lname|lastname|last name|family name",
    },
    "telephone": {
        "country": "country code",
        "area": "area|area code|areacode|npa",
        "exchange": "exchange|prefix|central office|nxx",
        "line": "line|line number|subscriber|number|local|local number|suffix|rest",
    },
    "day": {"year": "year|yyyy|yr", "month": "month|mm|mon", "day": "day|dd"},
    "email": {
        "user": "user|username|user name|local|local part|mailbox",
        "host": "domain|host|hostname|domain name|provider",
    },
    "address": {
        "house": "house|house number|street number|building number|houseno|house no",
        "street": "street|street name|road",
        "city": "city|town",
        "state": "state|province",
        "zip": "zip|zip code|zipcode|postal code|postcode",
    },
    "pair": {
        "label": (
            "label|field|question|attribute|parameter|property|item|type|kind|system|key|name|code|column|title"
        ),
        "value": "value|answer|response|val|content|result|data|text",
    },
}
OF_WORDS: dict[str, list[tuple[str, str]]] = {}
for _kind, _parts in PARTS.items():
    for _part, _row in _parts.items():
        for _words in _row.split("|"):
            OF_WORDS.setdefault(_words, []).append((_kind, _part))
NUMBERED = regex(
    r"(?P<stem>.{0,59}?[a-z])[ ]?(?:part|segment|piece|block)?[ ]?(?P<part>\d{1,2}|(?<=[ ])[a-e])"
)
SOCIAL = {"area": "1", "group": "2", "serial": "3"}


def roles_of(key: str) -> tuple[Role, ...]:
    words = words_of_key(key).split()
    found = [
        Role(kind, part, " ".join(words[:cut]))
        for cut in range(len(words))
        for kind, part in OF_WORDS.get(" ".join(words[cut:]), ())
    ]
    if len(words) == 2 and words[0] in ("ssn", "social") and words[1] in SOCIAL:
        found.append(Role("numbered", SOCIAL[words[1]], "ssn"))
    numbered = NUMBERED.fullmatch(" ".join(words))
    if numbered and label_before(numbered["stem"], len(numbered["stem"])):
        found.append(Role("numbered", numbered["part"], numbered["stem"]))
    return tuple(found)
