"""What a name of a file, a folder or a key says: their underscores and suffixes hide words from the rules."""

from collections.abc import Callable, Iterator
from pathlib import PurePath

from clinft.stages.audit.engine import Engine, default
from clinft.stages.audit.finds import UNEXPLAINED, Find
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.severity import BLOCKING
from clinft.stages.audit.views.keys import CAMEL

# With at most three digits in a row: longer numbers identify, and no rule knows every key.
PLAIN = regex(r"(?!.*\d{4})[A-Za-z_][A-Za-z0-9_]{0,59}")
# `dob_3_14_61`.
DAY = regex(r"(?<![A-Za-z0-9])(\d{1,2})_(\d{1,2})_(\d{2}|\d{4})(?![A-Za-z0-9])")
SUFFIXES = regex(r"(?:\.[A-Za-z][A-Za-z0-9]{0,11}){1,2}$")
# A file that is called after nothing but a number. Parts are numbered from zeros; 1.7 billion is a time.
BARE = regex(r"(?!000|1[4-9]\d{8}$)\d{7,12}")


class PlainKey:
    """Used like a pattern: does a key say no more than what its value is?"""

    @staticmethod
    def fullmatch(key: str) -> bool:
        if PLAIN.fullmatch(key) is None:
            return False
        read = spoken(key)
        others = {read, CAMEL.sub(" ", read)} - {key}
        return not any(default().finds(other, detect=False) for other in others)


def spoken(name: str) -> str:
    """`smith_jane` → `smith jane`. As long as `name`, so that places are the same."""
    return DAY.sub(r"\1/\2/\3", name).replace("_", " ")


def gives_away(rules: Engine) -> Callable[[str], bool]:
    """Does the name of a file identify somebody? A date or a place in it is hardly a patient's."""
    return lambda name: next(finds_in_name(rules, name), None) is not None


def finds_in_name(rules: Engine, name: str) -> Iterator[tuple[Find, bool]]:
    """What identifies somebody in the name of a file or folder; false: as in a patient's text."""
    text = spoken(name)
    # A suffix behind digits would make a file's name of them.
    suffix = SUFFIXES.search(text)
    text = text[: suffix.start()] if suffix else text
    for find in rules.finds(text, detect=False):
        settings = find.entity_type != UNEXPLAINED or BARE.fullmatch(text) is None
        if find.severity(settings) in BLOCKING:
            yield find, settings


def shown(path: PurePath, position: int, hides: Callable[[str], bool]) -> str:
    """What somebody typed, for a message: a number where a name in it gives somebody away."""
    return f"#{position}" if any(hides(readable(part)) for part in path.parts) else readable(str(path))


def readable(name: str) -> str:
    """Bytes of a name that are no UTF-8 as `\\xff`: JSON and a terminal cannot hold them."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
