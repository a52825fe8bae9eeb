"""What a disk may do to checkpoints, and what is taken then."""

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from clinft.adapters.training import checkpoints as module
from clinft.adapters.training.checkpoints import STATE, TENSORS, Checkpoints
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.errors import DigestMismatch, Interrupted


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


def file_elsewhere(folder: Path) -> None:
    """As whole as can be, but its tensors lie beside the checkpoint."""
    outside = folder.parent / "x.safetensors"
    (folder / TENSORS).rename(outside)
    content = json.loads((folder / STATE).read_text())["content"]
    content["files"] = {f"../{outside.name}": digest_file(outside)}
    (folder / STATE).write_text(json.dumps({"sha256": digest_json(content), "content": content}))


def a_file_itself(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_bytes(b"")


def another_step(folder: Path) -> None:
    """Whole by its digests, and from another place."""
    older = sorted(folder.parent.glob("step-*"))[-2]
    for path in older.iterdir():
        shutil.copyfile(path, folder / path.name)


def too_deep(folder: Path) -> None:
    (folder / "state.json").write_text("[" * 100_000)


def cut(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:-2])

    return damage


def emptied(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(b"") and None


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


DAMAGES = {
    "another-step": another_step,
    "too-deep": too_deep,
    "a bit of the tensors": flip_tensor,
    "a digit of the state": flip_state,
    "a bit of the state": unreadable_state,
    "another shape": another_shape,
    "a file elsewhere": file_elsewhere,
    "a file itself": a_file_itself,
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


def loop(path: Path) -> None:
    """A link to itself, which the system refuses to read, whoever asks."""
    path.symlink_to(path.name)


def test_one_that_cannot_be_read_is_not_damaged_and_loses_no_step(tmp_path: Path) -> None:
    checkpoints = saved(tmp_path)
    state = newest(tmp_path) / STATE
    written = state.read_bytes()
    state.unlink()
    loop(state)
    with pytest.raises(Interrupted, match=r"cannot be read: Too many levels .*step-00000006 belongs to"):
        checkpoints.latest()
    state.unlink()
    state.write_bytes(written)
    found = checkpoints.latest()
    assert found is not None
    assert found[1]["step"] == 6


def test_a_folder_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    assert Checkpoints(folder).latest() is None
    loop(folder)
    with pytest.raises(Interrupted, match="cannot be read"):
        Checkpoints(folder).latest()


def test_what_lacks_memory_while_it_is_read_says_so_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(path: Path) -> str:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    checkpoints = saved(tmp_path)
    monkeypatch.setattr(module, "digest_file", lacking)
    with pytest.raises(OSError, match="Cannot allocate memory"):
        checkpoints.latest()


def in_the_earlier_layout(folder: Path) -> None:
    """As commit 374a7c8 wrote it."""
    content = json.loads((folder / STATE).read_text())["content"]
    del content["files"]
    content = {"tensors_sha256": digest_file(folder / TENSORS), **content}
    (folder / STATE).write_text(json.dumps(content, sort_keys=True))


def test_the_earlier_layout_is_read(tmp_path: Path) -> None:
    checkpoints = saved(tmp_path)
    in_the_earlier_layout(newest(tmp_path))
    found = checkpoints.latest()
    assert found is not None
    assert found[1] == {"step": 6, "tokens": 6, "seconds": 1.5}
    assert found[0]["x"].unique().tolist() == [6.0]
    assert checkpoints.of_step(6)["x"].unique().tolist() == [6.0]
    flip_tensor(newest(tmp_path))
    found = checkpoints.latest()
    assert found is not None
    assert (found[1]["step"], checkpoints.passed_over) == (4, [6])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("keep", [None, 40])
def test_what_is_saved_after_damaged_ones_were_passed_over_is_gone_on_from(
    tmp_path: Path, keep: int | None
) -> None:
    """In calls so short that none comes as far as the next step of the spec."""
    checkpoints = Checkpoints(tmp_path)
    for step in (40, 60, 80):
        checkpoints.save(step, {}, {}, keep=40)
    for step in (60, 80):
        flip_state_of(tmp_path / f"step-{step:08d}")
    for step in (45, 50):
        found = checkpoints.latest()
        assert found is not None
        checkpoints.save(step, {}, {}, keep=keep)
        found = checkpoints.latest()
        assert found is not None
        assert (found[1]["step"], checkpoints.passed_over) == (step, [])
    best = ["step-00000040"] if keep else []
    assert names(tmp_path) == [*best, "step-00000045", "step-00000050"]


def flip_state_of(folder: Path) -> None:
    (folder / STATE).write_text("{}")


def test_damaged_ones_stay_until_another_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk refuses, whoever restores them from a copy finds their places."""
    checkpoints = saved(tmp_path)
    flip_tensor(newest(tmp_path))
    monkeypatch.setattr(module, "write_atomically", full)
    with pytest.raises(OSError, match="full"):
        checkpoints.save(5, {}, {})
    assert names(tmp_path) == ["step-00000004", "step-00000006"]


def full(path: Path, data: bytes) -> None:
    raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("stray", ["file", "link"])
def test_what_bears_a_name_of_a_checkpoint_and_is_none_gives_way(tmp_path: Path, stray: str) -> None:
    folder, elsewhere = tmp_path / "checkpoints", tmp_path / "elsewhere"
    checkpoints = Checkpoints(folder)
    checkpoints.save(2, {}, {})
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    # An old one, the next one, one to come, and what is somebody's own.
    for name in ("step-00000001", "step-00000004", "step-00000099", "step-notes"):
        if stray == "link":
            (folder / name).symlink_to(elsewhere)
        else:
            (folder / name).touch()
    for step in (4, 6):
        checkpoints.save(step, {}, {})
    assert names(folder) == ["step-00000004", "step-00000006", "step-notes"]
    assert (elsewhere / "kept").exists()
    found = checkpoints.latest()
    assert found is not None
    assert found[1]["step"] == 6
