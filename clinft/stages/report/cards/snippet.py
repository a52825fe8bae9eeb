"""Python that loads a model and asks it in the form it was trained on; tests run it as it is printed."""

import json
from typing import Literal

from clinft.artifacts.fact_sheet import FactSheet
from clinft.artifacts.handover import MESSAGES
from clinft.stages.report.markdown import sanitise

Source = Literal["adapter", "folder", "gguf"]
# A folder's name in the repository that trained leads nowhere where the weights were handed to.
ELSEWHERE = "/path/to/the/base/model"
ANSWER = f"""def answer(text: str, max_new_tokens: int = 64) -> str:
    before = json.loads(Path(folder, {json.dumps(MESSAGES)}).read_text(encoding="utf-8"))
    asked = tokenizer.apply_chat_template(
        [*before, {{"role": "user", "content": text}}],
        add_generation_prompt=True,
        return_dict=True,
        return_tensors="pt",
    )
    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    with torch.no_grad():
        told = model.eval().generate(
            **asked.to(model.device),
            max_new_tokens=max_new_tokens,
            do_sample=False,
            num_beams=1,
            repetition_penalty=1.0,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=pad,
        )
    return tokenizer.decode(told[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)"""


def loads(sheet: FactSheet, source: Source, folder: str, gguf: str = "") -> str:
    """`folder`: where the weights lie, as a reader types it. Names `tokenizer` and `model` are then there."""
    return "\n".join((*_imports(source), "", *_loading(sheet, source, folder, gguf, _base(sheet))))


def asks(sheet: FactSheet, source: Source, folder: str, gguf: str = "") -> str:
    """The same outside of the repository, with a function that asks: greedy, and nothing of the base model's
    habits of drawing."""
    imports = ("import json", "from pathlib import Path", "", "import torch", *_imports(source))
    base = _base(sheet)
    if sheet.model.base_kind == "folder":
        base = f"base = {json.dumps(ELSEWHERE)}  # your copy of it; see below"
    return "\n".join((*imports, "", *_loading(sheet, source, folder, gguf, base), "", "", ANSWER))


def _imports(source: Source) -> list[str]:
    peft = ["from peft import PeftModel"] if source == "adapter" else []
    return [*peft, "from transformers import AutoModelForCausalLM, AutoTokenizer"]


def _loading(sheet: FactSheet, source: Source, folder: str, gguf: str, base: str) -> list[str]:
    lines = [f"folder = {json.dumps(folder)}"]
    if source == "gguf":
        return [*lines, *_both(f"folder, gguf_file={json.dumps(gguf)}")]
    if source == "folder":
        return [*lines, *_both("folder")]
    lines.append(base)
    of = "base"
    if sheet.model.base_kind == "hub" and sheet.model.base_revision:
        lines.append(f"revision = {json.dumps(sheet.model.base_revision)}")
        of = "base, revision=revision"
    return [*lines, *_both(of), "model = PeftModel.from_pretrained(model, folder)"]


def _both(of: str) -> list[str]:
    return [
        f"tokenizer = AutoTokenizer.from_pretrained({of})",
        f'model = AutoModelForCausalLM.from_pretrained({of}, dtype="auto")',
    ]


def _base(sheet: FactSheet) -> str:
    return f"base = {json.dumps(sanitise(sheet.model.base_model))}{_comment(sheet)}"


def _comment(sheet: FactSheet) -> str:
    if sheet.model.base_kind == "builtin":
        return "  # replace by its folder under ~/.cache/clinft/models (or $CLINFT_CACHE/clinft/models)"
    return "  # a folder of the repository" if sheet.model.base_kind == "folder" else ""
