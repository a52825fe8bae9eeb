"""Names that clinft's packs and ICD-10-CM have, so that only other terms are looked up elsewhere."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module, resources
from importlib.resources.abc import Traversable

from clinft.spec import yaml
from clinft.stages.research.terms import folded

FOLDERS = ("domains", "clinical")
NAMES = frozenset({"name", "also", "past_name", "title", "takes", "generic", "aliases"})
# Its keys are words, its values how they are shortened.
ABBREVIATIONS = "abbreviations"


@cache
def of_packs() -> frozenset[str]:
    root = resources.files("clinft") / "tables"
    return frozenset(
        folded(name)
        for folder in FOLDERS
        for file in _files(root / folder)
        for name in _names(yaml.parse(file.read_bytes(), file.name).value)
    )


@cache
def of_icd10cm() -> frozenset[str]:
    """Codes, descriptions and inclusion terms of the release that is installed; it takes seconds to load."""
    icd = import_module("simple_icd_10_cm")
    codes = icd.get_all_codes()
    named = (
        name for code in codes for name in (code, icd.get_description(code), *icd.get_inclusion_term(code))
    )
    return frozenset(folded(name) for name in named)


def _files(folder: Traversable) -> Iterator[Traversable]:
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith(".yaml"):
            yield entry


def _names(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == ABBREVIATIONS and isinstance(one, dict):
                yield from (text for pair in one.items() for text in pair if isinstance(text, str))
            elif key in NAMES:
                yield from _texts(one)
            else:
                yield from _names(one)


def _texts(value: object) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    yield from (one for one in values if isinstance(one, str))
