"""`README.md` of a handed-over model, for people and hubs: what it is, how it is loaded."""

from collections.abc import Iterable, Sequence

from clinft.artifacts.fact_sheet import FactSheet
from clinft.artifacts.handover import MANIFEST, MESSAGES, SUMS, Form
from clinft.stages.report import numbers
from clinft.stages.report.cards import snippet
from clinft.stages.report.cards.front_matter import front_matter
from clinft.stages.report.cards.said import said
from clinft.stages.report.markdown import bullets, code, code_block, document, escape, table

FORMS: dict[Form, str] = {
    "adapter": "a LoRA adapter; it works only on top of the base model it was trained on",
    "merged": "the base model with the adapter merged into it",
    "full": "a whole model; every weight was trained",
    "gguf": "the whole model as one GGUF file, for llama.cpp and what is built on it",
}
LIBRARIES: dict[Form, str] = {
    "adapter": "peft",
    "merged": "transformers",
    "full": "transformers",
    "gguf": "gguf",
}
CARD = "MODEL_CARD.md"


def render(sheet: FactSheet, form: Form, files: Sequence[str]) -> str:
    """`files`: names that lie beside it."""
    return document(
        (
            front_matter(sheet, LIBRARIES[form]),
            f"# {escape(sheet.project)}",
            escape(sheet.statements["summary"].text),
            *_what(sheet, form),
            *_limits(sheet, files),
            *_use(sheet, form, files),
            *_check(),
        )
    )


def _what(sheet: FactSheet, form: Form) -> Iterable[str]:
    model = sheet.model
    yield "## What this is"
    rows = [
        ("Form", FORMS[form]),
        ("Project and run", f"{code(sheet.project)}, {code(sheet.run_id)}"),
        ("Base model", f"{_base(sheet)}, sha256 {numbers.short(model.base_sha256)}"),
        *((("Its commit", code(model.base_revision)),) if model.base_revision else ()),
        ("Method", code(model.method)),
        ("Plan that was approved", f"sha256 {numbers.short(model.plan_sha256)}"),
        ("Regression verdict", f"{escape(sheet.verdict.status)}, {escape(sheet.verdict.recommendation)}"),
        ("Licence", said(sheet.statements["licence"])),
        ("Contact", said(sheet.statements["contact"])),
    ]
    yield table(("Fact", "Value"), rows)


def _base(sheet: FactSheet) -> str:
    model = sheet.model
    named = code(model.base_model)
    return f"{named}, a folder of the repository that trained" if model.base_kind == "folder" else named


def _limits(sheet: FactSheet, files: Sequence[str]) -> Iterable[str]:
    yield "## What it is for, and what not"
    yield said(sheet.statements["intended-use"])
    yield bullets(escape(line) for line in sheet.out_of_scope)
    yield said(sheet.statements["training-data"])
    if CARD in files:
        yield f"What was measured, on what, and where it fails: [{CARD}]({CARD})."


def _use(sheet: FactSheet, form: Form, files: Sequence[str]) -> Iterable[str]:
    yield "## How to load and ask it"
    gguf = next((name for name in files if name.endswith(".gguf")), "")
    sources: dict[Form, snippet.Source] = {"adapter": "adapter", "gguf": "gguf"}
    script = snippet.asks(sheet, sources.get(form, "folder"), ".", gguf)
    yield "In this folder:"
    yield code_block(script, "python")
    if form == "adapter" and sheet.model.base_kind == "folder":
        yield from _base_elsewhere(sheet)
    yield (
        f"`answer(text)` then gives the model's answer. {code(MESSAGES)} holds what stands before each "
        "question: the system prompt that the model was trained with. Asked in another form, it is another "
        "model than the one that was measured."
    )
    if form == "gguf":
        yield (
            f"With llama.cpp: `llama-server -m {gguf} --jinja`, asked with the same messages at "
            "temperature 0."
        )


def _base_elsewhere(sheet: FactSheet) -> Iterable[str]:
    model = sheet.model
    yield (
        "`base` is the path of your copy of the base model. Where the adapter was trained, this was the "
        f"repository's folder {code(model.base_model)}, and `adapter_config.json` still says so "
        "(`base_model_name_or_path`). PEFT does not look there when it is given the model, as above; for "
        "programs that do, write your path into it in a copy of this folder."
    )
    yield (
        f"Only this base model fits: sha256 {code(model.base_sha256)}, of the canonical JSON (RFC 8785) of "
        f"its files' names and sha256. {code(MANIFEST)} lists them under `base_files` if they lay where this "
        "was written. Whoever has no copy needs both in one: `clinft export --merge`."
    )


def _check() -> Iterable[str]:
    yield "## Is it whole?"
    yield (
        f"`sha256sum -c {SUMS}` in this folder. {code(MANIFEST)} says what the files were made of: the "
        "pinned base model, the approved plan, the training files and the run's sealed record."
    )
