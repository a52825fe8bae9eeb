"""The `prompt:` section: which prompts `clinft assess` tries, before anyone pays for training."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clinft.spec.base import Strict, conflict

# Each name is a way of asking; what it changes is in clinft/stages/assess/ladder.py.
PromptStrategy = Literal[
    "zero_shot", "rules", "few_shot", "few_shot_knn", "chain_of_thought", "self_consistency"
]
Shots = Annotated[int, Field(ge=1, le=32)]


class PromptSpec(Strict):
    """Text and examples live in prompt/prompt.md."""

    strategies: tuple[PromptStrategy, ...] = Field(
        default=("zero_shot", "few_shot"),
        min_length=1,
        max_length=6,
        description="Tried on the base model, cheapest first. zero_shot: the system prompt. rules: with the "
        "answers that count, their form, and what to do when unsure. few_shot: with examples. few_shot_knn: "
        "with the training records most like the note. chain_of_thought: reasons first, then the answer. "
        "self_consistency: the majority of several such answers.",
    )
    few_shot_examples: int = Field(
        default=3, ge=1, le=32, description="How many examples of prompt.md few_shot shows."
    )
    more_shots: tuple[Shots, ...] = Field(
        default=(),
        max_length=4,
        description="Other numbers of examples that few_shot and few_shot_knn are tried with, e.g. [8]. "
        "What prompt.md lacks comes from the training split.",
    )
    reasoning_tokens: int = Field(
        default=256, ge=16, le=8192, description="Room for reasons before the answer."
    )
    self_consistency_samples: int = Field(
        default=5, ge=2, le=25, description="How many answers self_consistency draws for each note."
    )
    self_consistency_temperature: float = Field(
        default=0.7, gt=0.0, le=2.0, strict=False, description="How far these answers may differ."
    )

    @model_validator(mode="after")
    def each_is_tried_once(self) -> Self:
        if len(set(self.strategies)) < len(self.strategies):
            raise conflict("a strategy is listed twice", "strategies", next_step="Leave one of them out.")
        if len({self.few_shot_examples, *self.more_shots}) <= len(self.more_shots):
            raise conflict(
                "a number of examples is listed twice",
                "more_shots",
                next_step="few_shot_examples is tried anyway; list other numbers.",
            )
        return self
