"""The training texts: exact spans, the same for a seed, no name of the sets that measure, clean where clean."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest

from clinft.stages.audit.detector.network import LABELS
from detector import generate, negatives
from detector.draw import Draw
from detector.exclusions import allowed_name, allowed_place, key
from detector.generate import CLEAN, joined, samples, styles
from detector.lists import pool
from detector.negatives import SOURCES, negative
from detector.noise import decoys, replaced
from detector.sample import Sample
from detector.template import SLOT, Piece

COUNT = 3000
FEWEST_TEMPLATES, FEWEST_NAMES = 600, 30_000
# Of places, those with no word that says what kind of place it is are looked up as they stand.
TOWN = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?")


@pytest.fixture(scope="module")
def made() -> list[Sample]:
    return list(islice(samples(1), COUNT))


def test_same_seed_gives_the_same_texts(made: list[Sample]) -> None:
    assert list(islice(samples(1), 500)) == made[:500]
    assert list(islice(samples(2), 500)) != made[:500]


def test_two_streams_do_not_disturb_each_other(made: list[Sample]) -> None:
    one, two = samples(1), samples(9)
    for sample in made[:100]:
        next(two)
        assert next(one) == sample


def test_spans_match_the_text_apart_and_without_blanks(made: list[Sample]) -> None:
    for sample in made:
        end = 0
        for span in sample.spans:
            value = sample.text[span.start : span.end]
            assert end <= span.start < span.end <= len(sample.text)
            assert value == value.strip()
            assert span.label in LABELS[1:]
            end = span.end


def test_every_label_and_clean_texts_occur(made: list[Sample]) -> None:
    labels = Counter(span.label for sample in made for span in sample.spans)
    assert set(labels) == set(LABELS[1:])
    clean = sum(not sample.spans for sample in made)
    assert 0.2 < clean / COUNT < 0.45


def test_no_slot_is_left_unfilled(made: list[Sample]) -> None:
    assert not any(SLOT.search(sample.text) for sample in made)


def test_no_person_of_the_measuring_sets_occurs(made: list[Sample]) -> None:
    names = [s.text[p.start : p.end] for s in made for p in s.spans if p.label == "NAME"]
    assert len(names) > COUNT / 2
    assert [name for name in names if not allowed_name(name)] == []


def test_no_town_of_the_measuring_sets_occurs(made: list[Sample]) -> None:
    places = [s.text[p.start : p.end] for s in made for p in s.spans if p.label == "PLACE"]
    towns = [place for place in places if TOWN.fullmatch(place)]
    assert len(towns) > 100
    assert [town for town in towns if not allowed_place(town)] == []


@pytest.mark.parametrize(
    "name", ["given_common", "given", "given_world", "surnames_common", "surnames", "surnames_world"]
)
def test_no_pool_holds_an_excluded_name(name: str) -> None:
    assert [one for one in pool(name) if not allowed_name(one)] == []


@pytest.mark.parametrize("name", ["cities", "cities_large", "cities_world", "counties"])
def test_no_pool_holds_an_excluded_place(name: str) -> None:
    assert [line for line in pool(name) if not allowed_place(line.split("|")[0])] == []


def test_excluded_names_are_known_by_digests_without_case(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key("name Ada") == key("NAME ADA") != key("place Ada")
    listed = frozenset((key("name quibblethorpe"), key("place tarnville")))
    monkeypatch.setattr("detector.exclusions.excluded", lambda: listed)
    assert not allowed_name("Ada QUIBBLETHORPE")
    assert allowed_name("Ada Quibble")
    assert not allowed_place("Tarnville")
    assert not allowed_place("The city of Tarnville Hospital")
    assert allowed_place("Tarnville Falls")


def test_there_is_a_list_of_excluded_names() -> None:
    from detector.exclusions import excluded

    assert len(excluded()) > 100
    assert all(re.fullmatch(r"[0-9a-f]{12}", one) for one in excluded())


@pytest.mark.parametrize("source", SOURCES)
def test_clean_sources_give_text_and_no_span(source: str) -> None:
    for seed in range(50):
        pieces = negative(Draw("clean", seed), frozenset(SOURCES) - {source})
        assert {label for _, label in pieces} == {None}
        assert "".join(text for text, _ in pieces).strip()


def test_decoys_are_no_identifiers() -> None:
    pieces: list[Piece] = [("Hi ", None), ("Ada", "NAME"), (", at ", None), ("Tarnville", "PLACE")]
    found = decoys(pieces, Draw("decoys", 1))
    assert {label for _, label in found} == {None}
    assert [text for text, _ in found[::2]] == ["Hi ", ", at "]
    assert not {"Ada", "Tarnville"} & {text for text, _ in found}


def test_identifiers_are_never_replaced() -> None:
    pieces: list[Piece] = [("seen today with fever ", None), ("Adelaide Quillon", "NAME")]
    found = [replaced(pieces, Draw("replaced", seed)) for seed in range(50)]
    assert {one[1] for one in found} == {pieces[1]}
    assert len({one[0] for one in found}) > 10


def drawn(without: frozenset[str], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Which sources of clean text 1,000 samples come from."""
    seen: set[str] = set()

    def noted(name: str, make: Callable[..., object]) -> Callable[..., object]:
        def noting(*given: object) -> object:
            seen.add(name)
            return make(*given)

        return noting

    with monkeypatch.context() as patch:
        for name, (weight, make) in SOURCES.items():
            patch.setitem(negatives.SOURCES, name, (weight, noted(name, make)))
        patch.setattr(generate, "decoys", noted("decoys", decoys))
        patch.setattr(generate, "replaced", noted("replaced", replaced))
        clinical, general, _ = generate._pools()
        clean = ((lambda draw: noted("templates", list)([("clean", None)]),),)
        patch.setattr(generate, "_pools", lambda: (clinical, general, clean))
        list(islice(samples(3, without), 1000))
    return seen


@pytest.mark.parametrize("source", sorted(CLEAN))
def test_without_leaves_a_source_out_and_no_other(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(frozenset((source,)), monkeypatch) == CLEAN - {source}


def test_variety() -> None:
    names = {name for key in ("given", "given_world", "surnames", "surnames_world") for name in pool(key)}
    assert len(names) > FEWEST_NAMES
    assert sum(len(one) for by_style in styles().values() for one in by_style.values()) > FEWEST_TEMPLATES


@pytest.mark.parametrize(
    ("pieces", "values"),
    [
        ([("Hi ", None), ("Ada", "NAME"), (" ", None), ("Lovelace", "NAME")], ["Ada Lovelace"]),
        ([("Ada", "NAME"), ("/", None), ("Bo", "NAME")], ["Ada", "Bo"]),
        ([("Ada", "NAME"), (" ", None), ("Tarnville", "PLACE")], ["Ada", "Tarnville"]),
        ([("Tarnville", "PLACE"), (" ", None), ("Ohio", "PLACE")], ["Tarnville", "Ohio"]),
        ([("  Ada ", "NAME"), ("\n", None)], ["Ada"]),
        ([(" ", "NAME"), ("left", None)], []),
    ],
)
def test_pieces_become_one_text_with_spans(pieces: list[Piece], values: list[str]) -> None:
    sample = joined(pieces)
    assert sample.text == "".join(text for text, _ in pieces)
    assert [sample.text[span.start : span.end] for span in sample.spans] == values
