"""The tables that are shipped: their sizes, their shapes, and that they say what they should."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from clinft.stages.audit.detector import files, gazetteer, vectors, wordpiece
from clinft.stages.audit.detector.features import FLAGS, PREFIXES, SHAPES, SUFFIXES
from clinft.stages.audit.detector.files import folder
from clinft.stages.audit.detector.network import DILATIONS, LABELS

CHANNELS, HIDDEN, SHAPE_WIDTH, AFFIX_WIDTH = 64, 128, 12, 20
WORD_WIDTH = 2 * vectors.WIDTH + SHAPE_WIDTH + 2 * AFFIX_WIDTH + FLAGS
SHAPES_OF_WEIGHTS = {
    "words.shape.weight": (SHAPES + 1, SHAPE_WIDTH),
    "words.prefix.weight": (PREFIXES + 1, AFFIX_WIDTH),
    "words.suffix.weight": (SUFFIXES + 1, AFFIX_WIDTH),
    "words.inner.weight": (HIDDEN, WORD_WIDTH),
    "words.inner.bias": (HIDDEN,),
    "words.outer.weight": (CHANNELS, HIDDEN),
    "words.outer.bias": (CHANNELS,),
    "labels.weight": (len(LABELS), CHANNELS),
    "labels.bias": (len(LABELS),),
} | {
    f"convolutions.{number}.{name}": shape
    for number in range(len(DILATIONS))
    for name, shape in (("weight", (CHANNELS, 3 * CHANNELS)), ("bias", (CHANNELS,)))
}


@pytest.fixture(scope="module")
def pieces() -> npt.NDArray[np.float32]:
    return vectors.read()


def test_weights_have_the_shapes_of_the_network_and_are_numbers() -> None:
    # No object in it: a file of weights must not be able to run code.
    with np.load(folder() / "weights.npz", allow_pickle=False) as weights:
        found = {name: weights[name] for name in weights}
    assert {name: value.shape for name, value in found.items()} == SHAPES_OF_WEIGHTS
    assert all(np.isfinite(value).all() for value in found.values())


def test_rows_that_stand_for_nothing_are_zero(pieces: npt.NDArray[np.float32]) -> None:
    with np.load(folder() / "weights.npz") as weights:
        for name in ("shape", "prefix", "suffix"):
            assert not weights[f"words.{name}.weight"][0].any()
    assert not pieces[0].any()


def test_every_piece_has_a_vector(pieces: npt.NDArray[np.float32]) -> None:
    assert pieces.shape == (len(wordpiece.read_vocabulary()), vectors.WIDTH)
    assert pieces.dtype == np.float32
    assert np.load(folder() / "pieces.npy").dtype == np.int8


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [("mary", "susan", "kidney"), ("boston", "chicago", "fever"), ("she", "he", "ohio")],
)
def test_vectors_of_like_words_are_alike(
    word: str, near: str, far: str, pieces: npt.NDArray[np.float32]
) -> None:
    vocabulary = wordpiece.read_vocabulary()

    def alike(one: str, other: str) -> float:
        a, b = pieces[vocabulary[one]], pieces[vocabulary[other]]
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    assert alike(word, near) > alike(word, far)


def test_gazetteer_knows_names_and_places_and_keeps_no_other_bit() -> None:
    known = gazetteer.read()
    assert known["mary"] & gazetteer.FIRST_COMMON
    assert known["smith"] & gazetteer.LAST_COMMON
    assert known["chicago"] & gazetteer.CITY
    assert known["ohio"] & gazetteer.STATE
    assert not known.get("the", 0) & gazetteer.CITY
    assert all(0 < bits < 1 << gazetteer.BITS for bits in known.values())
    assert all(word == wordpiece.plain(word) and word.isalpha() for word in known)
    assert list(known) == sorted(known)


def test_digest_is_of_every_name_and_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two")
    monkeypatch.setattr(files, "folder", lambda: tmp_path)
    digests = [files.digest.__wrapped__()]
    (tmp_path / "b.txt").write_text("three")
    digests.append(files.digest.__wrapped__())
    (tmp_path / "b.txt").rename(tmp_path / "c.txt")
    digests.append(files.digest.__wrapped__())
    assert len(set(digests)) == 3
    (tmp_path / "c.txt").write_text("two")
    (tmp_path / "c.txt").rename(tmp_path / "b.txt")
    assert files.digest.__wrapped__() == digests[0]


def test_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in folder().iterdir()) < 6_000_000
