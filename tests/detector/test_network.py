"""The network that is trained, and that run time computes the same."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
import torch

from clinft.stages.audit.detector.features import NOTHING, features, words_of
from clinft.stages.audit.detector.network import Network as RunTime
from detector.network import GAP, Network, layout

TEXTS = [
    "Patient Bram Oduya was seen for chest pain.",
    "lives at 14 Larch Road with his wife",
    "\n\n",
    "².İ\ud800 名 ’s",
    "Foley catheter, aspirin 81 mg daily, 3 weeks. " * 40,
    "a",
    "DISCHARGE SUMMARY\nName: Ada Quill\nMRN: KX-4471\n" + "x" * 300,
]

Weights = Mapping[str, npt.NDArray[np.float32]]


def random_weights(scale: float) -> Weights:
    torch.manual_seed(3)
    return {
        name: torch.empty_like(value).normal_(0, scale).numpy()
        for name, value in Network().state_dict().items()
    }


@pytest.fixture(scope="module", params=["shipped", "random"])
def weights(request: pytest.FixtureRequest) -> Weights:
    return RunTime()._weights if request.param == "shipped" else random_weights(0.1)


def trained(weights: Weights) -> Network:
    network = Network().eval()
    network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    return network


def test_run_time_computes_what_torch_computes(weights: Weights) -> None:
    rows = [[features(word) for word in words_of(text)] for text in TEXTS]
    words, real = layout(rows)
    with torch.no_grad():
        theirs = trained(weights)(words, real)[real[:, 0] > 0].numpy()
    run_time = RunTime(weights)
    ours = np.concatenate([run_time.logits(run_time.rows(words_of(text))) for text in TEXTS])
    assert ours.shape == theirs.shape
    assert np.abs(ours).max() > 0.1
    assert np.abs(ours - theirs).max() < 1e-4


def test_texts_of_a_batch_do_not_see_each_other() -> None:
    network = trained(random_weights(0.1))
    one, two, other = (
        [features(word) for word in text.split()] for text in ("Ada came", "to Bram", "fever . .")
    )
    with torch.no_grad():
        beside = network(*layout([one, two]))[len(one) + GAP :][: len(two)]
        alone = network(*layout([other, two]))[len(other) + GAP :][: len(two)]
    assert torch.allclose(beside, alone, atol=1e-6)


def test_layout_puts_gaps_behind_each_text() -> None:
    word = features("Ada")
    words, real = layout([[word], [], [word, word]])
    nothing = [list(NOTHING)] * GAP
    assert words.tolist() == [list(word), *nothing, *nothing, list(word), list(word), *nothing]
    assert real[:, 0].tolist() == [1.0, *[0.0] * 2 * GAP, 1.0, 1.0, *[0.0] * GAP]
    assert layout([])[0].shape == (0, len(NOTHING))
