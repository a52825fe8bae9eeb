"""The weights of a run in the form that others load: merged safetensors, or one GGUF file."""

import shutil
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from clinft.adapters.model import quiet
from clinft.adapters.model.store import LocalModelStore
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.handover import GgufType
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import MissingExtra
from clinft.ports.handover import Made, Tuned
from clinft.ports.progress import Progress

# Whatever of these a base model has makes its tokenizer.
TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
)
SHARD = "5GB"
OF_A_MODEL = (".safetensors", ".json", ".model", ".txt", ".jinja")


class LocalWeights:
    """Loads in float32 on the processor: 4 bytes for each parameter, and as much again to compare."""

    def __init__(self, store: LocalModelStore, progress: Progress) -> None:
        self._store, self._progress = store, progress

    def base_files(self, base: BaseModelIdentity) -> dict[str, str]:
        folder = self._store.folder(base)
        files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in OF_A_MODEL)
        return {path.relative_to(folder).as_posix(): digest_file(path) for path in files}

    def tokenizer(self, base: BaseModelIdentity, folder: Path) -> None:
        there = self._store.folder(base)
        for name in TOKENIZER_FILES:
            if (there / name).is_file() and not (folder / name).exists():
                shutil.copyfile(there / name, folder / name)

    def merge(self, tuned: Tuned, folder: Path) -> Made:
        from clinft.adapters.model.handover.fidelity import compared, logits_of

        rows, model, wanted, dtype = self._opened(tuned)
        self._progress.note(f"Writing the merged weights as {dtype}.")
        with quiet.transformers() as transformers, redirect_stderr(StringIO()):
            model.to(_dtype(dtype)).save_pretrained(folder, max_shard_size=SHARD)
            # Twice the memory is for nobody.
            del model
            self.tokenizer(tuned.base, folder)
            written = transformers.AutoModelForCausalLM.from_pretrained(
                folder, dtype="float32", local_files_only=True, use_safetensors=True, trust_remote_code=False
            ).eval()
        return Made(dtype, self.base_files(tuned.base), compared(wanted, logits_of(written, rows), dtype))

    def gguf(self, tuned: Tuned, path: Path, kind: GgufType) -> Made:
        from clinft.adapters.model.handover import gguf_file, gguf_vocabulary
        from clinft.adapters.model.handover.fidelity import compared, logits_of

        _need_gguf()
        there = self._store.folder(tuned.base)
        tokenizer = self._tokenizer(there)
        # What cannot be written shows before gigabytes are loaded.
        vocabulary = gguf_vocabulary.of(there, tokenizer, tuned.base.ref)
        gguf_file.check(self._config(there), tuned.base.ref)
        rows, model, wanted, _ = self._opened(tuned)
        self._progress.note(f"Writing {path.name}.")
        gguf_file.write(model, vocabulary, path, kind)
        del model
        gguf_vocabulary.check_written(path, tokenizer, tuned.base.ref)
        written = gguf_file.read(path)
        return Made(kind, self.base_files(tuned.base), compared(wanted, logits_of(written, rows), kind))

    def _opened(self, tuned: Tuned) -> tuple[list[list[int]], Any, Any, str]:
        """Token ids of the probes, the whole model in float32, the logits to keep, the base model's type."""
        chat = self._store.chat(tuned.base)
        from clinft.adapters.model.handover.fidelity import logits_of

        rows = [chat.prompt_ids(conversation) for conversation in tuned.probes]
        there = self._store.folder(tuned.base)
        source = there if tuned.is_adapter else tuned.folder
        self._progress.note(f"Loading {tuned.base.ref} in float32.")
        with quiet.transformers() as transformers:
            model = transformers.AutoModelForCausalLM.from_pretrained(
                source, dtype="float32", local_files_only=True, use_safetensors=True, trust_remote_code=False
            ).eval()
            if tuned.is_adapter:
                from peft import PeftModel

                model = PeftModel.from_pretrained(model, str(tuned.folder), local_files_only=True).eval()
        wanted = logits_of(model, rows)
        with quiet.transformers():
            whole = model.merge_and_unload() if tuned.is_adapter else model
        return rows, whole, wanted, str(self._config(source).dtype or "float32").removeprefix("torch.")

    def _config(self, folder: Path) -> Any:
        with quiet.transformers() as transformers:
            return transformers.AutoConfig.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )

    def _tokenizer(self, folder: Path) -> Any:
        with quiet.transformers() as transformers:
            return transformers.AutoTokenizer.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            )


def _dtype(name: str) -> Any:
    import torch

    return getattr(torch, name)


def _need_gguf() -> None:
    try:
        import gguf  # noqa: F401  # asked for before anything is loaded
    except ImportError:
        raise MissingExtra("train", "A GGUF file") from None
