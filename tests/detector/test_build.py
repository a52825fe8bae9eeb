"""The tables that are built for run time: from small lists made here, and never from another model."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer

from clinft.stages.audit.detector import wordpiece
from clinft.stages.audit.detector.gazetteer import CITY, FIRST, FIRST_COMMON, LAST_COMMON, STATE
from clinft.stages.audit.detector.vectors import WIDTH
from detector import build_tables, word_lists, word_vectors
from detector.word_vectors import TENSOR


def names(folder: Path) -> Path:
    folder.mkdir()
    (folder / "dist.female.first").write_text(
        "".join(f"N{'ABCDEFGHIJ'[n % 10]}X{n} 1 1 1\n" for n in range(299))
    )
    with (folder / "dist.female.first").open("a") as stream:
        stream.write("MARY 1 1 300\nZOE 1 1 301\n")
    (folder / "dist.male.first").write_text("JAMES 1 1 1\n")
    (folder / "dist.all.last").write_text("SMITH 1 1 1\nO'BRIEN 1 1 2\nMARY 1 1 3\n")
    return folder


def places(folder: Path) -> Path:
    folder.mkdir()
    cities = {
        "1": {"name": "New Tarnville", "countrycode": "US", "population": 5_000},
        "2": {"name": "São Quill", "countrycode": "BR", "population": 300_000},
        "3": {"name": "Smalltown", "countrycode": "BR", "population": 100_000},
    }
    (folder / "cities5000.json").write_text(json.dumps(cities))
    (folder / "us_states.json").write_text(json.dumps({"NY": {"code": "NY", "name": "New York"}}))
    return folder


def test_word_lists_are_built_from_both_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_lists, "folder", lambda: tmp_path)
    word_lists.build(names(tmp_path / "names"), places(tmp_path / "places"))
    lines = (tmp_path / "gazetteer.txt").read_text("utf-8").splitlines()
    known = {word: int(bits) for word, bits in (line.split() for line in lines)}
    assert known == {
        "mary": FIRST_COMMON | LAST_COMMON,  # the 300th of 300 common ones
        "zoe": FIRST,
        "james": FIRST_COMMON,
        "smith": LAST_COMMON,
        "brien": LAST_COMMON,  # o alone is no word
        "tarnville": CITY,  # new alone means nothing
        "sao": CITY,
        "quill": CITY,
        "ny": STATE,
        "york": STATE,
    }
    assert lines == sorted(lines)


def safetensors(path: Path, vectors: np.ndarray) -> None:
    header = json.dumps(
        {TENSOR: {"dtype": "F32", "shape": vectors.shape, "data_offsets": [0, vectors.nbytes]}}
    ).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + vectors.tobytes())


def test_another_model_than_the_pinned_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_vectors, "folder", lambda: tmp_path / "tables")
    safetensors(tmp_path / "model.safetensors", np.ones((4, 384), np.float32))
    with pytest.raises(ValueError, match="not the pinned MiniLM"):
        word_vectors.build(tmp_path)
    assert not (tmp_path / "tables").exists()


def test_vectors_keep_who_is_near_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    # Of 384 numbers only 60 matter: 96 are enough to keep every distance.
    vectors = (random.normal(size=(400, 60)) @ random.normal(size=(60, 384))).astype(np.float32)
    path = tmp_path / "model.safetensors"
    safetensors(path, vectors)
    digest = word_vectors.hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(word_vectors, "WEIGHTS_SHA256", digest)
    monkeypatch.setattr(word_vectors, "folder", lambda: tmp_path)
    vocabulary = {f"w{number}": number for number in range(400)}
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    word_vectors.build(tmp_path)

    built = np.load(tmp_path / "pieces.npy") * np.load(tmp_path / "scales.npy")
    assert built.shape == (400, WIDTH)
    assert not built[0].any()
    distances = [np.linalg.norm(one[1:200] - one[200:399], axis=1) for one in (built, vectors)]
    assert np.corrcoef(*distances)[0, 1] > 0.999
    assert (tmp_path / "vocabulary.txt").read_text("utf-8").split("\n") == list(vocabulary)


def test_a_package_that_is_absent_is_named() -> None:
    with pytest.raises(SystemExit, match="no_such_package is absent"):
        build_tables._folder("no_such_package")


def test_pieces_are_those_of_the_library_that_minilm_uses() -> None:
    vocabulary = wordpiece.read_vocabulary()
    theirs = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    theirs.normalizer = BertNormalizer(lowercase=True, handle_chinese_chars=False)
    words = (
        "Smith metoprolol Adeyemi Zoë Ångström Nguyễn Œuvre xqzjv hydroxychloroquine 名 12 4471920 , # İzmir"
    )
    for word in words.split():
        ours = wordpiece.pieces(wordpiece.plain(word), vocabulary, 20)
        assert ours == theirs.encode(word, add_special_tokens=False).ids, word
