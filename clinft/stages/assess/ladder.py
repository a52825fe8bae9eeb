"""The rungs that a spec asks for: how each asks, and how its answers are read. Nothing is asked here."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from clinft.artifacts.data import Record
from clinft.artifacts.formatting import conversation
from clinft.ports.models import Conversation, Sampling
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt, PromptExample
from clinft.spec.prompting import PromptStrategy
from clinft.stages.assess.curated import Clean, curated
from clinft.stages.assess.guardrails import guarded
from clinft.stages.assess.neighbours import Neighbours

MARKER = "Answer:"
MARKED = re.compile(r"^[\s*_#>`-]*answer[\s*_`]*:[\s*_`]*", re.IGNORECASE | re.MULTILINE)
REASON_FIRST = (
    "#### How to answer\nFirst reason: in at most five short sentences, name what of the text decides and "
    f"what speaks against it. Then write a last line that begins with `{MARKER}` and holds what is asked for "
    "above, and nothing else."
)
WITH_EXAMPLES = ("few_shot", "few_shot_knn")
WITH_REASONS = ("chain_of_thought", "self_consistency")
# Any would do; fixed ones draw the same again.
FIRST_SEED = 1


@dataclass(frozen=True)
class Try:
    """One rung before it is asked. `room`: tokens before the answer. `draws`: empty for one greedy answer."""

    name: str
    strategy: PromptStrategy
    prompt: Prompt
    ask: Callable[[Record], Conversation]
    shots: int = 0
    room: int = 0
    draws: tuple[Sampling, ...] = ()

    @property
    def reasons(self) -> bool:
        """Its answer stands behind the marker. Labels cannot be scored then: they come after the reasons."""
        return self.strategy in WITH_REASONS

    def answer(self, text: str) -> str:
        """What of the text is parsed; nothing where the marker is missing."""
        if not self.reasons:
            return text
        parts = MARKED.split(text)
        return parts[-1] if len(parts) > 1 else ""


@dataclass(frozen=True)
class Sources:
    """Where examples come from beside prompt.md: the training split, and the audit's word on a text."""

    train: Sequence[Record] = ()
    clean: Clean = field(default=lambda text: True)


def ladder(spec: ProjectSpec, prompt: Prompt, sources: Sources) -> tuple[Try, ...]:
    """In the order of the spec; a strategy with several numbers of examples gives a rung for each."""
    return tuple(
        one for strategy in spec.prompt.strategies for one in _rungs(strategy, spec, prompt, sources)
    )


def _rungs(strategy: PromptStrategy, spec: ProjectSpec, prompt: Prompt, sources: Sources) -> Iterator[Try]:
    asked = spec.prompt
    if strategy not in WITH_EXAMPLES:
        made = _prompt(strategy, 0, spec, prompt, sources)
        room = asked.reasoning_tokens if strategy in WITH_REASONS else 0
        draws = _draws(spec) if strategy == "self_consistency" else ()
        yield Try(strategy, strategy, made, _asking(made, 0), 0, room, draws)
        return
    near = Neighbours(sources.train) if strategy == "few_shot_knn" else None
    for shots in dict.fromkeys((asked.few_shot_examples, *asked.more_shots)):
        name = strategy if shots == asked.few_shot_examples else f"{strategy}_{shots}"
        made = _prompt(strategy, shots, spec, prompt, sources)
        ask = _asking(made, shots) if near is None else _asking_near(made, shots, near)
        yield Try(name, strategy, made, ask, shots)


def _prompt(
    strategy: PromptStrategy, shots: int, spec: ProjectSpec, prompt: Prompt, sources: Sources
) -> Prompt:
    """System prompt and fixed examples; neighbours are found anew for every note."""
    if strategy == "rules":
        return prompt.model_copy(update={"system": guarded(prompt.system, spec)})
    if strategy in WITH_REASONS:
        return prompt.model_copy(update={"system": f"{prompt.system}\n\n{REASON_FIRST}"})
    if strategy == "few_shot" and len(prompt.examples) < shots:
        filled = curated(spec.task, sources.train, prompt.examples, shots, sources.clean)
        return prompt.model_copy(update={"examples": filled})
    return prompt


def _asking(made: Prompt, shots: int) -> Callable[[Record], Conversation]:
    return lambda record: conversation(made, record.text, shots)


def _asking_near(made: Prompt, shots: int, near: Neighbours) -> Callable[[Record], Conversation]:
    def ask(record: Record) -> Conversation:
        found = [PromptExample(input=one.text, output=one.target) for one in near.nearest(record, shots)]
        return conversation(Prompt(system=made.system, examples=tuple(found)), record.text, shots)

    return ask


def _draws(spec: ProjectSpec) -> tuple[Sampling, ...]:
    asked = spec.prompt
    seeds = range(FIRST_SEED, FIRST_SEED + asked.self_consistency_samples)
    return tuple(Sampling(asked.self_consistency_temperature, seed) for seed in seeds)
