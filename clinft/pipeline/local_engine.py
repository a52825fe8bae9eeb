"""What answers for weights on this machine: this process, or the server that its operator has set up.

All of one evaluation or nothing: what two engines compute differs a little, and a gain must not be that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.model import TrainedModel
from clinft.pipeline.context import Context
from clinft.pipeline.deployed_model import Deployed
from clinft.ports.models import LanguageModel, LocalEngine, Weights

# Git-ignored, and not among what crosses from the machine that trains.
LOG = "data/vllm.log"
# On record among the inputs of the stage. Another one makes no finished evaluation anew: it may be deployed.
ENGINE = "engine"


@dataclass(frozen=True)
class Chosen:
    """`engine` None: this process; then `why_not`, where another one was set up."""

    engine: LocalEngine | None
    asked: tuple[Weights, ...]
    why_not: str | None = None

    @property
    def digest(self) -> str | None:
        """None for this process, so that digests are what they always were."""
        return None if self.engine is None else digest_json(self.engine.identity().model_dump(mode="json"))


def chosen(context: Context, trained: TrainedModel, beside: Deployed | None) -> Chosen:
    engine = context.services.engine
    asked = weights(context, trained, beside)
    if engine is None or not asked:
        return Chosen(None, asked)
    why_not = engine.refuses(asked)
    return Chosen(engine, asked) if why_not is None else Chosen(None, asked, why_not)


def weights(context: Context, trained: TrainedModel, beside: Deployed | None) -> tuple[Weights, ...]:
    """Local ones that the evaluation may ask; nothing where the models are at a provider."""
    if trained.base_model.kind == "hosted":
        return ()
    tuned = context.run_dir / "data" / trained.fine_tuned_model
    method = context.loaded.spec.training.method
    found = [Weights(trained.base_model), Weights(trained.base_model, tuned, method)]
    if beside is not None and beside.trained is not None and beside.adapter is not None:
        found.append(Weights(beside.trained.base_model, beside.adapter))
    return tuple(found)


@contextmanager
def opening(context: Context, by: Chosen) -> Iterator[Callable[[Weights], LanguageModel]]:
    if by.engine is None:
        if by.why_not is not None:
            context.say(f"evaluate: transformers answers, because {by.why_not}.")
        yield lambda one: context.services.models.open(one.base, one.folder)
        return
    with by.engine.serving(by.asked, context.run_dir / LOG) as opened:
        yield opened
