"""Names of the development and challenge sets, which no training text may hold.

`python -m detector.exclusions REPOSITORY GENERAL` writes `pools/excluded.txt` anew from the sets in the
repository and dev_general.jsonl. The table holds digests: the names stand in no file of training.
"""

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "pools" / "excluded.txt"
WORD = re.compile(r"[^\W\d_]+")
# Words of places that say what kind of place it is, and particles: no set can claim them.
GENERIC = frozenset(
    """
    street st avenue ave road rd drive dr lane ln boulevard blvd court ct way place pl terrace circle cir pkwy
    parkway highway hwy trail square loop apt suite unit box po north south east west nw ne sw se n s e w
    de la van von der den el al bin ibn di da del dos le du st saint of the and county city new port fort lake
    mount
    hospital clinic medical center health md rn do np pa mr mrs ms dr jr sr ii iii iv
    """.split()  # noqa: SIM905 - words in lines are easier to read
)
# How many names of the census nobody can train without.
GIVEN, SURNAMES = 400, 2000
PEOPLE = {"NAME", "~PROVIDER"}
PLACES = {"LOCATION", "~ORG"}


def key(text: str) -> str:
    return hashlib.sha256(text.casefold().encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def excluded() -> frozenset[str]:
    return frozenset(TABLE.read_text("utf-8").split())


def allowed_name(name: str) -> bool:
    """No word of it is a name of a person of those sets."""
    return all(_allowed_word(word) for word in WORD.findall(name.casefold()))


@lru_cache(maxsize=400_000)
def _allowed_word(word: str) -> bool:
    return key("name " + word) not in excluded()


def allowed_place(name: str) -> bool:
    """The place is none of those sets."""
    return key("place " + _core(name)) not in excluded()


def _core(place: str) -> str:
    words = WORD.findall(place.casefold())
    return " ".join(word for word in words if word not in GENERIC) or " ".join(words)


def _keys(names: Iterable[str], places: Iterable[str]) -> Iterator[str]:
    for name in names:
        for word in WORD.findall(name.casefold()):
            if len(word) > 1 and word not in GENERIC:
                yield key("name " + word)
    for place in places:
        for part in (place, *re.split(r"[,\n]", place)):
            if _core(part):
                yield key("place " + _core(part))


def _spans(path: Path, types: set[str]) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        for span in row["spans"]:
            if isinstance(span, list):
                yield row["text"][span[0] : span[1]]
            elif span["type"] in types:
                yield row["text"][span["start"] : span["end"]]


def _rare(names: Iterable[str]) -> Iterator[str]:
    """Words of names that are not among the commonest of the census: nobody can train without those."""
    import names as census  # only here: nothing else needs the package

    common = set()
    for file, count in (
        ("dist.female.first", GIVEN),
        ("dist.male.first", GIVEN),
        ("dist.all.last", SURNAMES),
    ):
        lines = (Path(census.__file__).parent / file).read_text("ascii").splitlines()[:count]
        common |= {line.split()[0].casefold() for line in lines}
    for name in names:
        yield from (word for word in WORD.findall(name.casefold()) if word not in common)


def _strings(path: Path) -> Iterator[str]:
    """Every word in capitals of the string constants of a list of people."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (word for word in node.value.split() if word[:1].isupper())


def main(repository: Path, general: Path) -> None:
    clinical = repository / "bench/data/dev_clinical.jsonl"
    challenge = repository / "clinft/tables/audit/challenge"
    names = [
        *_spans(clinical, PEOPLE),
        *_rare(_spans(general, PEOPLE)),
        *_spans(challenge / "A.jsonl", set()),
    ]
    for path in sorted((repository / "bench/data").glob("people*.py")):
        names += _strings(path)
    places = [*_spans(clinical, PLACES), *_spans(general, PLACES), *_spans(challenge / "B.jsonl", set())]
    TABLE.write_text("\n".join(sorted(set(_keys(names, places)))) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
