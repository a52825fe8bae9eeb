"""The files for a hosted provider, checked by its published rules before anything is sent or paid."""

import tempfile
from pathlib import Path

from clinft.artifacts.chat_example import Method
from clinft.artifacts.chat_file import check_chat_files
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import write_lines
from clinft.pipeline.context import Context
from clinft.spec.reached import AT_ENDPOINTS

SPLITS = ("train", "validation")
# Longest example that the chat models take which can be tuned (Azure's documentation of gpt-4o, 2026).
CONTEXT_TOKENS = 65_536


def check_records(context: Context) -> None:
    """As they will be formatted: in a pull request, before anything is sent. SpecError with their lines."""
    if context.loaded.spec.training.provider not in AT_ENDPOINTS:
        return
    with tempfile.TemporaryDirectory(prefix="clinft-format-") as folder:
        files = {split: Path(folder) / f"{split}.jsonl" for split in SPLITS}
        for split, path in files.items():
            records, _ = context.read_split(split)
            write_lines(path, training_lines(context.loaded.prompt, records))
        check_files(context, files["train"], files["validation"])


def check_files(context: Context, training: Path, validation: Path) -> None:
    spec = context.loaded.spec.training
    if spec.provider not in AT_ENDPOINTS:
        return
    method: Method = "dpo" if spec.method == "dpo" else "supervised"
    count = context.services.models.counter(spec.base_model)
    check_chat_files(training, validation, method, count, CONTEXT_TOKENS).raise_for_errors()
