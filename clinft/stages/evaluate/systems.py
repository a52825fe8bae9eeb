"""The systems under test: which model each asks, and with which prompt."""

from dataclasses import dataclass

from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt

TUNED, DEPLOYED = "tuned", "deployed"
# Models as `open_model` knows them; those of evaluation.also come by their own names.
BASE = "base"


@dataclass(frozen=True)
class System:
    """`name` as in the report, `model` as `open_model` knows it, and what its prompt shows."""

    name: str
    model: str
    prompt: Prompt
    few_shot_examples: int


def systems_of(spec: ProjectSpec, prompt: Prompt, deployed: Prompt | None = None) -> list[System]:
    """In the order of `evaluation.compare`, then those of `evaluation.also`.

    The tuned model sees what it was trained with: no examples. It is measured even where `compare` leaves it
    out, for thresholds and regression are about it. `deployed`: the prompt that the deployed model was
    trained with; None: the present one. Models of other providers get what the base model gets at its best.
    """
    shown = spec.prompt.few_shot_examples
    known = {
        "base_zero_shot": System("base_zero_shot", BASE, prompt, 0),
        "base_prompt": System("base_prompt", BASE, prompt, shown),
        TUNED: System(TUNED, TUNED, prompt, 0),
        DEPLOYED: System(DEPLOYED, DEPLOYED, deployed or prompt, 0),
    }
    named = [known[name] for name in dict.fromkeys((*spec.evaluation.compare, TUNED))]
    return named + [System(name, name, prompt, shown) for name in dict.fromkeys(spec.evaluation.also)]
