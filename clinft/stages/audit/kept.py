"""What this machine has worked out before and need not again: by name, in a folder of its user.

A name holds the digest of all that decides the content, so nothing has to be thrown away in time. Only a
file of this very user, which nobody else may write, is believed.
"""

import hashlib
import os
import stat
from pathlib import Path

from clinft.run_folder import write_atomically

NOT_FOR_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_folders: list[Path] = []


def keep_in(folder: Path | None) -> None:
    """From now on, of this process. None, and until this is called: nothing is kept."""
    _folders[:] = [] if folder is None else [folder]


def load(name: str) -> bytes | None:
    """None where it is not there, or is not whole."""
    for folder in _folders:
        path = folder / name
        try:
            if path.is_symlink() or not _is_ours(path.stat()):
                return None
            digest, _, data = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        return data if digest == _digest(data) else None
    return None


def save(name: str, data: bytes) -> None:
    """A folder that cannot be written only costs time."""
    for folder in _folders:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(folder / name, _digest(data) + b"\n" + data)
            (folder / name).chmod(0o600)
        except OSError:
            return


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & NOT_FOR_OTHERS
