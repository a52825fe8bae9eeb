"""A text as 32 bytes, so that the share of equal bytes tells the share of equal three-word runs (MinHash)."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BYTES = 32
# Of fewer words, too many texts would seem alike.
FEWEST_WORDS = 20
NO_SKETCH = bytes(BYTES)
_MASK = (1 << 64) - 1


def _numbers(count: int, seed: int) -> list[int]:
    """Fixed odd 64-bit numbers (splitmix64)."""
    made = []
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        made.append((mixed ^ (mixed >> 31)) | 1)
    return made


LETTERS = 64  # of a longer word, later letters count like earlier ones again


@cache
def _constants() -> "tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.bool_]]":
    import numpy as np

    is_word = np.zeros(256, dtype=bool)
    is_word[[*range(ord("0"), ord("9") + 1), *range(ord("a"), ord("z") + 1), *range(128, 256)]] = True
    return (
        np.array(_numbers(LETTERS, seed=1), dtype=np.uint64),
        np.array(_numbers(BYTES, seed=2), dtype=np.uint64),
        is_word,
    )


def sketches(texts: list[bytes]) -> bytes:
    """One sketch after the other. `texts` are lower-case UTF-8 without line ends."""
    import numpy as np

    letters, ranks, is_word = _constants()
    raw = np.frombuffer(b"\n".join(texts) + b"\n", dtype=np.uint8)
    word = is_word[raw]
    begins = word.copy()
    begins[1:] &= ~word[:-1]
    starts = np.flatnonzero(begins)
    made = np.zeros((len(texts), BYTES), dtype=np.uint8)
    if len(starts) < FEWEST_WORDS:
        return made.tobytes()
    text_of = np.searchsorted(np.flatnonzero(raw == ord("\n")), starts)
    words = _hash_words(raw, word, starts, letters)
    runs = _mixed(words[:-2] * ranks[0] + words[1:-1] * ranks[1] + words[2:] * ranks[2])
    inside = text_of[:-2] == text_of[2:]
    runs, text_of = runs[inside], text_of[:-2][inside]
    counts = np.bincount(text_of, minlength=len(texts))
    sketched = np.flatnonzero(counts)
    first = (np.cumsum(counts) - counts)[sketched]
    enough = counts[sketched] >= FEWEST_WORDS - 2
    for place in range(BYTES):
        smallest = np.minimum.reduceat(runs * ranks[place], first)
        # The highest bits of a minimum are almost always 0, so bits from further down are kept.
        made[sketched, place] = np.where(enough, (smallest >> np.uint64(24)).astype(np.uint8), 0)
    return made.tobytes()


def _hash_words(
    raw: "NDArray[np.uint8]",
    word: "NDArray[np.bool_]",
    starts: "NDArray[np.intp]",
    letters: "NDArray[np.uint64]",
) -> "NDArray[np.uint64]":
    import numpy as np

    places = np.flatnonzero(word)
    first = np.searchsorted(places, starts)
    within = np.arange(len(places)) - np.repeat(first, np.diff(np.append(first, len(places))))
    weighed = (raw[places].astype(np.uint64) + np.uint64(1)) * letters[within & (LETTERS - 1)]
    return _mixed(np.add.reduceat(weighed, first))


def _mixed(values: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    import numpy as np

    values = (values ^ (values >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return values ^ (values >> np.uint64(29))
