"""Templates: slots, choices in choices, brackets that are text; and every one that training has."""

import pytest

from detector.draw import Draw
from detector.generate import styles
from detector.people import typo
from detector.romanize import romanized
from detector.slots import SLOTS
from detector.template import LABELLED, SLOT, Choice, Labelled, Piece, Sequence_, fill, parse

LABELS = {"NAME", "PLACE", "ORGANISATION", "ID"}
EVERY = [
    pytest.param(templates, id=f"{file}/{style}")
    for file, by_style in styles().items()
    for style, templates in by_style.items()
]


def name(draw: Draw) -> list[Piece]:
    return [("Ada", "NAME")]


def filled(text: str) -> set[str]:
    nodes = parse(text, {"name": name})
    found = set()
    for seed in range(60):
        pieces: list[Piece] = []
        fill(nodes, Draw(seed), pieces)
        found.add("".join(f"<{part}>" if label else part for part, label in pieces))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {name}.", {"Hi <Ada>."}),
        ("[a|b]", {"a", "b"}),
        ("[a [x|y]|]c", {"a xc", "a yc", "c"}),
        ("[{name}|nobody] left", {"<Ada> left", "nobody left"}),
        ("[x] {name}", {"[x] <Ada>"}),
        ('{"name": ["{name}"]}', {'{"name": ["<Ada>"]}'}),
        ("a | {name} |", {"a | <Ada> |"}),
        ("a\\n{name}\\t.", {"a\n<Ada>\t."}),
        ("[open {name}", {"[open <Ada>"}),
        ("a {PLACE:{name} [Hall|Way]}.", {"a <Ada Hall>.", "a <Ada Way>."}),
    ],
)
def test_template_is_filled(text: str, expected: set[str]) -> None:
    assert filled(text) == expected


def test_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        parse("{nobody}", {})


def test_label_that_does_not_end_is_an_error() -> None:
    with pytest.raises(AssertionError):
        parse("{PLACE:{name} House", {"name": name})


def labelled_ways(nodes: Sequence_) -> set[bool]:
    """Whether a way through the template has an identifier of its own, whatever its slots give."""
    ways = {False}
    for node in nodes:
        if isinstance(node, Choice):
            inner = {way for option in node.options for way in labelled_ways(option)}
            ways = {one or other for one in ways for other in inner}
        elif isinstance(node, Labelled):
            ways = {True}
    return ways


@pytest.mark.parametrize("templates", EVERY)
def test_every_template_is_filled_to_its_end(templates: tuple[Sequence_, ...]) -> None:
    assert templates
    for nodes in templates:
        for seed in range(2):
            pieces: list[Piece] = []
            fill(nodes, Draw("filled", seed), pieces)
            text = "".join(part for part, _ in pieces)
            assert text.strip()
            assert not SLOT.search(text)
            assert not LABELLED.search(text)
            assert {label for _, label in pieces} <= {None, *LABELS}


@pytest.mark.parametrize("templates", [one for one in EVERY if "/negative" in str(one.id)])
def test_clean_templates_have_no_identifier(templates: tuple[Sequence_, ...]) -> None:
    for nodes in templates:
        assert labelled_ways(nodes) == {False}
        for seed in range(5):
            pieces: list[Piece] = []
            fill(nodes, Draw("clean", seed), pieces)
            assert [piece for piece in pieces if piece[1]] == []


@pytest.mark.parametrize("slot", SLOTS)
def test_every_slot_gives_text_with_labels_that_are_known(slot: str) -> None:
    for seed in range(30):
        pieces = SLOTS[slot](Draw("slot", slot, seed))
        assert "".join(text for text, _ in pieces).strip()
        assert {label for _, label in pieces} <= {None, *LABELS}


def test_typo_changes_one_place_and_spares_short_names() -> None:
    draw = Draw(1)
    assert typo("Lee", draw) == "Lee"
    made = [typo("Zbigniew", draw) for _ in range(100)]
    assert all(abs(len(one) - 8) <= 1 for one in made)
    assert len(set(made)) > 5


@pytest.mark.parametrize(
    ("name", "latin"), [("Юлия", "Yuliya"), ("Щукин", "Shchukin"), ("Γιώργος", "Giorgos"), ("Zoë", "Zoë")]
)
def test_names_are_romanized(name: str, latin: str) -> None:
    assert romanized(name) == latin
