"""Which weights are meant, and that they are the ones that get loaded."""

import shutil
from pathlib import Path

import pytest

from clinft.adapters.model.store import LocalModelStore
from clinft.errors import DigestMismatch, SpecError
from tests.fakes import tiny_llama
from tests.fakes.progress import Quiet


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama.write(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def repository(tmp_path: Path, tiny: Path) -> Path:
    shutil.copytree(tiny, tmp_path / "models" / "tiny")
    return tmp_path


def store(repository: Path) -> LocalModelStore:
    return LocalModelStore(repository, repository / "cache", Quiet())


def test_a_folder_is_pinned_by_its_files(repository: Path) -> None:
    before = store(repository).identify("models/tiny", None)
    assert before.kind == "folder"
    (repository / "models" / "tiny" / "generation_config.json").write_text("{}")
    assert store(repository).identify("models/tiny", None).digest != before.digest
    with pytest.raises(DigestMismatch, match="not the one that was planned"):
        store(repository).open(before)


def test_a_link_out_of_the_repository_is_refused(repository: Path, tiny: Path) -> None:
    (repository / "linked").symlink_to(tiny)
    with pytest.raises(SpecError, match="leads out of the repository"):
        store(repository).identify("linked", None)


def test_a_folder_without_weights_is_refused(repository: Path) -> None:
    (repository / "empty").mkdir()
    with pytest.raises(SpecError, match="holds no model"):
        store(repository).identify("empty", None)


def test_a_hub_id_needs_its_commit(repository: Path) -> None:
    with pytest.raises(SpecError, match="base_model_revision"):
        store(repository).identify("someone/some-model", None)
    one = store(repository).identify("someone/some-model", "a" * 40)
    other = store(repository).identify("someone/some-model", "b" * 40)
    assert (one.kind, one.revision) == ("hub", "a" * 40)
    assert one.digest != other.digest


def test_a_builtin_model_is_planned_without_its_weights(repository: Path) -> None:
    identity = store(repository).identify("builtin:smollm2-135m", None)
    assert identity.digest.startswith("b179c9523d0e")
    assert not (repository / "cache").exists()
    with pytest.raises(SpecError, match="builtin:smollm2-135m"):
        store(repository).identify("builtin:gpt-5", None)


def test_an_adapter_folder_without_weights_is_refused(repository: Path) -> None:
    (repository / "adapter").mkdir()
    models = store(repository)
    with pytest.raises(SpecError, match=r"adapter_config\.json"):
        models.open(models.identify("models/tiny", None), repository / "adapter")


def test_no_code_of_a_model_is_ever_run(repository: Path) -> None:
    """A folder that asks for its own Python file is loaded without it, or not at all."""
    import json

    folder = repository / "models" / "tiny"
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForCausalLM": "evil.Evil"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(repository / 'ran')!r}, 'w')\nclass Evil: ...\n")
    models = store(repository)
    models.open(models.identify("models/tiny", None))
    assert not (repository / "ran").exists()
