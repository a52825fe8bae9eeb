"""Records that repeat each other, letter by letter or nearly, and long passages that some share."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from clinft.artifacts.audit import Duplicates, Place
from clinft.stages.audit.authenticity.rows import Sorted
from clinft.stages.audit.authenticity.sketch import BYTES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    # Of the records at these positions.
    Sketches = Callable[[NDArray[np.intp]], NDArray[np.uint8]]

# Of 32 bytes: an estimated 78 % of the three-word runs of two texts together are in both.
ALIKE = 25
# An estimated 50 % or less.
UNLIKE = 16
# Sketches are sorted by each of 8 bands; two that are 0.8 alike share one with probability 0.985.
BAND, SORTED_BY = 4, 16
NEIGHBOURS = 3
SHOWN = 20
# Sketches compared at once: more would cost memory for nothing.
AT_ONCE = 50_000
# What more records share is the dataset's own template.
FEW = 10


def duplicates(records: Sorted) -> Duplicates | None:
    """None without texts to compare."""
    import numpy as np

    text = records.hashes("text")
    with_text = np.flatnonzero(text)
    if not len(with_text):
        return None
    _, first, group, sizes = np.unique(
        text[with_text], return_index=True, return_inverse=True, return_counts=True
    )
    pairs = _alike(records.sketches(with_text[first]))
    label = _components(len(sizes), pairs)[group]
    paired = np.zeros(len(sizes), dtype=bool)
    paired[pairs.ravel()] = True
    _, leader, component, members = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    earlier = leader[component]
    later = np.flatnonzero(earlier != np.arange(len(label)))[:SHOWN]
    return Duplicates(
        records=len(with_text),
        exact=int(sizes[sizes > 1].sum()),
        near=int(np.count_nonzero(paired & (sizes == 1))),
        largest_group=int(members.max()) if members.max() > 1 else 0,
        places=tuple(
            (records.place(with_text[earlier[position]]), records.place(with_text[position]))
            for position in later
        ),
    )


def shared_passages(records: Sorted) -> tuple[int, list[Place]]:
    """Records that share a long passage with a few others of another text, and the first places."""
    import numpy as np

    passage = records.hashes("passage")
    _, first, group, sizes = np.unique(passage, return_index=True, return_inverse=True, return_counts=True)
    candidates = np.flatnonzero(((sizes > 1) & (sizes <= FEW))[group] & (passage != 0))
    pairs = np.column_stack((candidates, first[group[candidates]]))
    unlike = _agreeing(records.sketches, pairs) < UNLIKE
    several = np.zeros(len(sizes), dtype=bool)
    several[group[candidates[unlike]]] = True
    shared = candidates[several[group[candidates]]]
    return len(shared), [records.place(position) for position in shared[:SHOWN]]


def _alike(sketches: "NDArray[np.uint8]") -> "NDArray[np.intp]":
    """Pairs of rows whose sketches agree in at least ALIKE bytes.

    Only neighbours in eight sorted orders are compared, so that time does not grow with the square of rows.
    """
    import numpy as np

    usable = np.flatnonzero(sketches.any(axis=1))
    found = [np.empty((0, 2), dtype=np.intp)]
    for start in range(0, BYTES, BAND):
        turned = sketches[np.ix_(usable, (np.arange(SORTED_BY) + start) % BYTES)]
        high, low = turned.view(">u8").T
        order = usable[np.lexsort((low, high))]
        for distance in range(1, NEIGHBOURS + 1):
            pairs = np.column_stack((order[:-distance], order[distance:]))
            found.append(pairs[_agreeing(sketches.__getitem__, pairs) >= ALIKE])
    return np.concatenate(found)


def _agreeing(sketches: "Sketches", pairs: "NDArray[np.intp]") -> "NDArray[np.intp]":
    """In how many bytes the sketches of each pair agree."""
    import numpy as np

    agreeing = np.zeros(len(pairs), dtype=np.intp)
    for start in range(0, len(pairs), AT_ONCE):
        left, right = pairs[start : start + AT_ONCE].T
        agreeing[start : start + AT_ONCE] = np.count_nonzero(sketches(left) == sketches(right), axis=1)
    return agreeing


def _components(count: int, pairs: "NDArray[np.intp]") -> "NDArray[np.intp]":
    """For each row the lowest row that it is connected to."""
    import numpy as np

    label = np.arange(count)
    while len(pairs):
        lowest = np.minimum(label[pairs[:, 0]], label[pairs[:, 1]])
        before = label.copy()
        np.minimum.at(label, pairs[:, 0], lowest)
        np.minimum.at(label, pairs[:, 1], lowest)
        label = label[label]
        if np.array_equal(label, before):
            break
    return label
