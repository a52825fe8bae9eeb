"""ROUGE and its stemmer equal rouge-score and NLTK, word by word and text by text."""

import json
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

from clinft.artifacts.scoring.porter import stem
from clinft.artifacts.scoring.rouge import rouge, tokens
from clinft.artifacts.scoring.vocabulary import _names

NAMES = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeL"}
ENDINGS = re.findall(
    "[a-z]+",
    "s es ed ing ies ied eed ly ally fully ness ation ational tional iveness ization logy logi ement ion sion ll e "
    "y ful ical icate able ible ence enci ator ism iti ous ive bli",
)
WORDS = sorted({word for _, _, name in _names() for word in re.findall(r"[a-z]+", name.casefold())})


def test_stems_equal_nltks_over_the_words_of_our_tables_and_their_forms() -> None:
    theirs = PorterStemmer()
    rng = random.Random(3)
    forms = [word + ending for word in WORDS for ending in rng.sample(ENDINGS, 6)]
    irregular = [
        "skies",
        "dying",
        "news",
        "innings",
        "proceed",
        "howe",
        "by",
        "say",
        "enjoy",
        "spied",
        "dies",
    ]
    words = {*WORDS, *forms, *irregular}
    assert len(words) > 5000
    assert {word: stem(word) for word in words} == {word: theirs.stem(word) for word in words}


@settings(deadline=None)
@given(st.from_regex(r"[a-z0-9]{1,14}", fullmatch=True))
def test_stems_equal_nltks_for_any_letters(word: str) -> None:
    assert stem(word) == PorterStemmer().stem(word)


@pytest.mark.parametrize(
    ("gold", "said", "wanted"),
    [
        # Three of four words, in another order: pairs and the longest sequence shrink.
        (
            "severe chest pain today",
            "pain chest severe",
            {"rouge_1": 6 / 7, "rouge_2": 0.0, "rouge_l": 2 / 7},
        ),
        ("chest pains", "chest pain", {"rouge_1": 1.0, "rouge_2": 1.0, "rouge_l": 1.0}),
        ("chest pain", "", {"rouge_1": 0.0, "rouge_2": 0.0, "rouge_l": 0.0}),
        ("", "", {"rouge_1": 0.0, "rouge_2": 0.0, "rouge_l": 0.0}),
        # The same word thrice is shared once.
        ("pain", "pain pain pain", {"rouge_1": 0.5, "rouge_2": 0.0, "rouge_l": 0.5}),
    ],
)
def test_rouge_by_hand(gold: str, said: str, wanted: dict[str, float]) -> None:
    assert rouge(gold, said) == pytest.approx(wanted)


texts = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*WORDS[::37], "7.5", "Á", "x-ray", "pains", "PAIN"]), max_size=25).map(
        " ".join
    ),
)


@settings(deadline=None)
@given(texts, texts)
def test_rouge_equals_rouge_scores(gold: str, said: str) -> None:
    theirs = RougeScorer(list(NAMES.values()), use_stemmer=True).score(gold, said)
    ours = rouge(gold, said)
    for name, other in NAMES.items():
        assert ours[name] == pytest.approx(theirs[other].fmeasure, abs=1e-9), json.dumps([gold, said])


def test_short_words_are_not_stemmed() -> None:
    assert tokens("Has pains, was ill") == ["has", "pain", "was", "ill"]
