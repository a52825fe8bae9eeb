"""Models of evaluation.also: what asking them may cost at most, and who agrees to it.

After the merge the reviews of the pull request are the word; on a laptop it is a person's, who was told the
most it may cost before any model is asked.
"""

from clinft.artifacts.data import Record
from clinft.artifacts.lines import Lines
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline import evaluation_models
from clinft.pipeline.context import Context
from clinft.pipeline.hosted_model import ANSWERS
from clinft.ports.models import LanguageModel
from clinft.stages.evaluate.asking import most_used
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.scoring import GENERATED
from clinft.stages.evaluate.systems import systems_of


def bounded(context: Context, name: str, test: Lines[Record], kept: Kept) -> tuple[LanguageModel, str]:
    """The model, and in words what asking for the answers that `kept` lacks may cost; nothing is asked.

    SpecError or PolicyViolation where it may not be asked, or not for so much.
    """
    model = evaluation_models.opened(context, name, context.run_dir / ANSWERS)
    spec = context.loaded.spec
    system = next(one for one in systems_of(spec, context.loaded.prompt) if one.name == name)
    done = kept.finished(name, GENERATED)
    prompt, completion = most_used(system, model, spec.task, test, done)
    usd = evaluation_models.cost_of(context, name, prompt, completion)
    assert usd is not None, "opened has seen to it"
    bound = context.policy.per_run_usd(context.name)
    if usd > bound:
        raise PolicyViolation(
            f"Asking {name} may cost {usd:.2f} USD; the policy allows {bound} USD for one run.",
            f"There are {len(test) - done:,} questions.",
            "Hold out fewer records, or have the limit raised.",
        )
    return model, f"{len(test) - done:,} synthetic records go to {name} and cost at most {usd:.4f} USD"


def agree(context: Context, test: Lines[Record], kept: Kept) -> None:
    """SpecError where somebody has to agree and nobody does. What may not be asked anyway is left out."""
    names = dict.fromkeys(context.loaded.spec.evaluation.also)
    left = [name for name in names if kept.finished(name, GENERATED) < len(test)]
    if context.mode != "local" or not left:
        return
    told = []
    for name in left:
        try:
            told.append(bounded(context, name, test, kept)[1])
        except (SpecError, PolicyViolation):
            continue  # said as `absent` when its turn comes
    said = "; ".join(told) + "; answers that are there already cost nothing."
    if told and (context.agrees_to_others is None or not context.agrees_to_others(said)):
        raise SpecError(
            f"Nothing was asked. {said}",
            "Models of evaluation.also are asked on a laptop only where a person agrees to that.",
            f"Call `clinft evaluate {context.loaded.path} --yes`, or empty evaluation.also.",
        )
