"""The environment of the other systems: apart from .venv, so that measuring them changes nothing there."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

BENCH = Path(__file__).resolve().parent
FOLDER = BENCH.parent / ".venv-peers"
PACKAGES, MODEL = BENCH / "audit_peers.txt", BENCH / "audit_peers_model.txt"
CONSTRAINTS = BENCH.parent / "constraints" / "constraints.txt"
READY = FOLDER / ".ready"


def python() -> Path:
    """The interpreter of the peers; makes their environment where it is absent or of other versions."""
    found = FOLDER / "bin" / "python"
    wanted = _wanted()
    if not READY.is_file() or READY.read_text() != wanted:
        print(
            f"installing the peers in {FOLDER.name}; the first time this takes minutes",
            file=sys.stderr,
            flush=True,
        )
        if not found.is_file():
            venv.EnvBuilder(with_pip=True).create(FOLDER)
            (FOLDER / ".gitignore").write_text("*\n")
        _pip(found, "-r", str(PACKAGES), "-c", str(CONSTRAINTS))
        _pip(found, "--no-deps", "--ignore-requires-python", "--require-hashes", "-r", str(MODEL))
        READY.write_text(wanted)
    return found


def _wanted() -> str:
    files = (PACKAGES, MODEL, CONSTRAINTS)
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def _pip(interpreter: Path, *arguments: str) -> None:
    command = [
        str(interpreter),
        "-m",
        "pip",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "install",
    ]
    done = subprocess.run([*command, *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(
            f"The peers cannot be installed in {FOLDER.name}: {done.stderr[-2000:]}\n"
            "Usually no package index can be reached. Connect to one, or measure with --peers ours."
        )
