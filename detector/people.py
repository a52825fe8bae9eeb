"""Forms of people's names. Titles and credentials beside a name are not part of it."""

from detector.draw import LETTERS, Draw
from detector.exclusions import allowed_name
from detector.lists import pool
from detector.template import Piece
from detector.words import names, words

PARTICLES = (
    *(
        "de la",
        "de",
        "del",
        "de los",
        "dos",
        "da",
        "do",
        "di",
        "della",
        "van",
        "van der",
        "van den",
        "van de",
    ),
    *("von", "von der", "zu", "ter", "ten", "le", "la", "du", "al", "el", "bin", "ibn", "abu", "ben", "bint"),
    *("Van", "De", "De La", "Del", "Von", "Le", "La", "Du", "Di", "San", "Santa", "El", "Ben", "Abu", "Dela"),
    *("Mac", "y", "St."),
)
PREFIXES = (
    "O'",
    "O’",
    "Mc",
    "Mac",
    "D'",
    "Al-",
    "El-",
    "Fitz",
    "De",
    "Van",
    "Le",
    "La",
    "Di",
    "Ap-",
    "N'",
    "M'",
)
GIVEN_PREFIXES = ("Jean-", "Marie-", "Anne-", "Lee-", "Abdul-", "Abd al-", "Hae-", "Min-", "Lou ")
VOWELS = "aeiouy"
# How often a person of the text is named again.
AGAIN_SHARE = 0.3
# Weight and form. {f}: initial of the given name, {m}: a middle initial, {l}: initial of the surname.
FORMS = (
    (50, "{first} {last}"),
    (7, "{first} {m}. {last}"),
    (3, "{first} {m} {last}"),
    (4, "{first} {second} {last}"),
    (5, "{last}, {first}"),
    (1, "{last},{first}"),
    (0.5, "{last} , {first}"),
    (2, "{last}, {first} {m}"),
    (0.5, "{last}, {first} {m}."),
    (0.5, "{last}, {f}."),
    (0.5, "{last}, {f}"),
    (1, "{LAST}, {first}"),
    (1, "{LAST}, {FIRST}"),
    (4, "{f}. {last}"),
    (2, "{f} {last}"),
    (2, "{f}. {m}. {last}"),
    (2, "{first} {l}"),
    (2, "{first} {l}."),
    (1, "{last} {f}"),
    (1, "{last} {f}."),
    (2, "{first} {LAST}"),
    (1, "{first} {last} {suffix}"),
    (1, "{first} {last}, {suffix}"),
    (1, '{first} "{nick}" {last}'),
    (0.6, "{first} “{nick}” {last}"),
    (0.6, "{first} ({nick}) {last}"),
    (0.6, "{first} '{nick}' {last}"),
    (3, "{last} {first}"),
    (3, "{first} {last} {third}"),
)
# Weight and list: one of `words/names.yaml` or a stored pool.
GIVEN_SOURCES = (
    *((30, "given_common"), (18, "given"), (20, "given_world")),
    *((16, "lists"), (7, "given_words"), (9, "nicknames")),
)
SURNAME_SOURCES = (
    *((25, "surnames_common"), (20, "surnames"), (24, "surnames_world")),
    *((5, "cities"), (17, "lists"), (9, "surname_words")),
)


def given(draw: Draw) -> str:
    """One given name, now and then of two parts."""
    name = _given_parts(draw)
    while not allowed_name(name):
        name = _given_parts(draw)
    return name


def _given_parts(draw: Draw) -> str:
    share = draw.share()
    if share < 0.03:
        return _given(draw) + draw.one((" ", "-")) + draw.one(pool("given_common"))
    if share < 0.05:
        return draw.one(GIVEN_PREFIXES) + _given(draw)
    return _given(draw)


def _given(draw: Draw) -> str:
    source = draw.pick(GIVEN_SOURCES)
    if source == "lists":
        return draw.one(names("given"))
    return draw.one(names(source) if source in ("given_words", "nicknames") else pool(source))


def surname(draw: Draw) -> str:
    """One surname, now and then double or with a particle."""
    name = _surname_parts(draw)
    while not allowed_name(name):
        name = _surname_parts(draw)
    return name


def _surname_parts(draw: Draw) -> str:
    share = draw.share()
    if share < 0.05:
        return f"{_surname(draw)}-{_surname(draw)}"
    if share < 0.075:
        return f"{_surname(draw)} {_surname(draw)}"
    if share < 0.12:
        return f"{draw.one(PARTICLES)} {_surname(draw)}"
    if share < 0.16:
        return draw.one(PREFIXES) + _surname(draw)
    return _surname(draw)


def _surname(draw: Draw) -> str:
    source = draw.pick(SURNAME_SOURCES)
    if source in ("lists", "surname_words"):
        return draw.one(names("surnames" if source == "lists" else source))
    name = draw.one(pool(source))
    if source == "cities":
        return name.split("|")[0].split()[0]
    # The census writes Mcdonald.
    if name.startswith("Mc") and len(name) > 3 and draw.chance(0.8):
        return "Mc" + name[2:].capitalize()
    return name


def initial(draw: Draw) -> str:
    return draw.one(LETTERS)


def typo(name: str, draw: Draw) -> str:
    """One slip of the keys in a name of five letters or more."""
    if len(name) < 5 or not name.isalpha():
        return name
    at = draw.between(1, len(name) - 2)
    slipped = draw.one(
        (
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + draw.one(VOWELS) + name[at + 1 :],
        )
    )
    return slipped if allowed_name(slipped) else name


def cased(name: str, draw: Draw) -> str:
    """In capitals, in lower case or with a slip now and then."""
    share = draw.share()
    if share < 0.05:
        return name.upper()
    if share < 0.13:
        return name.lower()
    if share < 0.20:
        return " ".join(typo(word, draw) for word in name.split(" "))
    return name


def someone(draw: Draw) -> tuple[str, str]:
    """Given name and surname of a person of the text, or of a new one who joins them."""
    if draw.cast and draw.chance(AGAIN_SHARE):
        return draw.one(draw.cast)
    draw.cast.append((given(draw), surname(draw)))
    return draw.cast[-1]


def full_name(draw: Draw) -> str:
    """A person in any usual form of at least two parts."""
    return form(someone(draw), draw)


def form(pair: tuple[str, str], draw: Draw) -> str:
    """Given name and surname in any usual form."""
    first, last = pair
    return draw.pick(FORMS).format(
        first=first,
        last=last,
        m=initial(draw),
        f=first[0],
        l=last[0].upper(),
        FIRST=first.upper(),
        LAST=last.upper(),
        second=given(draw),
        third=surname(draw),
        nick=draw.one(names("nicknames")),
        suffix=draw.one(words("names", "suffixes")),
    )


def person(draw: Draw) -> list[Piece]:
    """Any form, a single given name or surname now and then."""
    share, pair = draw.share(), someone(draw)
    name = form(pair, draw) if share < 0.8 else pair[0] if share < 0.93 else pair[1]
    return [(cased(name, draw), "NAME")]


def plain_person(draw: Draw) -> list[Piece]:
    """Given name and surname, nothing else."""
    return [(cased(" ".join(someone(draw)), draw), "NAME")]


def given_only(draw: Draw) -> list[Piece]:
    return [(cased(someone(draw)[0], draw), "NAME")]


def surname_only(draw: Draw) -> list[Piece]:
    return [(cased(someone(draw)[1], draw), "NAME")]


def nickname(draw: Draw) -> list[Piece]:
    return [(draw.one(names("nicknames")), "NAME")]


def family(draw: Draw) -> list[Piece]:
    """The <surname> family: plural too."""
    last = someone(draw)[1]
    plural = last + ("es" if last.endswith("s") else "s")
    return [(plural if draw.chance(0.3) and allowed_name(plural) else last, "NAME")]


def one_initial(draw: Draw) -> list[Piece]:
    return [(initial(draw) + draw.one(("", ".")), "NAME")]


def initials(draw: Draw) -> list[Piece]:
    letters = draw.letters(draw.one((2, 2, 2, 3)))
    while not allowed_name(letters):
        letters = draw.letters(len(letters))
    dot, join = draw.pick(((2, ("", "")), (1, (".", "")), (1, (".", " "))))
    return [(join.join(letter + dot for letter in letters), "NAME")]


def titled(draw: Draw) -> list[Piece]:
    """Mr. <surname>: the title is not part of the name."""
    share, (first, last) = draw.share(), someone(draw)
    name = last if share < 0.75 else f"{first} {last}" if share < 0.95 else first
    return [(draw.one(words("names", "titles")) + " ", None), (cased(name, draw), "NAME")]


def doctor(draw: Draw) -> list[Piece]:
    """A clinician with title or credentials."""
    if draw.chance(0.5):
        first, name = someone(draw)
        if draw.chance(0.25):
            name = draw.one((first, first[0] + ".")) + f" {name}"
        return [(draw.one(words("names", "doctor_titles")) + " ", None), (cased(name, draw), "NAME")]
    credential = draw.one((", ", ", ", " ")) + draw.one(words("names", "credentials"))
    return [(full_name(draw), "NAME"), (credential, None)]


def clinician(draw: Draw) -> list[Piece]:
    """A clinician in a field: often without a title."""
    return doctor(draw) if draw.chance(0.5) else person(draw)
