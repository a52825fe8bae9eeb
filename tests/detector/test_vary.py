"""Other words in the place of ordinary ones: of the same form, or the same."""

import pytest

from clinft.stages.audit.detector import gazetteer
from clinft.stages.audit.detector.features import shape
from detector.draw import Draw
from detector.vary import other


@pytest.mark.parametrize("word", ["fever", "Fever", "12", "FEVER", "of", "a", "A"])
def test_another_word_has_the_same_form(word: str) -> None:
    draw = Draw("test", 1)
    others = {other(word, draw) for _ in range(50)}
    assert len(others) > 5
    assert {shape(one)[0] for one in others} == {shape(word)[0]}


@pytest.mark.parametrize("word", ["4471920", ",", "pt's", "McA"])
def test_what_has_no_like_stays(word: str) -> None:
    assert {other(word, Draw("test", seed)) for seed in range(20)} == {word}


@pytest.mark.parametrize("word", ["Mom", "MOM"])
def test_words_with_capitals_become_no_word_that_a_list_of_names_has(word: str) -> None:
    draw, known = Draw("test", 2), gazetteer.read()
    made = {other(word, draw) for _ in range(400)}
    # Letters drawn at random for an abbreviation may spell anything.
    assert not {one for one in made if one.lower() in known and (word == "Mom" or len(one) > 5)}


def test_same_seed_gives_the_same_words() -> None:
    def made(seed: int) -> list[str]:
        draw = Draw("test", seed)
        return [other("fever", draw) for _ in range(20)]

    assert made(1) == made(1) != made(2)
