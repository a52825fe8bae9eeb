"""A model that vLLM serves. It gets token ids: chat template and tokenizer are ours, as with transformers."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

from clinft.adapters.model.chat import Chat, too_long
from clinft.adapters.model.vllm.client import Choice, Client
from clinft.errors import ServiceError
from clinft.ports.models import Conversation, LabelScore, Sampling
from clinft.ports.progress import ProgressTask

Ids = tuple[int, ...]
Asked = TypeVar("Asked")
# vLLM makes its own batches of what is there; one request of many prompts would be answered by its slowest.
PROMPTS, THREADS = 8, 32
# vLLM 0.33.0, sampling_params.py: tokens whose probability one request may ask for.
MOST_TOKENS = 128


class ServedLanguageModel:
    """`name`: as the server knows it. `longest`: tokens of prompt and answer that it reads."""

    has_logprobs = True
    used = (0, 0)

    def __init__(self, client: Client, name: str, longest: int, chat: Chat) -> None:
        self._client, self._name, self._longest, self._chat = client, name, longest, chat

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return self._chat.count_tokens(conversations)

    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        """Each place where a label goes on is asked once; what stands before is in vLLM's prefix cache."""
        answers = [tuple(self._chat.answer_ids(label)) for label in labels]
        prompts = self._prompts(conversations)
        self._check_length(prompts, max(map(len, answers), default=0))
        following: dict[Ids, set[int]] = {}
        for answer in answers:
            for place, token in enumerate(answer):
                following.setdefault(answer[:place], set()).add(token)
        found: list[dict[tuple[Ids, int], float]] = [{} for _ in prompts]
        # The prompts themselves first, so that all that comes after finds them in the cache.
        for befores in ([()] if labels else [], [before for before in following if before]):
            for place, before, told in self._told(prompts, {before: following[before] for before in befores}):
                found[place] |= {(before, token): logprob for token, logprob in told.items()}
        task.advance(len(conversations))
        return [
            [
                LabelScore(math.fsum(row[answer[:at], token] for at, token in enumerate(answer)), len(answer))
                for answer in answers
            ]
            for row in found
        ]

    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        wanted = [tuple(self._chat.answer_ids(answer)) for answer in answers]
        prompts = self._prompts(conversations)
        rows = [prompt + ids for prompt, ids in zip(prompts, wanted, strict=True)]
        self._check_length(rows, 1)
        parts = list(_parts(range(len(rows)), PROMPTS))

        def body(places: Sequence[int]) -> dict[str, Any]:
            # A token is the least that vLLM gives; it is not looked at.
            return self._body([rows[place] for place in places], 1, {"prompt_logprobs": 0})

        scores: list[LabelScore] = []
        for places, choices in zip(parts, self._all(body, parts), strict=True):
            for place, choice in zip(places, choices, strict=True):
                logprobs = _of_prompt(choice, rows[place])[len(prompts[place]) :]
                scores.append(LabelScore(math.fsum(logprobs), len(logprobs)))
            task.advance(len(places))
        return scores

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        prompts = self._prompts(conversations)
        self._check_length(prompts, 1)
        parts = list(self._with_room(prompts, max_new_tokens, 1 if sampling else PROMPTS))

        def body(places: Sequence[int]) -> dict[str, Any]:
            room = min(max_new_tokens, self._longest - max(len(prompts[place]) for place in places))
            # One seed for each answer: with the same one for all, all would be drawn alike.
            drawn = (
                {"temperature": sampling.temperature, "seed": sampling.seed + places[0]} if sampling else {}
            )
            return self._body([prompts[place] for place in places], room, drawn)

        answers = [""] * len(prompts)
        for places, choices in zip(parts, self._all(body, parts), strict=True):
            for place, choice in zip(places, choices, strict=True):
                answers[place] = self._chat.text(self._said(choice))
            task.advance(len(places))
        return answers

    def _prompts(self, conversations: Sequence[Conversation]) -> list[Ids]:
        return [tuple(self._chat.prompt_ids(conversation)) for conversation in conversations]

    def _check_length(self, rows: Sequence[Ids], room: int) -> None:
        """`room`: for what comes after them."""
        most = max(map(len, rows), default=0)
        if most + room > self._longest:
            raise too_long(most, self._longest)

    def _with_room(self, prompts: Sequence[Ids], wanted: int, at_most: int) -> Iterator[Sequence[int]]:
        """Prompts of one request get the same room: those that leave less than `wanted` go alone."""
        tight = [place for place, prompt in enumerate(prompts) if len(prompt) + wanted > self._longest]
        free = [place for place, prompt in enumerate(prompts) if len(prompt) + wanted <= self._longest]
        yield from _parts(free, at_most)
        yield from ([place] for place in tight)

    def _body(self, prompts: Sequence[Ids], room: int, more: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "model": self._name,
            "prompt": [list(prompt) for prompt in prompts],
            "max_tokens": room,
            "temperature": 0.0,
            # The end of a turn as our chat has it, and no other that the model's files may name.
            "stop_token_ids": [self._chat.end_of_turn],
            "ignore_eos": True,
            "return_token_ids": True,
            **more,
        }

    def _told(
        self, prompts: Sequence[Ids], following: Mapping[Ids, set[int]]
    ) -> Iterator[tuple[int, Ids, dict[int, float]]]:
        """Place of the prompt, what stands after it, log-probabilities of the tokens that may come then."""
        asked = [
            (before, tokens, places)
            for before, wanted in following.items()
            for tokens in _parts(sorted(wanted), MOST_TOKENS)
            for places in _parts(range(len(prompts)), PROMPTS)
        ]

        def body(one: tuple[Ids, Sequence[int], Sequence[int]]) -> dict[str, Any]:
            before, tokens, places = one
            # vLLM wants to be told how many, too.
            wanted = {"logprob_token_ids": list(tokens), "logprobs": len(tokens)}
            named = {"return_tokens_as_token_ids": True}
            return self._body([prompts[place] + before for place in places], 1, {**wanted, **named})

        for (before, tokens, places), choices in zip(asked, self._all(body, asked), strict=True):
            for place, choice in zip(places, choices, strict=True):
                yield place, before, _of_tokens(choice, tokens)

    def _all(
        self, body: Callable[[Asked], Mapping[str, Any]], asked: Sequence[Asked]
    ) -> Iterator[list[Choice]]:
        """In their order. After the first that fails no further one is sent."""
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                yield from pool.map(lambda one: self._client.complete(body(one)), asked)
            except BaseException:  # also a stop by hand: what waits in the queue is not sent
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _said(self, choice: Choice) -> Ids:
        """Its last token may be the end of the turn."""
        if choice.token_ids is None:
            raise _lacks("tokens of its answer")
        end = self._chat.end_of_turn
        ids = choice.token_ids
        return ids[: ids.index(end)] if end in ids else ids


def _parts(of: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    bounds = [*range(0, len(of), size), len(of)]
    return (of[start:end] for start, end in pairwise(bounds))


def _of_tokens(choice: Choice, tokens: Sequence[int]) -> dict[int, float]:
    """Log-probabilities of these tokens at the place after the prompt."""
    told = choice.logprobs.top_logprobs[0] if choice.logprobs and choice.logprobs.top_logprobs else {}
    try:
        return {token: told[f"token_id:{token}"] for token in tokens}
    except KeyError:
        raise _lacks("probability of a token that was asked for") from None


def _of_prompt(choice: Choice, row: Ids) -> list[float]:
    """Of each token of the prompt; of the first, which nothing predicts, 0."""
    told = choice.prompt_logprobs or ()
    try:
        found = [0.0 if at is None else at[token].logprob for at, token in zip(told, row, strict=True)]
    except (KeyError, ValueError):
        raise _lacks("probability of a token of the prompt") from None
    return found


def _lacks(what: str) -> ServiceError:
    return ServiceError(
        f"vLLM does not tell the {what}.",
        "This version has another interface than 0.33.0, which clinft was written for.",
        "Install that version in vLLM's own environment, or evaluate without CLINFT_VLLM.",
    )
