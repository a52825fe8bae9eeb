"""Weights on this machine: builtin models, folders of the repository, pinned revisions of the hub."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinft.adapters.model import builtin, device, quiet, tuned
from clinft.adapters.model.chat import Chat
from clinft.adapters.model.tuned import CONFIG
from clinft.artifacts.canonical import digest_bytes, digest_file, digest_json
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import DigestMismatch, MissingExtra, ServiceError, SpecError
from clinft.ports.models import Conversation
from clinft.ports.progress import Progress

if TYPE_CHECKING:
    from clinft.adapters.model.causal_lm import CausalLanguageModel

# Never pickles, never code of the model's authors.
HUB_FILES = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja")


class LocalModelStore:
    """`cache` holds converted models; folders lie inside `repository`."""

    def __init__(self, repository: Path, cache: Path, progress: Progress) -> None:
        self._repository = repository.resolve()
        self._cache = cache
        self._progress = progress
        self._checked: dict[str, Path] = {}
        self._chats: dict[str, Chat] = {}

    @property
    def repository(self) -> Path:
        return self._repository

    @property
    def cache(self) -> Path:
        return self._cache

    def identify(self, ref: str, revision: str | None) -> BaseModelIdentity:
        if ref.startswith(builtin.PREFIX):
            return builtin.identify(ref)
        folder = self._repository / ref
        if folder.is_dir():
            return BaseModelIdentity(ref=ref, kind="folder", digest=self._folder_digest(folder))
        if revision is None:
            raise SpecError(
                f"training.base_model {ref} is neither a folder of this repository nor a pinned hub model.",
                "A hub id can change its weights at any time, so its commit must be named.",
                "Add training.base_model_revision, the 40-hex commit shown on the model's page.",
            )
        digest = digest_bytes(f"{ref}@{revision}".encode())
        return BaseModelIdentity(ref=ref, kind="hub", digest=digest, revision=revision)

    def is_folder(self, ref: str) -> bool:
        return (self._repository / ref).is_dir()

    def folder(self, identity: BaseModelIdentity) -> Path:
        """Where the weights lie, refused unless they are the ones the identity names."""
        known = self._checked.get(identity.digest)
        if known is None:
            known = self._located(identity)
            self._checked[identity.digest] = known
        return known

    def load(
        self,
        identity: BaseModelIdentity,
        *,
        four_bits: bool = False,
        wide: bool = False,
        in_memory: bool = False,
    ) -> Any:
        """The transformers model, in evaluation mode, on the best device of this machine.

        `four_bits`: linear layers are quantised as they are read (NF4); embeddings and head stay as they are.
        `wide`: in float32, as weights must be that an optimizer changes by little.
        `in_memory`: it stays in the machine's memory, for cards that each take a part of it.
        """
        return _loaded(self.folder(identity), four_bits=four_bits, wide=wide, in_memory=in_memory)

    def chat(self, identity: BaseModelIdentity) -> Chat:
        if identity.digest not in self._chats:
            path = self.folder(identity)
            with quiet.transformers() as transformers:
                tokenizer = transformers.AutoTokenizer.from_pretrained(
                    path, local_files_only=True, trust_remote_code=False
                )
            self._chats[identity.digest] = Chat(tokenizer, identity.ref)
        return self._chats[identity.digest]

    def open(self, identity: BaseModelIdentity, adapter: Path | None = None) -> "CausalLanguageModel":
        chat = self.chat(identity)
        # torch must not be imported before `chat` had its chance to name the missing extra.
        from clinft.adapters.model.causal_lm import CausalLanguageModel

        if adapter is None:
            return CausalLanguageModel(self.load(identity), chat)
        tuned.check_base(adapter, identity)
        if tuned.is_full(adapter):
            return CausalLanguageModel(_loaded(adapter), chat)
        return CausalLanguageModel(tuned.with_adapter(self.load(identity), adapter, identity), chat)

    def count_tokens(
        self, identity: BaseModelIdentity, conversations: Sequence[Conversation]
    ) -> list[int] | None:
        try:
            chat = self.chat(identity)
        except (MissingExtra, ServiceError):
            # Without the tokenizer at hand the estimate counts characters and says so.
            return None
        return chat.count_tokens(conversations)

    def _located(self, identity: BaseModelIdentity) -> Path:
        if identity.kind == "builtin":
            return builtin.folder(identity.ref, self._cache, self._progress)
        if identity.kind == "folder":
            folder = self._repository / identity.ref
            if self._folder_digest(folder) != identity.digest:
                raise DigestMismatch(
                    f"The model folder {identity.ref} is not the one that was planned.",
                    "A file in it changed, was added or was removed.",
                    "Restore it, or plan again.",
                )
            return folder
        return self._hub_folder(identity)

    def _hub_folder(self, identity: BaseModelIdentity) -> Path:
        if identity.kind != "hub" or identity.revision is None:
            raise SpecError(
                f"{identity.ref} is not pinned to a commit of the hub.",
                "Without one its weights can change at any time.",
                "Add training.base_model_revision.",
            )
        try:
            from huggingface_hub import snapshot_download
            from huggingface_hub.errors import (
                HfHubHTTPError,
                LocalEntryNotFoundError,
                RepositoryNotFoundError,
            )
        except ImportError:
            raise MissingExtra("train", f"The model {identity.ref}") from None
        try:
            return Path(
                snapshot_download(identity.ref, revision=identity.revision, allow_patterns=list(HUB_FILES))
            )
        except (HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError, OSError) as error:
            raise ServiceError(
                f"{identity.ref} could not be fetched from the hub ({type(error).__name__}).",
                "No network, a gated model without a login, or a revision that does not exist.",
                "Check the model's page, log in with `hf auth login` where it is gated, and call again.",
            ) from None

    def _folder_digest(self, folder: Path) -> str:
        if not folder.resolve().is_relative_to(self._repository):
            raise SpecError(
                f"The model folder {folder.name} leads out of the repository.",
                "It is a symbolic link, or lies behind one.",
                "Put the model's files into the repository, or name a hub id.",
            )
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        if not (folder / CONFIG).exists() or not any(path.suffix == ".safetensors" for path in files):
            raise SpecError(
                f"The folder {folder.name} holds no model.",
                f"A model folder has {CONFIG}, *.safetensors and the tokenizer's files.",
                "Save one there with save_pretrained.",
            )
        return digest_json({path.relative_to(folder).as_posix(): digest_file(path) for path in files})


def _loaded(path: Path, *, four_bits: bool = False, wide: bool = False, in_memory: bool = False) -> Any:
    with quiet.transformers() as transformers:
        place = device.choose()
        narrow: dict[str, Any] = {}
        if four_bits:
            config = transformers.BitsAndBytesConfig(
                load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=place.dtype
            )
            narrow = {"quantization_config": config, "device_map": {"": device.current(place)}}
        model = transformers.AutoModelForCausalLM.from_pretrained(
            path,
            dtype="float32" if wide else place.dtype,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            **narrow,
        )
        return model.eval() if four_bits or in_memory else model.to(place.name).eval()
