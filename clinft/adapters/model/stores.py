"""The model store that the pipeline sees: the fake model, hosted names, or weights on this machine."""

from collections.abc import Sequence
from pathlib import Path

from clinft.adapters.model.fake import FakeLanguageModel
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import fake
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import SpecError
from clinft.ports.models import Conversation, LanguageModel

# Names without a folder or an organisation are a hosted provider's own.
HOSTED_PREFIXES = ("gpt-", "o1", "o3", "o4")


class ModelStores:
    def __init__(self, local: LocalModelStore) -> None:
        self._local = local

    def identify(self, ref: str, revision: str | None) -> BaseModelIdentity:
        if ref == fake.identity().ref:
            return fake.identity()
        if self._is_hosted(ref, revision):
            return BaseModelIdentity(ref=ref, kind="hosted", digest=digest_bytes(ref.encode()))
        return self._local.identify(ref, revision)

    def _is_hosted(self, ref: str, revision: str | None) -> bool:
        """A folder, an organisation's model and a pinned one are none, whatever they are called."""
        named = ref.startswith(HOSTED_PREFIXES) and "/" not in ref
        return named and revision is None and not self._local.is_folder(ref)

    def open(self, identity: BaseModelIdentity, adapter: Path | None = None) -> LanguageModel:
        if identity.kind == "fake":
            return FakeLanguageModel(adapter)
        if identity.kind == "hosted":
            raise SpecError(
                f"{identity.ref} runs at a provider and cannot be opened on this machine.",
                "This version evaluates models whose weights are local.",
                "Use a local base model for now.",
            )
        return self._local.open(identity, adapter)

    def count_tokens(
        self, identity: BaseModelIdentity, conversations: Sequence[Conversation]
    ) -> list[int] | None:
        if identity.kind == "fake":
            return FakeLanguageModel(None).count_tokens(conversations)
        if identity.kind == "hosted":
            return None
        return self._local.count_tokens(identity, conversations)
