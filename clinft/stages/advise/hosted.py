"""Advice for training at a provider, which knows few settings and has defaults of its own."""

from collections.abc import Iterator

from clinft.artifacts.advice import AdviceRow
from clinft.spec.training import HOSTED_METHODS
from clinft.stages.advise.facts import DataFacts, Request
from clinft.stages.advise.table import number_row, row, rule_of, within

# The provider's own choice of epochs, as OpenAI's cookbook has it.
TARGET_EPOCHS, MOST_EPOCHS = 3, 25
FEWEST_EXAMPLES, MOST_EXAMPLES = 100, 25_000
# How far from it one may go before it counts: "by 1 or 2", OpenAI's guide.
SOME_EPOCHS = 2
BATCH_SHARE, LARGEST_BATCH, SAME_BATCH = 0.002, 256, 2


def rows(request: Request) -> Iterator[AdviceRow]:
    hyper, data = request.training.hyperparameters, request.data
    if (rule := rule_of("data.records", request)) is not None:
        yield number_row(rule, request, data.samples)
    if (rule := rule_of("method", request)) is not None and request.training.method in HOSTED_METHODS:
        yield row(rule, request, request.training.method, request.training.method != rule.recommended)
    if (rule := rule_of("hyperparameters.n_epochs", request)) is not None:
        usual, (least, most) = usual_epochs(data.samples), epochs_within(data)
        departs = not within(hyper.n_epochs, least, most)
        words = f"{usual}; {least} to {most} will do" if least != most else f"{usual}"
        yield row(rule, request, f"{hyper.n_epochs}", departs, words)
    if (rule := rule_of("hyperparameters.learning_rate_multiplier", request)) is not None:
        yield number_row(rule, request, hyper.learning_rate_multiplier)
    if (rule := rule_of("hyperparameters.batch_size", request)) is not None:
        usual = usual_batch(data.samples)
        asked = hyper.asked_batch_size
        departs = asked is not None and not within(asked, usual / SAME_BATCH, usual * SAME_BATCH)
        yield row(rule, request, "absent" if asked is None else f"{asked}", departs, f"{usual}")
    rule = rule_of("hyperparameters.max_tokens", request)
    if rule is not None and data.longest_tokens is not None:
        yield number_row(rule, request, data.longest_tokens, " in the longest sample")


def usual_epochs(samples: int) -> int:
    if samples * TARGET_EPOCHS < FEWEST_EXAMPLES:
        return min(MOST_EPOCHS, FEWEST_EXAMPLES // max(1, samples))
    if samples * TARGET_EPOCHS > MOST_EXAMPLES:
        return max(1, MOST_EXAMPLES // samples)
    return TARGET_EPOCHS


def epochs_within(data: DataFacts) -> tuple[int, int]:
    usual = usual_epochs(data.samples)
    if data.kind == "generation":
        return max(1, usual - SOME_EPOCHS), usual
    return usual, usual + SOME_EPOCHS


def usual_batch(samples: int) -> int:
    return max(1, min(LARGEST_BATCH, round(samples * BATCH_SHARE)))
