"""Hand-written word lists of `words/*.yaml`."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import yaml

from detector.exclusions import allowed_name, allowed_place

FOLDER = Path(__file__).parent / "words"


@lru_cache(maxsize=16)
def _file(name: str) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return loaded


@lru_cache(maxsize=256)
def words(file: str, key: str) -> tuple[str, ...]:
    """Split at bars if the list has any, else at spaces. A list of lists is read as one."""
    found = _file(file)[key]
    texts = [str(text) for text in found.values()] if isinstance(found, dict) else [str(found)]
    return tuple(word for text in texts for word in _split(text))


@lru_cache(maxsize=32)
def names(key: str) -> tuple[str, ...]:
    """A list of names without those of the development and challenge sets."""
    return unique(word for word in words("names", key) if allowed_name(word))


@lru_cache(maxsize=32)
def places(key: str) -> tuple[str, ...]:
    """A list of places without those of the development and challenge sets."""
    return unique(word for word in words("places", key) if allowed_place(word))


def unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _split(text: str) -> list[str]:
    parts = text.split("|") if "|" in text else text.split()
    return [" ".join(part.split()) for part in parts if part.strip()]
