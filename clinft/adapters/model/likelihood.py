"""Log-probabilities of answers that the model is shown: all labels of a row, or each row's own answer."""

from collections.abc import Sequence

import torch
from torch.nn.utils.rnn import pad_sequence

from clinft.adapters.model.prefix import Prefix, Trunk
from clinft.errors import ServiceError

Ids = Sequence[int]
# Positions whose logits exist at once: 256 × a vocabulary of 150,000 × 4 bytes are 150 MB.
POSITIONS = 256


def of_labels(
    trunk: Trunk, rows: Sequence[Ids], labels: Sequence[Ids], prefix: Prefix, pad: int
) -> torch.Tensor:
    """[rows, labels], in nats: all labels of a row in one pass, each blind to the others by the mask.

    Layout: row, padding, then all labels, of each all tokens but the last, which is only predicted.
    """
    device = trunk.device
    lengths = torch.tensor([len(row) for row in rows], device=device)
    own = padded(rows, pad, device)
    width = own.shape[1]
    owners, steps, tokens = _table(device, [(range(len(label) - 1), label[:-1]) for label in labels])

    places = torch.arange(width, device=device).expand(len(rows), -1)
    hidden = trunk.decoder(
        input_ids=torch.cat([own, tokens.expand(len(rows), -1)], dim=1),
        # Without labels of several tokens the rows look back along themselves, as they would without a mask.
        attention_mask=_mask(lengths, width, owners, steps, prefix.length) if len(tokens) else None,
        position_ids=torch.cat([places, lengths[:, None] + steps], dim=1) + prefix.length,
        **prefix.read_once(len(rows)),
    ).last_hidden_state

    batch = torch.arange(len(rows), device=device)
    first = torch.tensor([label[0] for label in labels], device=device)
    total = torch.log_softmax(trunk.logits(hidden[batch, lengths - 1]), dim=-1)[:, first]
    following = torch.tensor([token for label in labels for token in label[1:]], device=device)
    chunk = max(1, POSITIONS // len(rows))
    for start in range(0, len(tokens), chunk):
        part = slice(start, start + chunk)
        found = _logprobs(trunk, hidden[:, width:][:, part], following[part].expand(len(rows), -1))
        total = total.index_add(1, owners[part], found)
    return numbers(total)


def of_own_answers(
    trunk: Trunk, rows: Sequence[Ids], answers: Sequence[Ids], prefix: Prefix, pad: int
) -> torch.Tensor:
    """[rows], in nats, on the processor. Layout: row, its answer but the last token, padding.

    What is padded stands behind all that is read, and attention looks back only: no mask is needed.
    """
    device = trunk.device
    whole = [[*row, *answer[:-1]] for row, answer in zip(rows, answers, strict=True)]
    hidden = trunk.decoder(
        input_ids=padded(whole, pad, device), **prefix.read_once(len(rows))
    ).last_hidden_state
    # The hidden state that predicts a token stands one place before it.
    spans = [
        (range(len(row) - 1, len(row) - 1 + len(answer)), answer)
        for row, answer in zip(rows, answers, strict=True)
    ]
    owners, places, targets = _table(device, spans)
    # Long answers are sums of hundreds of numbers.
    total = torch.zeros(len(rows), dtype=torch.float64)
    for start in range(0, len(targets), POSITIONS):
        part = slice(start, start + POSITIONS)
        found = _logprobs(trunk, hidden[owners[part], places[part]], targets[part])
        total.index_add_(0, owners[part].cpu(), found.cpu().double())
    return numbers(total)


def numbers(values: torch.Tensor) -> torch.Tensor:
    """As they are, or ServiceError: what a damaged model computes must not pass for a result."""
    if not bool(torch.isfinite(values).all()):
        raise ServiceError(
            "The model computes values that are not numbers.",
            "Its weights are damaged, or training diverged.",
            "Check the model's files; for a tuned model, lower the learning rate and train again.",
        )
    return values


def padded(rows: Sequence[Ids], pad: int, device: torch.device) -> torch.Tensor:
    """[rows, longest], padded on the right."""
    return pad_sequence(
        [torch.tensor(list(row), device=device) for row in rows], batch_first=True, padding_value=pad
    )


def _logprobs(trunk: Trunk, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Of each target, from the hidden state before it."""
    logits = trunk.logits(hidden)
    return logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1) - logits.logsumexp(dim=-1)


def _table(
    device: torch.device, spans: Sequence[tuple[range, Ids]]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Number of the span, place and token of each of their tokens, one after the other."""
    owners = [number for number, (places, _) in enumerate(spans) for _ in places]
    flat = [place for places, _ in spans for place in places]
    tokens = [token for _, ids in spans for token in ids]
    return (
        torch.tensor(owners, device=device, dtype=torch.long),
        torch.tensor(flat, device=device, dtype=torch.long),
        torch.tensor(tokens, device=device, dtype=torch.long),
    )


def _mask(
    lengths: torch.Tensor, width: int, owners: torch.Tensor, steps: torch.Tensor, shared: int
) -> torch.Tensor:
    """[rows, 1, width + labels, shared + width + labels]: True where a token may look.

    A row's tokens look back along the row; a label's tokens look at the row and back along themselves.
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
