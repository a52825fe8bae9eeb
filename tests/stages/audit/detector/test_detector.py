"""From likely words to finds, with a network that says what the test tells it, and with the shipped one."""

import math
from collections.abc import Mapping

import pytest

from clinft.stages.audit.detector.detector import (
    ENTITY_TYPES,
    OWN_CHANCE,
    POSSIBLE,
    Detector,
    default,
    recognizers,
)
from clinft.stages.audit.detector.features import tokens
from clinft.stages.audit.detector.network import LABELS, Word
from clinft.stages.audit.detector.operating_point import Limits, OperatingPoint
from clinft.stages.audit.origin import Match
from clinft.stages.audit.severity import BLOCKING, weights
from clinft.stages.audit.windows import SIZE

POINT = OperatingPoint(1.0, 0.0, dict.fromkeys(LABELS[1:], Limits(certain=0.8, possible=0.1)))
SURE = "Mr. Tobias Lindqvist was seen for chest pain."
# Word → label, chance.
Told = Mapping[str, tuple[str, float]]
PERSON: Told = {"Ada": ("NAME", 0.9), "Quill": ("NAME", 0.9)}


class Network:
    """Says of each word what it was told."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.longest = 0

    def words(self, text: str, least: float) -> list[Word]:
        self.longest = max(self.longest, len(text))
        every = (
            Word(start, end, label, math.log(chance / (1 - chance)))
            for start, end, word in tokens(text)
            for label, chance in [self.told.get(word, ("NAME", 0.001))]
        )
        return [word for word in every if word.odds >= least]


def finds(
    text: str, told: Told, *, taken: list[tuple[int, int]] | None = None, first: int = 0
) -> list[Match]:
    return Detector(Network(told), POINT).finds(text, taken or [], first)


def shown(text: str, told: Told, **given: object) -> list[tuple[str, str]]:
    """Text and type of each find."""
    return [(text[one.start : one.end], one.origin.entity_type) for one in finds(text, told, **given)]


@pytest.mark.parametrize(
    ("chance", "expected"),
    [(0.79, "POSSIBLE_PERSON"), (0.81, "PERSON"), (0.11, "POSSIBLE_PERSON"), (0.09, None)],
)
def test_limits_say_what_is_certain_and_what_is_possible(chance: float, expected: str | None) -> None:
    found = shown("seen by Ada today", {"Ada": ("NAME", chance)})
    assert found == ([] if expected is None else [("Ada", expected)])


@pytest.mark.parametrize("label", LABELS[1:])
def test_each_label_has_limits_and_types_of_its_own(label: str) -> None:
    limits = {each: Limits(0.9, 0.8) for each in LABELS[1:]} | {label: Limits(0.5, 0.2)}
    point = OperatingPoint(1.0, 0.0, limits)
    for chance, place in ((0.6, 0), (0.3, 1)):
        (found,) = Detector(Network({"Ada": (label, chance)}), point).finds("by Ada now")
        assert found.origin.entity_type == ENTITY_TYPES[label][place]
        assert found.origin.recognizer == f"detector/{label.lower()}"
    for other in set(LABELS[1:]) - {label}:
        assert Detector(Network({"Ada": (other, 0.6)}), point).finds("by Ada now") == []


def test_certain_finds_block_and_possible_ones_do_not() -> None:
    for certain, possible in ENTITY_TYPES.values():
        assert weights()[certain].of("plausible", False) in BLOCKING
        assert weights()[possible].of("plausible", False) not in BLOCKING
        assert possible in POSSIBLE
        assert certain not in POSSIBLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by Ada Quill now", ["Ada Quill"]),
        ("Quill, Ada", ["Quill", "Ada"]),  # people are listed with commas
        ("A. Quill", ["A. Quill"]),
        ("Ada. Quill", ["Ada", "Quill"]),
        ("Ada & Quill", ["Ada", "Quill"]),
        ("Ada-Quill", ["Ada-Quill"]),
        ("Ada\nQuill", ["Ada", "Quill"]),
        ("Ada; Quill", ["Ada", "Quill"]),
        ("Ada and Quill", ["Ada", "Quill"]),
        ("Ada   Quill", ["Ada", "Quill"]),
    ],
)
def test_neighbours_are_one_find(text: str, expected: list[str]) -> None:
    assert [part for part, _ in shown(text, PERSON | {"A": ("NAME", 0.9)})] == expected


def test_the_name_of_a_firm_may_have_an_ampersand() -> None:
    told = dict.fromkeys(("Ada", "Quill"), ("ORGANISATION", 0.9))
    assert shown("Ada & Quill", told) == [("Ada & Quill", "EMPLOYER")]


def test_an_unlikely_ordinary_word_between_two_people_is_part_of_neither() -> None:
    told = PERSON | {"and": ("NAME", 0.12), "de": ("NAME", 0.12)}
    assert shown("his wife Ada and Quill came", told) == [
        ("Ada", "PERSON"),
        ("and", "POSSIBLE_PERSON"),
        ("Quill", "PERSON"),
    ]
    assert shown("his wife Ada de Quill came", told) == [("Ada de Quill", "PERSON")]


def test_neighbours_of_two_labels_are_two_finds() -> None:
    told = PERSON | {"Tarnville": ("PLACE", 0.9)}
    assert shown("Ada Tarnville", told) == [("Ada", "PERSON"), ("Tarnville", "PLACE")]


def test_the_likeliest_word_decides_for_its_neighbours() -> None:
    told = {"Ada": ("NAME", 0.9), "Quill": ("NAME", 0.4)}
    assert shown("Ada Quill", told) == [("Ada Quill", "PERSON")]
    assert shown("Ada Quill", {**told, "Ada": ("NAME", 0.5)}) == [("Ada Quill", "POSSIBLE_PERSON")]


def test_a_name_certain_once_is_certain_everywhere_in_the_text() -> None:
    told = {"Ada": ("NAME", 0.4), "ada": ("NAME", 0.4), "Quill": ("NAME", 0.9)}
    assert shown("Ada left.", told) == [("Ada", "POSSIBLE_PERSON")]
    # In lower case it is another word.
    assert shown("Ada left. Ada Quill came, ada did.", told) == [
        ("Ada", "PERSON"),
        ("Ada Quill", "PERSON"),
        ("ada", "POSSIBLE_PERSON"),
    ]
    # Each word for itself.
    assert shown("Ada Quill came. Ada Bram left.", {**told, "Bram": ("NAME", 0.2)}) == [
        ("Ada Quill", "PERSON"),
        ("Ada", "PERSON"),
        ("Bram", "POSSIBLE_PERSON"),
    ]
    # A particle says nothing of other places.
    assert shown("Quill de Quill left. Mrs de came.", {**told, "de": ("NAME", 0.4)}) == [
        ("Quill de Quill", "PERSON"),
        ("de", "POSSIBLE_PERSON"),
    ]


def test_edges_of_a_certain_find_are_trimmed() -> None:
    told = {"of": ("NAME", 0.2), "Ada": ("NAME", 0.9), "de": ("NAME", 0.2), "Quill": ("NAME", 0.5)}
    of = ("of", "POSSIBLE_PERSON")
    assert shown("of Ada de Quill of", told) == [of, ("Ada de Quill", "PERSON"), of]
    told["Ada"] = ("NAME", 0.7)
    assert shown("of Ada de Quill of", told) == [("of Ada de Quill of", "POSSIBLE_PERSON")]


def test_scores_are_the_chance_of_the_likeliest_word_in_hundredths() -> None:
    for chance, score in ((0.456, 0.45), (0.99999, 0.99), (0.15, 0.15)):
        found = finds("Ada Quill", {"Ada": ("NAME", 0.12), "Quill": ("NAME", chance + 1e-9)})[-1]
        assert found.origin.score == score


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], ["Ada Mae Quill"]),
        ([(3, 6)], ["Mae Quill"]),
        ([(7, 10)], ["Ada", "Quill"]),
        ([(4, 5)], ["Mae Quill"]),  # any part of a word is the word
        ([(3, 16)], []),
        ([(0, 30)], []),
        ([(3, 6), (11, 16)], ["Mae"]),
        ([(0, 3), (16, 20)], ["Ada Mae Quill"]),  # beside it
        ([(6, 7)], ["Ada", "Mae Quill"]),  # no find lies over another
    ],
)
def test_what_a_rule_has_explained_is_left_out(taken: list[tuple[int, int]], expected: list[str]) -> None:
    told = dict.fromkeys(("Ada", "Mae", "Quill"), ("NAME", 0.9))
    assert [part for part, _ in shown("by Ada Mae Quill now", told, taken=taken)] == expected


@pytest.mark.parametrize(
    ("word", "label", "expected"),
    [
        ("Moe", "NAME", ["Moe"]),
        ("Mo", "NAME", []),  # too short to be a find of its own
        ("4471", "PLACE", []),  # nor is a number
        ("Moe", "PLACE", ["Moe"]),
        ("Moe", "ORGANISATION", ["Moe"]),
        ("Moe", "ID", []),  # what is left of an id tells nothing
    ],
)
def test_the_rest_of_a_find_needs_a_word_of_three_letters(word: str, label: str, expected: list[str]) -> None:
    told = {"Quill": (label, 0.9), word: (label, 0.9)}
    text = f"Quill {word} left"
    assert [part for part, _ in shown(text, told)] == [f"Quill {word}"]
    assert [part for part, _ in shown(text, told, taken=[(0, 5)])] == expected


def test_an_id_beside_what_a_rule_has_explained_stays() -> None:
    told = {"KX": ("ID", 0.9), "4471": ("ID", 0.9)}
    assert [part for part, _ in shown("by KX-4471 now", told, taken=[(0, 3), (10, 14)])] == ["KX-4471"]


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ((0.9, 0.9), [("Quill", "PERSON")]),
        ((0.9, OWN_CHANCE), [("Quill", "PERSON")]),
        ((0.9, OWN_CHANCE - 0.01), [("Quill", "POSSIBLE_PERSON")]),
        ((0.4, 0.79), [("Quill", "POSSIBLE_PERSON")]),  # nothing of the find is certain
    ],
)
def test_the_rest_of_a_certain_find_is_certain_if_it_is_likely_itself(
    chances: tuple[float, float], expected: list[tuple[str, str]]
) -> None:
    told = {word: ("NAME", chance + 1e-9) for word, chance in zip(("Ada", "Quill"), chances, strict=True)}
    assert shown("Ada Quill", told, taken=[(0, 3)]) == expected


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("at 44710 now", "PLACE", ["44710"]),
        ("at 4471 now", "PLACE", []),  # too short for a postcode
        ("at 44-710 now", "PLACE", []),
        ("at 44710 now", "NAME", []),
        ("at 44710 now", "ID", []),
        ("at KX-44710 now", "ID", ["KX-44710"]),
    ],
)
def test_numbers_alone_are_a_matter_of_the_rules(text: str, label: str, expected: list[str]) -> None:
    told = dict.fromkeys(("44710", "4471", "44", "710", "KX"), (label, 0.9))
    assert [part for part, _ in shown(text, told)] == expected


@pytest.mark.parametrize("text", ["", " ", "J. 44710", "\ud800\n12/7"])
def test_a_text_without_a_word_is_not_read(text: str) -> None:
    network = Network(dict.fromkeys(("J", "44710", "12"), ("PLACE", 0.9)))
    assert Detector(network, POINT).finds(text) == []
    assert network.longest == 0


def test_what_stands_before_the_first_place_is_read_and_not_found() -> None:
    assert shown("Ada Quill; Ada", PERSON, first=4) == [("Quill", "PERSON"), ("Ada", "PERSON")]
    assert shown("Ada Quill; Ada", PERSON, first=5) == [("Ada", "PERSON")]
    assert shown("Ada Quill; Ada", PERSON, first=14) == []


# Around every cut and seam of the windows of a long text.
@pytest.mark.parametrize("shift", range(0, 60, 7))
def test_long_texts_are_read_in_windows_and_nothing_is_lost_or_doubled(shift: int) -> None:
    text = "x" * shift + " " + "by Ada Mae Quill; " * (3 * SIZE // 18)
    network = Network(dict.fromkeys(("Ada", "Mae", "Quill"), ("NAME", 0.9)))
    found = Detector(network, POINT).finds(text)
    assert network.longest <= SIZE
    assert [(one.start, one.end) for one in found] == [
        (at, at + len("Ada Mae Quill")) for at in range(len(text)) if text.startswith("Ada Mae Quill", at)
    ]


def test_windows_find_what_the_network_finds_in_the_whole() -> None:
    text = "Mr. Tobias Lindqvist came at noon.\nHe ate, slept and left.\n" * (2 * SIZE // 60)
    found = [(one.start, one.end) for one in default().finds(text) if one.origin.entity_type == "PERSON"]
    assert found == [
        (at, at + len("Tobias Lindqvist"))
        for at in range(len(text))
        if text.startswith("Tobias Lindqvist", at)
    ]


def test_the_shipped_detector_finds_a_name_and_leaves_a_sentence_alone() -> None:
    (found,) = default().finds(SURE)
    assert SURE[found.start : found.end] in ("Tobias Lindqvist", "Mr. Tobias Lindqvist")
    assert found.origin.entity_type == "PERSON"
    assert found.certainty == "plausible"
    assert default().finds("He was seen for chest pain and fever today.") == []


def test_families_look_for_the_letters_of_their_types() -> None:
    assert {letter for letter in "ABCDEFGHIJKLMNOPQR" if recognizers(letter)} == {
        weights()[certain].letter for certain, _ in ENTITY_TYPES.values()
    }
    assert recognizers("A") == ("detector",)
    assert recognizers("G") == ()


def test_words_in_a_placeholder_are_no_find() -> None:
    told = PERSON | {"PERSON": ("NAME", 0.9), "PLACE": ("PLACE", 0.9)}
    assert shown("[PERSON_1] and [PLACE] saw Ada", told) == [("Ada", "PERSON")]
    assert shown("[PERSON 1] saw", told) == [("PERSON", "PERSON")]
    # Other words in brackets may be names.
    assert shown("Patient: [QUILL], age 54", {"QUILL": ("NAME", 0.9)}) == [("QUILL", "PERSON")]
    assert shown("Patient: [PERSON_QUILL]", {"QUILL": ("NAME", 0.9)}) == [("QUILL", "PERSON")]
    # Rules see through what looks like one.
    assert shown("[PERSON_1] saw Ada", told, taken=[(8, 9)]) == [("Ada", "PERSON")]


def test_of_few_words_in_lower_case_only_certain_ones_are_finds() -> None:
    told = {"quill": ("NAME", 0.9), "ada": ("NAME", 0.5), "Bram": ("NAME", 0.5)}
    assert shown("quill", told) == []
    assert shown("ada came in today", told) == []
    assert shown("quill came", told) == [("quill", "PERSON")]
    assert shown("ada came in today with pain", told) == [("ada", "POSSIBLE_PERSON")]
    assert shown("Bram", told) == []
    assert shown("Bram came", told) == [("Bram", "POSSIBLE_PERSON")]
    # Capitals of any alphabet are capitals.
    assert shown("Éloïse came", {"Éloïse": ("NAME", 0.5)}) == [("Éloïse", "POSSIBLE_PERSON")]
    # What stands before, such as the key of a value, is no word of it.
    assert finds("key of it: ada", told, first=11) == []


def test_numbers_alone_are_only_postcodes() -> None:
    told = {"71101": ("PLACE", 0.9), "7110": ("PLACE", 0.9), "88": ("NAME", 0.9)}
    assert shown("Code 71101 here", told) == [("71101", "PLACE")]
    assert shown("Code 7110 and 88 here", told) == []


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("CK 17705 U/L today", "17705 U", []),
        ("red cells 29 /HPF today", "HPF", []),
        ("sample 17705 U today", "17705 U", ["17705 U"]),  # no unit: nothing is counted by it
        ("sample HPF today", "HPF", ["HPF"]),
        ("sample KX/17705 today", "KX", ["KX"]),  # a stroke alone makes no unit
    ],
)
def test_a_count_beside_a_unit_is_no_id(text: str, word: str, expected: list[str]) -> None:
    told = dict.fromkeys(word.split(), ("ID", 0.9))
    assert [part for part, _ in shown(text, told)] == expected
