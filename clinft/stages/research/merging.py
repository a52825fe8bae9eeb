"""One record for one paper, whichever services returned it, joined over the ids that they gave."""

from collections.abc import Iterable

from clinft.artifacts.research import IdKind, Reference, named_by, page_of


def merged(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """In order of their first appearance. Two that share an id and disagree on another are two papers."""
    kept: list[Reference | None] = []
    where: dict[tuple[IdKind, str], int] = {}
    for one in references:
        joined, at = one, None
        for place in sorted({where[pair] for pair in _pairs(one) if pair in where}):
            other = kept[place]
            if other is None or not _agree(other, joined):
                continue
            if at is None:
                joined, at = _joined(other, joined), place
            else:  # what it shows to be the same as an earlier one
                joined, kept[place] = _joined(joined, other), None
        if at is None:
            at = len(kept)
            kept.append(joined)
        kept[at] = joined
        for pair in _pairs(joined):
            if pair not in where or kept[where[pair]] is None:
                where[pair] = at
    return tuple(one for one in kept if one is not None)


def key_among(one: Reference, references: Iterable[Reference]) -> str | None:
    """Of the record that it was merged into, where something may still rest on that."""
    found = next((other for other in references if same(one, other)), None)
    return None if found is None or found.retracted else found.key


def same(one: Reference, other: Reference) -> bool:
    return bool(_pairs(one) & _pairs(other)) and _agree(one, other)


def _pairs(one: Reference) -> set[tuple[IdKind, str]]:
    return {*one.ids.items()}


def _agree(one: Reference, other: Reference) -> bool:
    return all(other.ids.get(kind, text) == text for kind, text in one.ids.items())


def _joined(first: Reference, second: Reference) -> Reference:
    ids = {**second.ids, **first.ids}
    kind = named_by(ids)
    return Reference(
        kind=kind,
        id=ids[kind],
        ids=ids,
        title=first.title,
        year=first.year or second.year,
        journal=first.journal or second.journal,
        url=page_of(kind, ids[kind]),
        retrieved=tuple(dict.fromkeys((*first.retrieved, *second.retrieved))),
        # What one service knows holds, whatever another one does not say.
        retracted=first.retracted or second.retracted,
        concern=first.concern or second.concern,
        retraction_checked=first.retraction_checked or second.retraction_checked,
        licence=first.licence or second.licence,
    )
