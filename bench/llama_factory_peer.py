"""LLaMA-Factory in an environment of its own: it pins other versions than clinft's."""

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent
FOLDER = BENCH.parent / ".venv-peers" / "llama-factory"
PACKAGES, WORKER = BENCH / "llama_factory_packages.txt", BENCH / "llama_factory_worker.py"
READY = FOLDER / ".ready"
LEFT_OUT = "It can be left out: --trainers clinft transformers trl."


def python() -> Path:
    """Its interpreter; makes the environment where it is absent or of other versions."""
    found = FOLDER / "bin" / "python"
    if READY.is_file() and READY.read_text() == PACKAGES.read_text():
        return found
    print(f"installing LLaMA-Factory in {FOLDER}: about 6 GB, minutes", file=sys.stderr, flush=True)
    if not found.is_file():
        venv.EnvBuilder(with_pip=True).create(FOLDER)
    command = [str(found), "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check", "install"]
    done = subprocess.run([*command, "-r", str(PACKAGES)], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(
            f"LLaMA-Factory cannot be installed in {FOLDER}: {done.stderr[-2000:]}\n"
            f"Usually no package index can be reached, or the disk is full. {LEFT_OUT}"
        )
    READY.write_text(PACKAGES.read_text())
    return found


def versions() -> str:
    """Of what it ran with."""
    wanted = [line for line in PACKAGES.read_text().splitlines() if "==" in line]
    return ", ".join(line.replace("==", " ") for line in wanted)


def train(
    folder: Path, model: Path, rows: list[dict[str, list[int]]], settings: dict[str, Any], rates: list[float]
) -> Any:
    """What the worker measured. `settings`: LLaMA-Factory's own arguments. `rates`: the learning rate of each
    step as a share of the highest; empty: its own.
    """
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    order = {
        "rows": str(folder / "rows.jsonl"),
        "tokens": str(folder / "tokens"),
        "rates": rates,
        "settings": {"model_name_or_path": str(model), **settings},
    }
    (folder / "order.json").write_text(json.dumps(order))
    command = [str(python()), str(WORKER), str(folder / "order.json")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"LLaMA-Factory failed:\n{done.stderr[-2000:]}\n{LEFT_OUT}")
    return json.loads(done.stdout.splitlines()[-1])
