"""Assess: how far do prompts alone get on the dev split? Asked before anyone pays for training."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from clinft.artifacts.answers import checked_labels, likeliest, most_new_tokens, parse_answer
from clinft.artifacts.data import Record
from clinft.artifacts.formatting import conversation
from clinft.artifacts.planning import Interval, PromptAssessment, StrategyResult
from clinft.ports.models import LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.statistics.power import items_for_proportion
from clinft.statistics.proportions import wilson

STAGE_VERSION = 1
METRIC = "accuracy"


@dataclass(frozen=True)
class _Tried:
    """One prompt, read in both ways."""

    strategy: str
    generated: StrategyResult
    closed: StrategyResult


def assess(
    spec: ProjectSpec,
    prompt: Prompt,
    dev: Sequence[Record],
    dev_sha256: str,
    model: LanguageModel,
    progress: Progress,
) -> PromptAssessment:
    """Every strategy, read both as likeliest label and as free answer, on the dev split alone."""
    labels = checked_labels(spec.task, dev, "dev")
    tried = [
        _try(strategy, spec, prompt, dev, labels, model, progress) for strategy in spec.prompt.strategies
    ]
    # The best free answers; among equals the best likeliest labels, then the shorter prompt.
    best = max(
        tried,
        key=lambda one: (
            one.generated.accuracy.value,
            one.closed.accuracy.value,
            -one.generated.prompt_tokens_mean,
        ),
    )
    target = next(
        (
            threshold.min
            for threshold in spec.evaluation.thresholds
            if threshold.metric == METRIC and threshold.min is not None
        ),
        None,
    )
    strategies = tuple(result for one in tried for result in (one.closed, one.generated))
    verdict, reason = _verdict(strategies, target)
    return PromptAssessment.model_validate(
        {
            "verdict": verdict,
            "reason": reason,
            "target": target,
            "target_metric": METRIC,
            "strategies": strategies,
            "recommended": best.strategy,
            "dev_sha256": dev_sha256,
        }
    )


def _try(
    strategy: str,
    spec: ProjectSpec,
    prompt: Prompt,
    dev: Sequence[Record],
    labels: Sequence[str],
    model: LanguageModel,
    progress: Progress,
) -> _Tried:
    examples = spec.prompt.few_shot_examples if strategy == "few_shot" else 0
    conversations = [conversation(prompt, record.text, examples) for record in dev]
    tokens = fmean(model.count_tokens(conversations))
    with progress.task(f"assess {strategy}, likeliest labels", len(dev)) as task:
        scores = model.score_labels(conversations, labels, task)
    longest = most_new_tokens(score.tokens for row in scores for score in row)
    with progress.task(f"assess {strategy}, free answers", len(dev)) as task:
        answers = [parse_answer(text, labels) for text in model.generate(conversations, longest, task)]
    picked = [likeliest(labels, [score.logprob_nats for score in row]) for row in scores]

    def accuracy(predictions: Sequence[str | None]) -> Interval:
        right = sum(found == record.target for found, record in zip(predictions, dev, strict=True))
        return wilson(right, len(dev), spec.evaluation.confidence)

    return _Tried(
        strategy,
        generated=StrategyResult(
            strategy=f"{strategy}, generated_text",
            accuracy=accuracy(answers),
            parse_failures=sum(answer is None for answer in answers),
            prompt_tokens_mean=round(tokens, 1),
        ),
        closed=StrategyResult(
            strategy=f"{strategy}, closed_labels",
            accuracy=accuracy(picked),
            parse_failures=None,
            prompt_tokens_mean=round(tokens, 1),
        ),
    )


def _verdict(strategies: Sequence[StrategyResult], target: float | None) -> tuple[str, str]:
    # All are measured on the same records, so the highest accuracy also has the highest bounds. Among equals
    # the free answer speaks: nothing has to hold the model to its labels then.
    best = max(
        strategies,
        key=lambda one: (one.accuracy.value, one.parse_failures is not None, -one.prompt_tokens_mean),
    )
    found = best.accuracy
    shown = f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}] on {found.n:,} dev records"
    if target is None:
        return (
            "INCONCLUSIVE",
            "evaluation.thresholds sets no least accuracy, so there is nothing to reach. "
            f"The best prompt ({best.strategy}) gets {shown}.",
        )
    if found.low >= target:
        return (
            "PROMPT_SUFFICIENT",
            f"With a prompt alone ({best.strategy}) the base model gets {shown}; the target is {target:g}. "
            "Training is not needed.",
        )
    if found.high < target:
        return (
            "FINE_TUNE",
            f"No prompt reaches the target of {target:g}: the best ({best.strategy}) gets {shown}.",
        )
    needed = items_for_proportion(found.value, target, found.confidence)
    more = "No number of records would decide: the accuracy found is the target itself."
    if needed is not None:
        more = f"About {needed:,} records would decide if the accuracy stays as it is."
    return (
        "INCONCLUSIVE",
        f"The best prompt ({best.strategy}) gets {shown}, which holds the target of {target:g}. {more}",
    )
