"""Whose model a name means: a hosted provider's only where nothing else could be meant."""

from pathlib import Path

import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.model.stores import ModelStores
from clinft.artifacts.data import Message
from clinft.errors import SpecError
from tests.fakes.progress import Quiet


def stores(repository: Path) -> ModelStores:
    return ModelStores(LocalModelStore(repository, repository / "cache", Quiet()))


@pytest.mark.parametrize("ref", ["gpt-omni/mini", "o1-labs/model", "gpt-oss"])
def test_a_hub_model_with_a_hosted_name_keeps_its_pin(tmp_path: Path, ref: str) -> None:
    """Other weights under another revision must be another plan."""
    one, other = (stores(tmp_path).identify(ref, revision * 40) for revision in "ab")
    assert (one.kind, one.revision, other.revision) == ("hub", "a" * 40, "b" * 40)
    assert one.digest != other.digest


def test_a_hub_model_with_a_hosted_name_is_not_taken_unpinned(tmp_path: Path) -> None:
    """Its owner could exchange the weights after every approval."""
    with pytest.raises(SpecError, match="base_model_revision"):
        stores(tmp_path).identify("gpt-omni/mini", None)


def test_a_hosted_name_is_not_fetched_from_the_hub(tmp_path: Path) -> None:
    """Somebody may have registered that very name there."""
    local = LocalModelStore(tmp_path, tmp_path / "cache", Quiet())
    hosted = ModelStores(local).identify("gpt-4.1-mini-2025-04-14", None)
    assert hosted.kind == "hosted"
    with pytest.raises(SpecError, match="not pinned to a commit"):
        local.folder(hosted)


def test_a_hosted_model_counts_with_its_own_tokenizer(tmp_path: Path) -> None:
    store = stores(tmp_path)
    turns = [Message(role="user", content="hello world")]
    assert store.count_tokens(store.identify("gpt-4.1-mini", None), [turns]) == [3 + 3 + 1 + 2]


def test_a_folder_with_a_hosted_name_is_pinned_by_its_files(tmp_path: Path) -> None:
    """Weights that are exchanged in the repository must be another plan."""
    folder = tmp_path / "gpt-weights"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_text("good")
    before = stores(tmp_path).identify("gpt-weights", None)
    (folder / "model.safetensors").write_text("evil")
    assert before.kind == "folder"
    assert stores(tmp_path).identify("gpt-weights", None).digest != before.digest
