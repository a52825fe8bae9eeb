"""What a disk may do to checkpoints, and what is taken then."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from clinft.adapters.training import checkpoints as module
from clinft.adapters.training.checkpoints import STATE, TENSORS, Checkpoints
from clinft.errors import DigestMismatch


def saved(folder: Path) -> Checkpoints:
    """Of the steps 4 and 6; that of step 2 was one too many."""
    checkpoints = Checkpoints(folder)
    for step in (2, 4, 6):
        checkpoints.save(step, {"x": torch.full((300,), float(step))}, {"tokens": step, "seconds": 1.5})
    return checkpoints


def newest(folder: Path) -> Path:
    return folder / "step-00000006"


def flip_tensor(folder: Path) -> None:
    data = bytearray((folder / TENSORS).read_bytes())
    data[-5] ^= 1
    (folder / TENSORS).write_bytes(data)


def flip_state(folder: Path) -> None:
    """Valid JSON still, of another number."""
    text = (folder / STATE).read_text()
    assert '"seconds": 1.5' in text
    (folder / STATE).write_text(text.replace('"seconds": 1.5', '"seconds": 1.7'))


def unreadable_state(folder: Path) -> None:
    data = bytearray((folder / STATE).read_bytes())
    data[0] ^= 0x80
    (folder / STATE).write_bytes(data)


def another_shape(folder: Path) -> None:
    (folder / STATE).write_text(json.dumps(["step", 6]))


def cut(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:-2])

    return damage


def emptied(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(b"") and None


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


DAMAGES = {
    "a bit of the tensors": flip_tensor,
    "a digit of the state": flip_state,
    "a bit of the state": unreadable_state,
    "another shape": another_shape,
    "tensors cut off": cut(TENSORS),
    "state cut off": cut(STATE),
    "tensors empty": emptied(TENSORS),
    "state empty": emptied(STATE),
    "tensors gone": gone(TENSORS),
    "state gone": gone(STATE),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    checkpoints = saved(tmp_path)
    damage(newest(tmp_path))
    found = checkpoints.latest()
    assert found is not None
    assert found[1] == {"step": 4, "tokens": 4, "seconds": 1.5}
    assert found[0]["x"].unique().tolist() == [4.0]
    assert checkpoints.passed_over == [6]


def test_where_all_are_damaged_nobody_begins_again_unasked(tmp_path: Path) -> None:
    checkpoints = saved(tmp_path)
    for folder in tmp_path.iterdir():
        flip_tensor(folder)
    with pytest.raises(
        DigestMismatch, match=r"Every checkpoint of this run is damaged \(of the steps 4, 6\)"
    ):
        checkpoints.latest()
    checkpoints.clear()
    assert checkpoints.latest() is None


def test_large_ones_are_written_in_parts_and_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PART_BYTES", 1000)
    tensors = {f"t{number}": torch.full((100,), float(number)) for number in range(5)}
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(7, tensors, {})
    folder = tmp_path / "step-00000007"
    assert len(list(folder.glob("*.safetensors"))) == 3
    found = checkpoints.latest()
    assert found is not None
    assert found[0].keys() == tensors.keys()
    assert all(found[0][name].equal(tensor) for name, tensor in tensors.items())
    (folder / "tensors-2.safetensors").unlink()
    with pytest.raises(DigestMismatch):
        checkpoints.latest()
