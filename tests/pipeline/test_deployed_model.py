"""The deployed model is asked again only with the very files that its training wrote."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.model import TrainedModel
from clinft.pipeline.deployed_model import _adapter
from tests.fakes import run_results

NAMES = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "config.json")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "0123456789ab-a1" / "data" / "model"
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_text(name)
    return folder.parents[1]


def trained(run: Path) -> TrainedModel:
    weights = {name: digest_file(run / "data" / "model" / name) for name in NAMES}
    return run_results.model().model_copy(update={"fine_tuned_model": "model", "weights": weights})


def context(store: Path | None = None) -> Any:
    return SimpleNamespace(store=store)


def test_byte_for_byte_what_training_wrote(run: Path) -> None:
    found = trained(run)
    assert _adapter(context(), run, found) == run / "data" / "model"
    (run / "data" / "model" / "config.json").write_text("changed")
    assert _adapter(context(), run, found) is None


def test_nothing_lies_beside_it(run: Path) -> None:
    """transformers would load an unlisted `model.safetensors` in place of the listed parts."""
    found = trained(run)
    (run / "data" / "model" / "model.safetensors").write_text("planted")
    assert _adapter(context(), run, found) is None


def test_where_this_machine_keeps_it_serves_too(run: Path, tmp_path: Path) -> None:
    found = trained(run)
    store = tmp_path / "kept" / "other-run"
    (store.parent / run.name).mkdir(parents=True)
    (run / "data" / "model").rename(store.parent / run.name / "model")
    assert _adapter(context(store), run, found) == store.parent / run.name / "model"
