"""A causal language model that scores whole labels and answers greedily, in batches."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence

from clinft.adapters.model.chat import Chat
from clinft.adapters.model.prefix import Prefix, Trunk, shared_length
from clinft.ports.models import Conversation, LabelScore, Sampling
from clinft.ports.progress import ProgressTask

ROWS = 16
# Positions whose logits exist at once: 256 × a vocabulary of 150,000 × 4 bytes are 150 MB.
POSITIONS = 256


class CausalLanguageModel:
    has_logprobs = True
    used = (0, 0)

    def __init__(self, model: Any, chat: Chat) -> None:
        self._trunk, self._chat = Trunk(model), chat

    def count_tokens(self, conversations: Sequence[Conversation]) -> list[int]:
        return self._chat.count_tokens(conversations)

    @torch.no_grad()
    def score_labels(
        self, conversations: Sequence[Conversation], labels: Sequence[str], task: ProgressTask
    ) -> list[list[LabelScore]]:
        """All labels of a row in one forward pass, each blind to the others by the attention mask."""
        answers = [self._chat.answer_ids(label) for label in labels]
        scores: list[list[LabelScore]] = [[] for _ in conversations]
        for indices, rows, prefix in self._batches(conversations):
            found = self._score(rows, answers, prefix)
            for index, logprobs in zip(indices, found.tolist(), strict=True):
                scores[index] = [
                    LabelScore(logprob, len(ids)) for logprob, ids in zip(logprobs, answers, strict=True)
                ]
            task.advance(len(indices))
        return scores

    @torch.no_grad()
    def score_answers(
        self, conversations: Sequence[Conversation], answers: Sequence[str], task: ProgressTask
    ) -> list[LabelScore]:
        """Each conversation with its own answer in one row: long answers cost what they are long."""
        wanted = [self._chat.answer_ids(answer) for answer in answers]
        scores = [LabelScore(0.0, len(ids)) for ids in wanted]
        for indices, rows, prefix in self._batches(conversations, wanted):
            found = self._score_own(rows, [wanted[index] for index in indices], prefix)
            for index, logprob in zip(indices, found.tolist(), strict=True):
                scores[index] = LabelScore(logprob, len(wanted[index]))
            task.advance(len(indices))
        return scores

    @torch.no_grad()
    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        task: ProgressTask,
        sampling: Sampling | None = None,
    ) -> list[str]:
        answers = [""] * len(conversations)
        drawing = _Drawing(sampling, self._trunk.device)
        for indices, rows, prefix in self._batches(conversations):
            found = self._generate(rows, max_new_tokens, prefix, drawing)
            for index, ids in zip(indices, found, strict=True):
                answers[index] = self._chat.text(ids)
            task.advance(len(indices))
        return answers

    def _batches(
        self, conversations: Sequence[Conversation], answers: Sequence[Sequence[int]] = ()
    ) -> Iterator[tuple[list[int], list[list[int]], Prefix]]:
        """Indices, own token ids of the prompt and the shared prefix; rows of like length together."""
        ids = [self._chat.prompt_ids(conversation) for conversation in conversations]
        room = [len(answer) for answer in answers] or [0] * len(ids)
        shared = shared_length(ids)
        prefix = self._trunk.prefix(ids[0][:shared] if ids else ())
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]) + room[index])
        for start in range(0, len(order), ROWS):
            indices = order[start : start + ROWS]
            yield indices, [ids[index][shared:] for index in indices], prefix

    def _score(
        self, rows: Sequence[Sequence[int]], answers: Sequence[Sequence[int]], prefix: Prefix
    ) -> torch.Tensor:
        """[rows, labels]: log-probability of each whole answer. Layout: row, padding, then all answers."""
        device = self._trunk.device
        lengths = torch.tensor([len(row) for row in rows], device=device)
        padded = _padded(rows, self._chat.pad, device)
        width = padded.shape[1]
        # The last token of an answer is only predicted, never read.
        owner: list[int] = []
        places: list[int] = []
        tokens: list[int] = []
        for number, answer in enumerate(answers):
            owner += [number] * (len(answer) - 1)
            places += range(len(answer) - 1)
            tokens += answer[:-1]
        owners = torch.tensor(owner, device=device, dtype=torch.long)
        steps = torch.tensor(places, device=device, dtype=torch.long)
        extra = torch.tensor(tokens, device=device, dtype=torch.long)

        own = torch.arange(width, device=device).expand(len(rows), -1)
        positions = torch.cat([own, lengths[:, None] + steps], dim=1) + prefix.length
        hidden = self._trunk.decoder(
            input_ids=torch.cat([padded, extra.expand(len(rows), -1)], dim=1),
            attention_mask=_mask(lengths, width, owners, steps, prefix.length),
            position_ids=positions,
            past_key_values=prefix.cache(len(rows)),
            use_cache=True,
        ).last_hidden_state

        batch = torch.arange(len(rows), device=device)
        first = torch.tensor([answer[0] for answer in answers], device=device)
        opening = torch.log_softmax(self._trunk.logits(hidden[batch, lengths - 1]), dim=-1)
        total = opening[:, first]
        following = torch.tensor([token for answer in answers for token in answer[1:]], device=device)
        chunk = max(1, POSITIONS // len(rows))
        for start in range(0, len(tokens), chunk):
            part = slice(start, start + chunk)
            after = hidden[:, width:][:, part]
            logprobs = torch.log_softmax(self._trunk.logits(after), dim=-1)
            targets = following[part].expand(len(rows), -1).unsqueeze(-1)
            total = total.index_add(1, owners[part], logprobs.gather(-1, targets).squeeze(-1))
        return total

    def _score_own(
        self, rows: Sequence[Sequence[int]], answers: Sequence[Sequence[int]], prefix: Prefix
    ) -> torch.Tensor:
        """[rows]: log-probability of each row's own answer. Layout: row, its answer but the last, padding.

        What is padded stands behind all that is read, and attention looks back only: no mask is needed.
        """
        device = self._trunk.device
        whole = [[*row, *answer[:-1]] for row, answer in zip(rows, answers, strict=True)]
        hidden = self._trunk.decoder(
            input_ids=_padded(whole, self._chat.pad, device),
            past_key_values=prefix.cache(len(rows)),
            use_cache=True,
        ).last_hidden_state
        owner: list[int] = []
        places: list[int] = []
        tokens: list[int] = []
        for number, (row, answer) in enumerate(zip(rows, answers, strict=True)):
            owner += [number] * len(answer)
            # The hidden state that predicts a token stands one place before it.
            places += range(len(row) - 1, len(row) - 1 + len(answer))
            tokens += answer
        owners, steps = torch.tensor(owner, device=device), torch.tensor(places, device=device)
        targets = torch.tensor(tokens, device=device)
        # Long answers are sums of hundreds of numbers.
        total = torch.zeros(len(rows), dtype=torch.float64, device="cpu")
        for start in range(0, len(tokens), POSITIONS):
            part = slice(start, start + POSITIONS)
            logits = self._trunk.logits(hidden[owners[part], steps[part]])
            found = logits.gather(-1, targets[part, None]).squeeze(-1) - logits.logsumexp(dim=-1)
            total.index_add_(0, owners[part].cpu(), found.cpu().double())
        return total

    def _generate(
        self, rows: Sequence[Sequence[int]], max_new_tokens: int, prefix: Prefix, drawing: "_Drawing"
    ) -> list[list[int]]:
        """Decoding by hand: `generate` of transformers cannot start from a shared prefix."""
        device = self._trunk.device
        lengths = torch.tensor([len(row) for row in rows], device=device)
        tokens = _padded(rows, self._chat.pad, device)
        own = torch.arange(tokens.shape[1], device=device) < lengths[:, None]
        mask = prefix.mask(own.long())
        cache = prefix.cache(len(rows))
        position = torch.arange(tokens.shape[1], device=device).expand(len(rows), -1) + prefix.length
        last = lengths - 1
        batch = torch.arange(len(rows), device=device)
        answers: list[list[int]] = [[] for _ in rows]
        open_rows = set(range(len(rows)))
        for step in range(max_new_tokens):
            output = self._trunk.decoder(
                input_ids=tokens,
                attention_mask=mask,
                position_ids=position,
                past_key_values=cache,
                use_cache=True,
            )
            chosen = drawing.choose(self._trunk.logits(output.last_hidden_state[batch, last]))
            for row, token in enumerate(chosen.tolist()):
                if row in open_rows and token == self._chat.end_of_turn:
                    open_rows.discard(row)
                elif row in open_rows:
                    answers[row].append(token)
            if not open_rows:
                break
            tokens, last = chosen[:, None], torch.zeros_like(lengths)
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
            position = (prefix.length + lengths + step)[:, None]
        return answers


class _Drawing:
    """The next token of each row: the likeliest, or one drawn with a generator of its own."""

    def __init__(self, sampling: Sampling | None, device: torch.device) -> None:
        self._sampling = sampling
        # On the processor: generators of different devices draw differently from one seed.
        self._generator = torch.Generator(device="cpu")
        if sampling is not None:
            self._generator.manual_seed(sampling.seed)

    def choose(self, logits: torch.Tensor) -> torch.Tensor:
        if self._sampling is None:
            return logits.argmax(dim=-1)
        shares = torch.softmax(logits.float().cpu() / self._sampling.temperature, dim=-1)
        return torch.multinomial(shares, 1, generator=self._generator)[:, 0].to(logits.device)


def _padded(rows: Sequence[Sequence[int]], pad: int, device: torch.device) -> torch.Tensor:
    """[rows, longest], padded on the right."""
    return pad_sequence(
        [torch.tensor(list(row), device=device) for row in rows], batch_first=True, padding_value=pad
    )


def _mask(
    lengths: torch.Tensor, width: int, owners: torch.Tensor, steps: torch.Tensor, shared: int
) -> torch.Tensor:
    """[rows, 1, width + answers, shared + width + answers]: True where a token may look.

    A row's tokens look back along the row; an answer's tokens look at the row and back along themselves.
    """
    rows, device = lengths.shape[0], lengths.device
    size = width + owners.shape[0]
    allowed = torch.zeros(rows, size, shared + size, dtype=torch.bool, device=device)
    allowed[:, :, :shared] = True
    places = torch.arange(width, device=device)
    allowed[:, :width, shared : shared + width] = places[None, :] <= places[:, None]
    allowed[:, width:, shared : shared + width] = (places < lengths[:, None])[:, None, :]
    same = (owners[:, None] == owners[None, :]) & (steps[None, :] <= steps[:, None])
    allowed[:, width:, shared + width :] = same
    return allowed.unsqueeze(1)
