"""Perplexity of answers."""

import math
from collections import Counter

# exp of more is no longer a float; a model that bad has no perplexity worth a digit.
LARGEST_MEAN_NATS = 700.0


def perplexity(answers: Counter[tuple[float, int]]) -> float:
    """exp of the mean negative log-likelihood per token, of (nats, tokens) pairs with their counts."""
    nats = math.fsum(nll * count for (nll, _), count in answers.items())
    tokens = sum(tokens * count for (_, tokens), count in answers.items())
    return math.exp(min(nats / tokens, LARGEST_MEAN_NATS))
