"""The network in NumPy: the same for a text whatever was read before, and no more kept than it may keep.

tests/detector/test_network.py compares it with the one that is trained.
"""

import subprocess
import sys
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.stages.audit.detector import network
from clinft.stages.audit.detector.features import tokens, words_of
from clinft.stages.audit.detector.network import DILATIONS, LABELS, Network

EVERYTHING = -np.inf
# How far a word sees to each side.
REACH = sum(DILATIONS)
TEXTS = [
    "Patient Bram Oduya was seen for chest pain.",
    # Some of its words are known by then, and the others more than are kept in these tests.
    "Patient Bram Oduya " + " ".join(f"known{chr(97 + n)}" for n in range(26)) + " a b c d e f g h",
    "lives at 14 Larch Road with his wife",
    "\n\n",
    "².İ\ud800 名 ’s",
    "Foley catheter, aspirin 81 mg daily, 3 weeks. " * 40,
    "a",
    " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(300)),
]
WORDS = st.sampled_from(
    ("Bram", "oduya", "KX", "-", "4471", "\n", "Larch", "Road", "seen", "Zoë", "of", "'s", "\ud800")
)
SENTENCES = st.lists(WORDS, max_size=50).map(" ".join)

Weights = Mapping[str, npt.NDArray[np.float32]]


@pytest.fixture(scope="module")
def weights() -> Weights:
    """Any numbers: what must hold of the network holds whatever it has learnt."""
    random = np.random.default_rng(1)
    shapes = {name: value.shape for name, value in Network()._weights.items()}
    return {name: random.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def used(weights: Weights) -> Network:
    return Network(weights)


def logits(one: Network, text: str) -> bytes:
    return one.logits(one.rows(words_of(text))).tobytes()


@settings(max_examples=40, deadline=None)
@given(st.lists(SENTENCES.filter(str.split), min_size=1, max_size=4))
def test_bits_do_not_depend_on_the_texts_before(weights: Weights, used: Network, texts: list[str]) -> None:
    for text in texts:
        assert logits(used, text) == logits(Network(weights), text)


def test_bits_do_not_depend_on_what_was_forgotten(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [logits(Network(weights), text) for text in TEXTS]
    monkeypatch.setattr(network, "WORDS", 40)
    small, forgotten = Network(weights), 0
    for number in range(12):
        for text, bits in zip(TEXTS, expected, strict=True):
            before = set(small._known)
            assert logits(small, text) == bits
            forgotten += not before <= set(small._known)
        small.words(f"new{number} words{number}", EVERYTHING)
    assert forgotten >= 12


def test_no_more_words_are_kept_than_said(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "WORDS", 100)
    small = Network(weights)
    for number in range(200):
        small.words(
            " ".join(f"{chr(97 + number % 26)}{chr(97 + number // 26)}{c}" for c in "abcdefgh"), EVERYTHING
        )
        assert len(small._known) <= 100
        assert len(small._known_words) <= 256


@pytest.mark.parametrize("place", [0, 30, 59])
def test_a_word_sees_as_far_as_the_convolutions_reach_and_no_further(used: Network, place: int) -> None:
    words = ["seen"] * 60
    changed = [*words[:place], "Bram", *words[place + 1 :]]
    one, two = (used.logits(used.rows(text)) for text in (words, changed))
    differing = np.flatnonzero((one != two).any(axis=1))
    assert differing.min() == max(0, place - REACH)
    assert differing.max() == min(59, place + REACH)


def test_words_are_those_with_the_least_odds(used: Network) -> None:
    text = TEXTS[0]
    every = used.words(text, EVERYTHING)
    assert [text[word.start : word.end] for word in every] == [
        word for _, _, word in tokens(text) if word.isalnum()
    ]
    least = sorted(word.odds for word in every)[3]
    assert used.words(text, least) == [word for word in every if word.odds >= least]
    assert len(used.words(text, least)) == len(every) - 3
    assert used.words(text, np.inf) == []


def test_odds_are_those_of_any_label_against_none(used: Network) -> None:
    text = "Bram Oduya"
    for word, row in zip(used.words(text, EVERYTHING), used.logits(used.rows(words_of(text))), strict=True):
        chances = np.exp(row.astype(float)) / np.exp(row.astype(float)).sum()
        assert word.odds == pytest.approx(np.log((1 - chances[0]) / chances[0]), abs=1e-5)
        assert word.label == LABELS[1 + int(chances[1:].argmax())]


@pytest.mark.parametrize("text", ["", " ", "\t \r"])
def test_a_text_without_words_has_none(used: Network, text: str) -> None:
    assert used.words(text, EVERYTHING) == []


def test_signs_and_breaks_are_never_words(used: Network) -> None:
    assert used.words("-, .\n_\ud800\n", EVERYTHING) == []


def test_run_time_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from clinft.stages.audit.detector import detector\n"
        "assert detector.default().finds('Mr. Tobias Lindqvist was seen today.')\n"
        "loaded = {'torch', 'tokenizers', 'transformers', 'onnxruntime', 'detector', 'faker'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
