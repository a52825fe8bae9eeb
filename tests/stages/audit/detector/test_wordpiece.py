"""Words in pieces, by a vocabulary small enough to cut by hand and by the one that is shipped."""

from collections.abc import Mapping

import pytest

from clinft.stages.audit.detector import wordpiece

SMALL = {"a": 1, "ab": 2, "##b": 3, "##bc": 4, "##c": 5, "##d": 6}


@pytest.fixture(scope="module")
def vocabulary() -> Mapping[str, int]:
    return wordpiece.read_vocabulary()


@pytest.mark.parametrize(
    ("word", "limit", "expected"),
    [
        ("ab", 4, [2]),  # the longest piece, not a and ##b
        ("abbc", 4, [2, 4]),
        ("abcd", 4, [2, 5, 6]),  # greedy: ab takes the b of ##bc
        ("abcd", 2, [2, 5]),
        ("b", 4, [wordpiece.UNKNOWN]),  # ##b only goes on
        ("abx", 4, [wordpiece.UNKNOWN]),
        ("abx", 1, [2]),  # what lies behind the limit is not read
        ("", 4, []),
    ],
)
def test_pieces_are_the_longest_from_the_left(word: str, limit: int, expected: list[int]) -> None:
    assert wordpiece.pieces(word, SMALL, limit) == expected


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("Smith", "smith"),
        ("Zoë", "zoe"),
        ("Ångström", "angstrom"),
        ("NGUYỄN", "nguyen"),
        ("İ", "i"),
        ("名", "名"),
    ],
)
def test_plain_words_are_small_and_without_marks(word: str, plain: str) -> None:
    assert wordpiece.plain(word) == plain


# What the tokenizer of MiniLM itself gives; tests/detector/test_word_vectors.py asks it, where it is installed.
@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("smith", ["smith"]),
        ("metoprolol", ["met", "##op", "##rol", "##ol"]),
        ("adeyemi", ["ad", "##eye", "##mi"]),
        ("12", ["12"]),
        (",", [","]),
    ],
)
def test_shipped_vocabulary_cuts_as_minilm_does(
    word: str, pieces: list[str], vocabulary: Mapping[str, int]
) -> None:
    assert wordpiece.pieces(word, vocabulary, 20) == [vocabulary[piece] for piece in pieces]


def test_numbers_of_the_shipped_vocabulary_are_those_of_bert(vocabulary: Mapping[str, int]) -> None:
    assert vocabulary["[PAD]"] == 0
    assert vocabulary["[UNK]"] == wordpiece.UNKNOWN
    assert sorted(vocabulary.values()) == list(range(30_522))
