"""A language model that answers chat conversations, and the store that opens one."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from clinft.artifacts.data import Message
from clinft.artifacts.planning import BaseModelIdentity
from clinft.artifacts.results import AnsweringEngine
from clinft.ports.progress import ProgressTask
from clinft.spec.base import Provider
from clinft.spec.eligibility import Endpoint

Conversation = Sequence[Message]


class LabelScore(NamedTuple):
    """Summed log-probability (nats) of the whole label plus end-of-turn, and its token count."""

    logprob_nats: float
    tokens: int


@dataclass(frozen=True)
class Sampling:
    """Answers drawn instead of the likeliest one. The same seed draws the same on the same machine."""

    temperature: float
    seed: int


@dataclass(frozen=True)
class HostedModel:
    """`model`: the name it answers to at the endpoint: a model's, or on Azure a deployment's.

    `known_as`: the model's own name where `model` is a deployment's. `journal`: where its answers are kept
    as they come, git-ignored; what lies there is not asked again.
    """

    provider: Provider
    endpoint: Endpoint
    model: str
    known_as: str | None = None
    journal: Path | None = None


class LanguageModel(Protocol):
    has_logprobs: bool  # False: labels cannot be scored, only free answers be had
    used: tuple[int, int]  # tokens that are billed for the answers so far: prompt, completion

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        """Shape [conversations][labels]: each label scored as the assistant's whole answer."""

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        """`answers[i]`, scored as the whole answer to `conversations[i]`: what perplexity is made of."""

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        """Greedy unless `sampling`; without special tokens. Advances `task` by one per conversation."""

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        """Tokens of each conversation under the model's own chat template, a last answer included."""


class ModelStore(Protocol):
    def identify(self, ref: str, revision: str | None, hosted: bool = False) -> BaseModelIdentity:
        """Pin the weights without loading them; needs no torch. `hosted`: its provider has them alone."""

    def open(self, identity: BaseModelIdentity, adapter: Path | None = None) -> LanguageModel:
        """Load base weights, with a LoRA adapter folder on top where given."""

    def open_hosted(self, hosted: HostedModel) -> LanguageModel:
        """A model that answers elsewhere. Each answer costs money; nothing is asked before `generate` is."""

    def counter(self, hosted: str) -> Callable[[object], int]:
        """Tokens of one line of a training file, as the hosted model of this name counts them."""

    def count_tokens(
        self, identity: BaseModelIdentity, conversations: Sequence[Conversation]
    ) -> list[int] | None:
        """Exact token counts without loading weights; None where no tokenizer is at hand."""


@dataclass(frozen=True)
class Weights:
    """`folder`: an adapter on `base`, or full weights in its place; None: the base model itself.

    `method`: how they were trained, where that is known before they are at hand.
    """

    base: BaseModelIdentity
    folder: Path | None = None
    method: str | None = None


class LocalEngine(Protocol):
    """A server that this machine's operator has set up, which answers in place of this process."""

    def identity(self) -> AnsweringEngine: ...

    def refuses(self, asked: Sequence[Weights]) -> str | None:
        """Why it cannot answer for all of them; None: it can. The weights themselves may be missing yet."""

    def serving(
        self, asked: Sequence[Weights], log: Path
    ) -> AbstractContextManager[Callable[[Weights], LanguageModel]]:
        """Opens any of them, started as it is needed. At the end nothing of it runs; nor after a kill."""
