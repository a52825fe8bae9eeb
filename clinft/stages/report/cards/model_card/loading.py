"""How the weights are loaded, where there are any."""

import json
from collections.abc import Iterable

from clinft.artifacts.fact_sheet import FactSheet
from clinft.stages.report.cards.facts.model import WEIGHT_METHODS
from clinft.stages.report.markdown import code, code_block, sanitise


def loading(sheet: FactSheet) -> Iterable[str]:
    model = sheet.model
    yield "## How to load it"
    if not model.weights:
        yield f"The weights stay with the provider; its name for the model is {code(model.fine_tuned_model)}."
        return
    if model.provider != "peft":
        yield f"missing: provider {code(model.provider)} makes no weights that transformers can load."
        return
    folder = json.dumps(f"{sheet.run_folder}/data/{model.fine_tuned_model}")
    base = json.dumps(sanitise(model.base_model))
    if model.method in WEIGHT_METHODS:
        imports = "from peft import PeftModel\n"
        load = (
            "model = AutoModelForCausalLM.from_pretrained(base)\n"
            f"model = PeftModel.from_pretrained(model, {folder})"
        )
    else:
        imports, load = "", f"model = AutoModelForCausalLM.from_pretrained({folder})"
    yield code_block(
        f"{imports}from transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        f"base = {base}{_base_comment(sheet)}\n"
        "tokenizer = AutoTokenizer.from_pretrained(base)\n"
        f"{load}",
        "python",
    )
    yield (
        "Weights are not committed: they lie on the machine that trained. Ask in the form the model was "
        "trained on: the system prompt of `prompt/prompt.md`, then the note as the user's message, through "
        "the tokenizer's chat template, without sampling."
    )


def _base_comment(sheet: FactSheet) -> str:
    if sheet.model.base_kind == "builtin":
        return "  # replace by its folder under ~/.cache/clinft/models"
    return f"  # revision {sheet.model.base_revision}" if sheet.model.base_revision else ""
