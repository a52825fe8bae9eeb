"""Which rows go through a model together: of like length, so that little is padded, and no more than fit."""

from collections.abc import Sequence


def batches(lengths: Sequence[int], rows: int, tokens: int) -> list[list[int]]:
    """Indices of the rows, longest first: what does not fit into memory fails at once, not near the end.

    At most `rows` rows, and at most `tokens` tokens, padding counted; a row that is longer goes alone.
    Rows of equal length keep their order.
    """
    found: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        # The first row of a batch is its longest.
        if not found or len(found[-1]) >= min(rows, tokens // max(1, lengths[found[-1][0]])):
            found.append([])
        found[-1].append(index)
    return found
