"""The model store that the pipeline sees: the fake model, hosted names, or weights on this machine."""

from collections.abc import Callable, Sequence
from pathlib import Path

from clinft.adapters.model.fake import FakeLanguageModel
from clinft.adapters.model.hosted_tokens import HostedTokenizer, count_conversations
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import fake
from clinft.adapters.training.tools import Tools
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import SpecError
from clinft.ports.models import Conversation, HostedModel, LanguageModel

# Names without a folder or an organisation are a hosted provider's own.
HOSTED_PREFIXES = ("gpt-", "o1", "o3", "o4")


class ModelStores:
    """`tools`: what asking a hosted model takes; None where nothing is asked."""

    def __init__(self, local: LocalModelStore, tools: Tools | None = None) -> None:
        self._local, self._tools = local, tools

    def identify(self, ref: str, revision: str | None, hosted: bool = False) -> BaseModelIdentity:
        if ref == fake.identity().ref:
            return fake.identity()
        if hosted or self._is_hosted(ref, revision):
            name = ref if revision is None else f"{ref}@{revision}"
            return BaseModelIdentity(
                ref=ref, kind="hosted", digest=digest_bytes(name.encode()), revision=revision
            )
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
                "Only its provider has its weights.",
                "Use a local base model here.",
            )
        return self._local.open(identity, adapter)

    def open_hosted(self, hosted: HostedModel) -> LanguageModel:
        from clinft.adapters.model.answer_journal import AnswerJournal
        from clinft.adapters.model.hosted import HostedLanguageModel
        from clinft.adapters.training.openai_api.access import access_to

        assert self._tools is not None, "whoever asks a model has keys, or has none and is told so"
        access = access_to(hosted.endpoint, hosted.provider, self._tools)
        journal = None
        if hosted.journal is not None:
            asked = hosted.known_as or hosted.model
            journal = AnswerJournal(hosted.journal, asked, hosted.endpoint.url)
        return HostedLanguageModel(access, hosted.model, self._tools.sleep, journal)

    def counter(self, hosted: str) -> Callable[[object], int]:
        return HostedTokenizer(hosted).example

    def count_tokens(
        self, identity: BaseModelIdentity, conversations: Sequence[Conversation]
    ) -> list[int] | None:
        if identity.kind == "fake":
            return FakeLanguageModel(None).count_tokens(conversations)
        if identity.kind == "hosted":
            return count_conversations(identity.ref, conversations)
        return self._local.count_tokens(identity, conversations)
