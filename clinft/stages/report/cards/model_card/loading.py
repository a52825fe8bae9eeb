"""How the weights are loaded, where there are any."""

from collections.abc import Iterable

from clinft.artifacts.fact_sheet import FactSheet
from clinft.stages.report.cards import snippet
from clinft.stages.report.cards.facts.model import WEIGHT_METHODS
from clinft.stages.report.markdown import code, code_block


def loading(sheet: FactSheet) -> Iterable[str]:
    model = sheet.model
    yield "## How to load it"
    if not model.weights:
        yield f"The weights stay with the provider; its name for the model is {code(model.fine_tuned_model)}."
        return
    if model.provider != "peft":
        yield f"missing: provider {code(model.provider)} makes no weights that transformers can load."
        return
    folder = f"{sheet.run_folder}/data/{model.fine_tuned_model}"
    source: snippet.Source = "adapter" if model.method in WEIGHT_METHODS else "folder"
    yield code_block(snippet.loads(sheet, source, folder), "python")
    yield (
        "Weights are not committed: they lie on the machine that trained. Ask in the form the model was "
        "trained on: the system prompt of `prompt/prompt.md`, then the note as the user's message, through "
        "the tokenizer's chat template, without sampling. `clinft export` hands them over with a manifest of "
        "digests, merged into the base model or as GGUF where that is wanted."
    )
