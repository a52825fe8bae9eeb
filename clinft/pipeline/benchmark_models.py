"""The models that public benchmarks are asked of: the base model, and the one that was tuned from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinft import run_folder
from clinft.adapters.benchmarks import Benchmark, Item
from clinft.adapters.benchmarks.harness import longest_answer
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import BaseModelIdentity
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline.assessment import prices_of
from clinft.pipeline.context import Context
from clinft.pipeline.evaluating import check_weights
from clinft.pipeline.hosted_model import answering
from clinft.pipeline.plan import identify
from clinft.ports.models import LanguageModel

System = Literal["base", "tuned"]
SYSTEMS: tuple[System, ...] = ("base", "tuned")
# Below data/, which git ignores: what a hosted model said, word for word, so that nothing is paid twice.
ANSWERS = "benchmark-answers.jsonl"


@dataclass(frozen=True)
class Model:
    """`digest`: of all that its answers depend on. `open` is called once, where something is to be asked."""

    system: System
    name: str
    digest: str
    open: Callable[[], LanguageModel]


def models(context: Context, wanted: tuple[System, ...]) -> list[Model]:
    base = identify(context)
    trained = run_folder.load(context.run, "train", TrainedModel) if context.run else None
    systems = wanted or (SYSTEMS if trained else SYSTEMS[:1])
    if "tuned" in systems and trained is None:
        raise SpecError(
            "There is no tuned model of the present plan.",
            "It was never trained, or project.yaml, the prompt or the data changed since.",
            f"Run `clinft run {context.loaded.path}`, or ask for --system base.",
        )
    made = []
    for system in SYSTEMS:
        if system not in systems:
            continue
        if system == "tuned":
            assert trained is not None, "refused above"
            made.append(_tuned(context, trained))
        else:
            made.append(Model(system, base.ref, base.digest, lambda: _open(context, base, base.ref)))
    return made


def _tuned(context: Context, trained: Artifact[TrainedModel]) -> Model:
    payload = trained.payload
    name = payload.fine_tuned_model if payload.base_model.kind == "hosted" else context.run_dir.name

    def opened() -> LanguageModel:
        if payload.base_model.kind == "hosted":
            return _open(context, payload.base_model, payload.fine_tuned_model)
        adapter = context.run_dir / "data" / payload.fine_tuned_model
        check_weights(context.run_dir.name, adapter, payload)
        return _open(context, payload.base_model, payload.fine_tuned_model, adapter)

    return Model("tuned", name, trained.digest, opened)


def _open(
    context: Context, identity: BaseModelIdentity, name: str, adapter: Path | None = None
) -> LanguageModel:
    if identity.kind == "hosted":
        return answering(context, name, context.paths.work / ANSWERS)
    return context.services.models.open(identity, adapter)


def agree(
    context: Context, model: Model, opened: LanguageModel, missing: Sequence[tuple[Benchmark, Sequence[Item]]]
) -> None:
    """A hosted model is asked on a laptop alone, by a person who was told the most it may cost."""
    identity = identify(context)
    if identity.kind != "hosted":
        return
    if context.mode != "local" or context.agrees is None:
        raise SpecError(
            f"{model.name} is hosted: asking it costs money, and sends the benchmark's texts there.",
            "Nothing but a person's word on a laptop starts that.",
            "Call it there with --yes.",
        )
    questions = [one.conversation(item) for one, items in missing for item in items]
    prompt_tokens = sum(opened.count_tokens(questions))
    answer_tokens = sum(len(items) * longest_answer(one, items, opened) for one, items in missing)
    usd = prices_of(context, identity).of(prompt_tokens, answer_tokens)
    assert usd is not None, "prices_of has seen to it"
    bound = context.policy.per_run_usd(context.name)
    if usd > bound:
        raise PolicyViolation(
            f"Asking {model.name} may cost {usd:.2f} USD; the policy allows {bound} USD for one run.",
            f"There are {len(questions):,} questions.",
            "Name fewer benchmarks, pass --limit, or have the limit raised.",
        )
    told = (
        f"{len(questions):,} public texts go to {model.name} and cost at most {usd:.4f} USD "
        f"({prompt_tokens:,} prompt and {answer_tokens:,} completion tokens)."
    )
    if not context.agrees(told):
        raise SpecError(f"Nothing was asked. {told}", "Nobody agreed to it.", "Call it again with --yes.")
