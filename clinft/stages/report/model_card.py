"""`MODEL_CARD.md`: Hugging Face front matter, then what a user of the adapter must know.

Front matter: huggingface.co/docs/hub/model-cards, read 2026-11. `license` is left out on purpose:
nobody stated one.
"""

import json
from collections.abc import Iterable

import yaml

from clinft.artifacts.model import TrainedModel
from clinft.artifacts.results import SystemResult
from clinft.stages.report import numbers, words
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.markdown import bullets, code, code_block, document, escape, sanitise, table

WEIGHT_METHODS = ("lora", "qlora", "dora")
# Hugging Face's names (huggingface.co/metrics); a metric without one keeps its own.
HUB_METRICS = {"macro_f1": "f1", "macro_precision": "precision", "macro_recall": "recall"}


def render(facts: RunFacts) -> str:
    return document(
        (
            front_matter(facts),
            f"# {escape(facts.spec.name)}",
            escape(facts.spec.summary),
            *_details(facts),
            *_use(facts),
            *_training(facts),
            *_evaluation(facts),
            *_limitations(facts),
            *_loading(facts),
        )
    )


def front_matter(facts: RunFacts) -> str:
    """YAML between `---` lines; `safe_dump` quotes what would be read as anything but text."""
    spec, base = facts.spec, facts.model.base_model
    library = "peft" if spec.training.method in WEIGHT_METHODS else "transformers"
    data: dict[str, object] = {
        "language": ["en"],
        **({} if base.kind == "hosted" else {"library_name": library}),
        "pipeline_tag": "text-generation",
        "tags": ["clinical", "synthetic-data", "clinft", spec.training.method],
    }
    if base.kind == "hub":
        data["base_model"] = sanitise(base.ref)
    data["model-index"] = [{"name": spec.name, "results": _hub_results(facts)}]
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---"


def _hub_results(facts: RunFacts) -> list[dict[str, object]]:
    evaluation, spec = facts.evaluation, facts.spec
    dataset = {
        "name": f"{spec.name}, synthetic test split",
        "type": facts.prepared.generator,
        "split": "test",
        "revision": evaluation.test_sha256,
    }
    task = {"type": "text-classification" if spec.task.kind == "classification" else "text-generation"}
    return [
        {"task": dict(task), "dataset": dict(dataset), "metrics": metrics}
        for result in evaluation.systems
        if result.system == "tuned" and (metrics := _hub_metrics(result))
    ]


def _hub_metrics(result: SystemResult) -> list[dict[str, object]]:
    return [
        {
            "type": HUB_METRICS.get(measured.metric, measured.metric),
            "name": f"{words.metric(measured.metric)}, {words.scoring(result.scoring)}, "
            f"{numbers.percent(found.confidence)} interval "
            f"{numbers.number(found.low)} to {numbers.number(found.high)}, n = {found.n}",
            "value": round(found.value, 4),
        }
        for measured in result.metrics
        if (found := measured.interval) is not None
    ]


def _details(facts: RunFacts) -> Iterable[str]:
    spec, model = facts.spec, facts.model
    yield "## Model details"
    parameters = model.trainable_parameters
    rows = [
        ("Project and run", f"{code(spec.name)}, {code(facts.run_id)}"),
        ("Base model", f"{code(model.base_model.ref)}, sha256 {numbers.short(model.base_model.digest)}"),
        ("Method", f"{code(spec.training.method)} with provider {code(model.provider)}"),
        (
            "Trainable parameters",
            numbers.missing("not told by the provider") if parameters is None else f"{parameters:,}",
        ),
        *(
            (f"Weights {code(name)}", f"sha256 {numbers.short(digest)}")
            for name, digest in sorted(model.weights.items())
        ),
        ("Owners", ", ".join(escape(owner) for owner in spec.owners)),
        (
            "Licence",
            "missing: decide before sharing; the base model's licence applies to what is made from it",
        ),
        ("Regression verdict", f"**{facts.regression.status}**, {facts.regression.recommendation}"),
    ]
    yield table(("", ""), rows)
    yield f"Task: {escape(spec.task.description)}"


def _use(facts: RunFacts) -> Iterable[str]:
    yield "## Intended use"
    yield escape(facts.spec.intended_use)
    yield "## Out of scope"
    yield bullets(escape(line) for line in facts.spec.out_of_scope)


def _training(facts: RunFacts) -> Iterable[str]:
    spec, prepared, model = facts.spec, facts.prepared, facts.model
    train = prepared.splits["train"]
    yield "## Training data"
    yield (
        f"{train.records:,} synthetic records from {train.scenarios:,} clinical scenarios "
        f"(sha256 {numbers.short(train.sha256)}), made by generator {code(prepared.generator)} version "
        f"{prepared.generator_version} with seed {prepared.seed}. No record describes a person. "
        f"Terminology: {escape(prepared.terminology_release)}."
    )
    yield "## Training procedure"
    yield _procedure(model)
    if model.declared_by is not None:
        yield (
            f"**Declared by {escape(model.declared_by)}, not measured**: steps, loss, tokens and the name of "
            "the trained model."
        )
    settings = spec.training.hyperparameters.model_dump(mode="json", exclude_none=True)
    if spec.training.method in WEIGHT_METHODS:
        adapter = spec.training.lora.model_dump(mode="json", exclude_none=True)
        settings |= {f"lora.{name}": value for name, value in adapter.items()}
    yield table(("Setting", "Value"), ((code(name), _setting(value)) for name, value in settings.items()))
    final = [point.validation_loss for point in model.loss if point.validation_loss is not None]
    yield "Last validation loss: " + (
        f"{numbers.number(final[-1])} nats per answer token, on the validation file "
        f"{numbers.short(model.validation_file)} (n = {prepared.splits['validation'].records:,})."
        if final
        else "missing: the provider reported none."
    )


def _procedure(model: TrainedModel) -> str:
    steps = numbers.missing("its provider tells no steps") if model.steps is None else f"{model.steps:,}"
    if model.answer_tokens is None:
        return f"Optimizer steps: {steps}, over {model.samples:,} samples."
    return (
        f"{steps} optimizer steps over {model.samples:,} samples ({model.answer_tokens:,} answer tokens). "
        "The loss counts the tokens of the answer only."
    )


def _setting(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(code(str(item)) for item in value)
    return code(str(value))


def _evaluation(facts: RunFacts) -> Iterable[str]:
    evaluation = facts.evaluation
    names = facts.spec.evaluation.metrics
    yield "## Evaluation"
    yield table(
        ("System", "Answer read as", *(words.metric(name) for name in names)),
        (
            (
                escape(words.system(result.system)),
                escape(words.scoring(result.scoring)),
                *(numbers.metric(words.find_metric(result, name), evaluation.n) for name in names),
            )
            for result in evaluation.systems
        ),
    )
    intervals = [
        (words.metric(measured.metric), measured.interval)
        for result in evaluation.systems
        for measured in result.metrics
        if measured.interval is not None
    ]
    yield (
        f"Measured on {evaluation.n:,} synthetic test records "
        f"(sha256 {numbers.short(evaluation.test_sha256)}) of scenarios that training never saw. "
        f"Brackets: {numbers.methods(intervals) or 'missing'}. "
        f"Per class, with errors: {code(f'runs/{facts.run_id}/report.md')} in the project's folder."
    )


def _limitations(facts: RunFacts) -> Iterable[str]:
    yield "## Limitations and risks"
    result = words.primary(facts.evaluation)
    risks = [
        "All data is synthetic: the accuracy on notes of real patients is missing: never measured.",
        "External validation at another site: missing: not done.",
        "Results by age, sex, ethnicity or language: missing: not measured in this version.",
        "Calibration of the model's confidence: missing: not measured in this version.",
        "The model always answers, also where no answer fits; a person must read the text and decide.",
        "It is no medical device and no authority has reviewed it.",
    ]
    supported = [label for label in result.labels if label.support] if result else []
    if supported:
        weakest = min(supported, key=lambda label: (label.recall.low, label.label))
        risks.insert(
            0,
            f"Weakest class: {code(weakest.label)}, recall {numbers.interval_n(weakest.recall)} on the test "
            f"split {numbers.short(facts.evaluation.test_sha256)}.",
        )
    yield bullets(risks)


def _loading(facts: RunFacts) -> Iterable[str]:
    yield "## How to load it"
    spec, model = facts.spec, facts.model
    if not model.weights:
        yield f"The weights stay with the provider; its name for the model is {code(model.fine_tuned_model)}."
        return
    if model.provider != "peft":
        yield f"missing: provider {code(model.provider)} makes no weights that transformers can load."
        return
    folder = json.dumps(f"{facts.run_folder}/data/{model.fine_tuned_model}")
    base = json.dumps(sanitise(model.base_model.ref))
    if spec.training.method in WEIGHT_METHODS:
        imports = "from peft import PeftModel\n"
        load = (
            "model = AutoModelForCausalLM.from_pretrained(base)\n"
            f"model = PeftModel.from_pretrained(model, {folder})"
        )
    else:
        imports, load = "", f"model = AutoModelForCausalLM.from_pretrained({folder})"
    yield code_block(
        f"{imports}from transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        f"base = {base}{_base_comment(facts)}\n"
        "tokenizer = AutoTokenizer.from_pretrained(base)\n"
        f"{load}",
        "python",
    )
    yield (
        "Weights are not committed: they lie on the machine that trained. Ask in the form the model was "
        "trained on: the system prompt of `prompt/prompt.md`, then the note as the user's message, through "
        "the tokenizer's chat template, without sampling."
    )


def _base_comment(facts: RunFacts) -> str:
    if facts.model.base_model.kind == "builtin":
        return "  # replace by its folder under ~/.cache/clinft/models"
    revision = facts.spec.training.base_model_revision
    return f"  # revision {revision}" if revision else ""
