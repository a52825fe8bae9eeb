"""Assess: how far do prompts alone get on the dev split? Asked before anyone pays for training."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from clinft.artifacts.answers import likeliest, parse_answer
from clinft.artifacts.data import Record
from clinft.artifacts.formatting import conversation
from clinft.artifacts.planning import Interval, PromptAssessment, StrategyResult
from clinft.errors import SpecError
from clinft.ports.models import LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt
from clinft.statistics.power import items_for_proportion
from clinft.statistics.proportions import wilson

STAGE_VERSION = 1
METRIC = "accuracy"
MAX_NEW_TOKENS = 24


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
    """Free answers decide, for so the model would be used; likeliest labels are shown beside them."""
    if spec.task.kind != "classification":
        raise SpecError(
            f"task.kind {spec.task.kind} cannot be assessed by this version.",
            "Only classification is built.",
            "Write kind: classification, or wait for the version that assesses this kind.",
        )
    tried = [_try(strategy, spec, prompt, dev, model, progress) for strategy in spec.prompt.strategies]
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
    verdict, reason = _verdict(best, tried, target)
    return PromptAssessment.model_validate(
        {
            "verdict": verdict,
            "reason": reason,
            "target": target,
            "target_metric": METRIC,
            "strategies": tuple(result for one in tried for result in (one.closed, one.generated)),
            "recommended": best.strategy,
            "dev_sha256": dev_sha256,
        }
    )


def _try(
    strategy: str,
    spec: ProjectSpec,
    prompt: Prompt,
    dev: Sequence[Record],
    model: LanguageModel,
    progress: Progress,
) -> _Tried:
    examples = spec.prompt.few_shot_examples if strategy == "few_shot" else 0
    conversations = [conversation(prompt, record.text, examples) for record in dev]
    tokens = fmean(model.count_tokens(conversations))
    labels, confidence = spec.task.labels, spec.evaluation.confidence
    with progress.task(f"{strategy}, likeliest label", len(dev)) as task:
        scores = model.score_labels(conversations, labels, task)
    with progress.task(f"{strategy}, free answer", len(dev)) as task:
        answers = [parse_answer(text, labels) for text in model.generate(conversations, MAX_NEW_TOKENS, task)]
    picked = [likeliest(labels, [score.logprob_nats for score in row]) for row in scores]

    def accuracy(predictions: Sequence[str | None]) -> Interval:
        right = sum(found == record.target for found, record in zip(predictions, dev, strict=True))
        return wilson(right, len(dev), confidence)

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


def _verdict(best: _Tried, tried: Sequence[_Tried], target: float | None) -> tuple[str, str]:
    if target is None:
        return "INCONCLUSIVE", "evaluation.thresholds sets no least accuracy, so there is nothing to reach."
    found = best.generated.accuracy
    shown = f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
    if found.low >= target:
        return (
            "PROMPT_SUFFICIENT",
            f"With the prompt alone ({best.strategy}) the base model reaches {shown} on {found.n} dev "
            f"records; the target is {target:g}. Training is not needed.",
        )
    highest = max(one.generated.accuracy.high for one in tried)
    if highest < target:
        return (
            "FINE_TUNE",
            f"No prompt reaches the target of {target:g} on {found.n} dev records; the best "
            f"({best.strategy}) gets {shown}.",
        )
    needed = items_for_proportion(found.value, target, found.confidence)
    more = "the accuracy is the target itself" if needed is None else f"about {needed:,} would decide"
    return (
        "INCONCLUSIVE",
        f"The best prompt ({best.strategy}) gets {shown}, and the target of {target:g} lies within reach of "
        f"that interval: {found.n} dev records are too few, {more}.",
    )
