"""Where an evaluation keeps its answers as they come, and whether those that lie there are its own.

Below the run's git-ignored data/. A kill at any moment loses one part of the answers at most; an evaluation
that ended is never taken up again, for what is measured later is asked anew.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.pipeline.context import Context
from clinft.spec.base import Sha256, Strict

OUTPUTS, ASKED = "data/outputs", "asked.json"


class Asked(Strict):
    """`key`: of all that the answers depend on. `items_sha256`: of the rows, once all answers are there."""

    key: Sha256
    items_sha256: Sha256 | None = None


def outputs_folder(context: Context, inputs: Mapping[str, str], version: int, rows: Path) -> Path:
    """With the answers of a call that was cut off; else empty. `rows`: what is written at the end."""
    folder = context.run_dir / OUTPUTS
    place = context.run_dir.relative_to(context.paths.root).as_posix()
    key = digest_json({"inputs": dict(inputs), "version": version, "run": place})
    if not _goes_on(folder / ASKED, key, rows):
        shutil.rmtree(folder, ignore_errors=True)
        run_folder.write_atomically(folder / ASKED, run_folder.to_bytes(Asked(key=key)))
    return folder


def end(folder: Path, rows: Path) -> None:
    """Called when `rows` is written: from then on only a call that finds this very file goes on here."""
    asked = Asked.model_validate_json((folder / ASKED).read_bytes())
    made = asked.model_copy(update={"items_sha256": digest_file(rows)})
    run_folder.write_atomically(folder / ASKED, run_folder.to_bytes(made))


def _goes_on(path: Path, key: str, rows: Path) -> bool:
    try:
        asked = Asked.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return False
    if asked.key != key:
        return False
    if asked.items_sha256 is None:
        return True
    # Killed between the rows and the report.
    report = rows.with_name("evaluate.json")
    return not report.exists() and rows.exists() and digest_file(rows) == asked.items_sha256
