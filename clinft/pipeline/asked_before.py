"""Where an evaluation keeps its answers as they come, and whether those that lie there are its own.

Below the run's git-ignored data/. A kill at any moment loses one part of the answers at most; an evaluation
that ended is never taken up again, for what is measured later is asked anew.
"""

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import ValidationError

from clinft import run_folder
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.pipeline.context import Context
from clinft.pipeline.local_engine import ENGINE
from clinft.pipeline.spent import FILE as SPENT
from clinft.spec.base import Sha256, Strict

OUTPUTS, ASKED = "data/outputs", "asked.json"


class Asked(Strict):
    """`key`: of all that every answer depends on. `engine`: of what answers for models on this machine, where
    that is not this process. `items_sha256`: of the rows, once all answers are there.
    """

    key: Sha256
    engine: Sha256 | None = None
    items_sha256: Sha256 | None = None


def outputs_folder(
    context: Context, inputs: Mapping[str, str], version: int, rows: Path, elsewhere: Collection[str] = ()
) -> Path:
    """With the answers of a call that was cut off; else empty. `rows`: what is written at the end.

    `elsewhere`: systems that are not asked on this machine; they may cost money, and their answers stay where
    only the engine is another one.
    """
    folder = context.run_dir / OUTPUTS
    place = context.run_dir.relative_to(context.paths.root).as_posix()
    common = {name: value for name, value in inputs.items() if name != ENGINE}
    key = digest_json({"inputs": common, "version": version, "run": place})
    now = Asked(key=key, engine=inputs.get(ENGINE))
    before = _goes_on(folder / ASKED, key, rows)
    if before is None:
        shutil.rmtree(folder, ignore_errors=True)
    elif before.engine != now.engine:
        for kept in folder.glob("*.jsonl"):
            # What was spent stays on record, too.
            if kept.name != SPENT and kept.name.split(".")[0] not in elsewhere:
                kept.unlink()
    else:
        return folder
    run_folder.write_atomically(folder / ASKED, run_folder.to_bytes(now))
    return folder


def end(folder: Path, rows: Path) -> None:
    """Called when `rows` is written: from then on only a call that finds this very file goes on here."""
    asked = Asked.model_validate_json((folder / ASKED).read_bytes())
    made = asked.model_copy(update={"items_sha256": digest_file(rows)})
    run_folder.write_atomically(folder / ASKED, run_folder.to_bytes(made))


def _goes_on(path: Path, key: str, rows: Path) -> Asked | None:
    try:
        asked = Asked.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    if asked.key != key:
        return None
    if asked.items_sha256 is None:
        return asked
    # Killed between the rows and the report?
    if not rows.exists() or digest_file(rows) != asked.items_sha256 or _reported(rows, asked.items_sha256):
        return None
    return asked


def _reported(rows: Path, sha256: str) -> bool:
    """Not where the report is that of an evaluation before this one. One that cannot be read ends it, too."""
    report = rows.with_name("evaluate.json")
    try:
        listed = json.loads(report.read_bytes())["files"]
        return bool(listed[f"run/{rows.name}"] == sha256)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return True
