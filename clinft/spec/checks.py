"""Rules between sections, files and folders, which no single model can see. Pure but for `is_dir`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clinft.spec.base import Strict
from clinft.spec.data import OWN_PACK, DataSpec
from clinft.spec.evaluation import RECORDED, RECORDED_FOLDER, EvaluationSpec, RegressionSpec
from clinft.spec.measured import evaluation_of, is_for, metrics_for, regression_of
from clinft.spec.messages import validated
from clinft.spec.project import TaskSpec
from clinft.spec.prompt import Prompt
from clinft.spec.prompting import PromptSpec
from clinft.spec.reached import AT_ENDPOINTS, ELSEWHERE
from clinft.spec.scalars import Sentences
from clinft.spec.training import HOSTED_METHODS, TrainingSpec
from clinft.spec.yaml import Loc

Finding = tuple[Loc, Sentences]
Section = TypeVar("Section", bound=Strict)

DOMAINS = Path(__file__).parents[1] / "tables" / "domains"
REMOVE = "Remove it."
# What a hosted provider's fine-tuning API takes (platform.openai.com/docs/api-reference/fine-tuning).
HOSTED_HYPERPARAMETERS = frozenset({"n_epochs", "batch_size", "learning_rate_multiplier", "seed", "beta"})
PEFT_ONLY_KEYS = ("lora", "base_model_revision")
HOSTED_ONLY_KEYS = ("region", "suffix")
# Keys that only these providers read.
READ_BY = {"endpoint": ELSEWHERE, "server": ("mcp",), "training_type": ("azure_openai",)}
NO_SERVER: Sentences = (
    "`training.server` is missing.",
    "Provider mcp trains through a server that .github/clinft.yml names under mcp_servers.",
    "Name one of them.",
)
BETA_WITHOUT_DPO: Sentences = (
    "`beta` is read by `method: dpo` alone.",
    "Usually the method was changed and beta forgotten.",
    REMOVE,
)
HOSTED_MODEL = "Write the name of a model as the provider lists it, with its date."
INSTEAD = {
    "learning_rate": "Use `learning_rate_multiplier`.",
    "learning_rate_multiplier": "Use `learning_rate`.",
}
OTHER_NAME: Sentences = (
    "`name` differs from the name of the project's folder.",
    "Usually the folder was copied or renamed.",
    "Give both the same name.",
)
NO_SUCH_RUN: Sentences = (
    "`regression.baseline` names a run that this project's runs/ folder does not hold.",
    "Usually the run belongs to another project, or its results were not merged.",
    "Name a run of this project, or write deployment.",
)
NOTHING_RECORDED: Sentences = (
    "`regression.baseline` is recorded, and this project has no baseline/evaluate.json.",
    "Usually the project was copied without its folder baseline/, or the file was not committed.",
    "Restore it, or write deployment; `clinft rescue` records the answers of a model that is about to stop.",
)
UNPINNED: Sentences = (
    "`training.base_model` is neither builtin nor a folder of this repository, "
    "and `base_model_revision` is missing.",
    "A model on a hub can change under its name, so the approved commit is pinned.",
    "Add `base_model_revision` with the 40-character commit that the model's page shows, "
    "or correct the folder's path.",
)
# Git's own name for no commit.
NO_COMMIT = "0" * 40
PLACEHOLDER: Sentences = (
    "`training.base_model_revision` is forty zeros, which is no commit of anything.",
    "Usually a placeholder was left in.",
    "Write the commit that you looked at: the model's page shows it under Files and versions.",
)
TUNED_NOT_COMPARED: Sentences = (
    "Thresholds judge the tuned model, which `evaluation.compare` leaves out.",
    "Usually a line of the list was removed.",
    "Add tuned.",
)
NO_CRITICAL_LABELS: Sentences = (
    "critical_recall is measured over `regression.critical_labels`, which is empty.",
    "Usually the list was forgotten.",
    "List the labels whose misses would harm a patient, or drop the metric.",
)
DEFAULT_MARGIN: Finding = (
    ("evaluation", "metrics"),
    (
        "`regression.margins` is absent and judges accuracy (of other kinds than classification: score) by "
        "default, which is not measured here.",
        "Usually the metrics were changed and the margins forgotten.",
        "Add that metric, or write `regression.margins` for a metric that is measured.",
    ),
)
ADAPTER_WITHOUT_LORA: Sentences = (
    "`training.lora` contradicts `method: full`.",
    "Full training changes every weight and has no adapter.",
    "Remove the section, or choose lora, qlora or dora.",
)


@dataclass(frozen=True)
class Sections:
    """The sections that are valid by themselves; a broken one does not silence the others."""

    task: TaskSpec | None
    data: DataSpec | None
    prompt: PromptSpec | None
    training: TrainingSpec | None
    evaluation: EvaluationSpec | None
    regression: RegressionSpec | None


def sections(value: dict[str, object]) -> Sections:
    def section(model: type[Section], key: str) -> Section | None:
        return validated(model, value.get(key, {}))[0]

    task, evaluation = section(TaskSpec, "task"), section(EvaluationSpec, "evaluation")
    return Sections(
        task=task,
        data=section(DataSpec, "data"),
        prompt=section(PromptSpec, "prompt"),
        training=section(TrainingSpec, "training"),
        evaluation=evaluation_of(task.kind, evaluation) if task and evaluation else evaluation,
        regression=section(RegressionSpec, "regression"),
    )


def spec_findings(spec: Sections) -> Iterator[Finding]:
    """Contradictions within one spec."""
    if spec.training is not None:
        yield from _provider(spec.training)
        if spec.training.base_model_revision == NO_COMMIT:
            yield ("training", "base_model_revision"), PLACEHOLDER
    if spec.evaluation is not None:
        if spec.task is not None:
            yield from _kinds(spec.task.kind, spec.evaluation)
        yield from _thresholds(spec.evaluation)
        if spec.regression is not None:
            given = "margins" in spec.regression.model_fields_set
            kind = spec.task.kind if spec.task is not None else "classification"
            yield from _margins(spec.evaluation, regression_of(kind, spec.regression), given)
            if spec.task is None or spec.task.kind == "classification":
                yield from _critical(spec.evaluation, spec.regression)


def domains() -> list[str]:
    """The clinical domains that clinft can generate records of."""
    return sorted(path.stem for path in DOMAINS.glob("*.yaml"))


def folder_findings(spec: Sections, value: dict[str, object], folder: Path, root: Path) -> Iterator[Finding]:
    """Contradictions between a spec (`value`: as written) and the folders around it."""
    name, domain = value.get("name"), value.get("clinical_domain")
    generated = spec.data is not None and spec.data.origin == "generated"
    own = (folder / OWN_PACK).is_file()  # whether it is this domain's is seen when it is read
    if generated and isinstance(domain, str) and domain not in domains() and not own:
        yield (
            ("clinical_domain",),
            (
                "clinft has no table of this clinical domain to generate records from.",
                "Usually the name is mistyped.",
                f"Known: {', '.join(domains())}. For synthetic data of your own: "
                f"`origin: frozen`; for a pack of your own: docs/domain-packs.md.",
            ),
        )
    if isinstance(name, str) and name != folder.name:
        yield ("name",), OTHER_NAME
    baseline = spec.regression.baseline if spec.regression is not None else "deployment"
    if baseline == RECORDED:
        if not (folder / RECORDED_FOLDER / "evaluate.json").is_file():
            yield ("regression", "baseline"), NOTHING_RECORDED
    elif baseline != "deployment" and not (folder / "runs" / baseline).is_dir():
        yield ("regression", "baseline"), NO_SUCH_RUN
    if spec.training is not None and spec.training.provider == "peft":
        yield from _revision(spec.training, root)


def prompt_findings(spec: Sections, prompt: Prompt) -> Iterator[Finding]:
    """Contradictions between a spec and its prompt that belong to the spec's file."""
    if spec.prompt is None or "few_shot" not in spec.prompt.strategies:
        return
    if len(prompt.examples) < spec.prompt.few_shot_examples:
        yield (
            ("prompt", "few_shot_examples"),
            (
                f"few_shot shows {spec.prompt.few_shot_examples} examples; "
                f"prompt/prompt.md has {len(prompt.examples)}.",
                "Each example is a `## Example` section there.",
                "Add examples, lower few_shot_examples, or leave few_shot out of strategies.",
            ),
        )


def unknown_outputs(task: TaskSpec | None, prompt: Prompt) -> list[int]:
    """Indexes of the examples whose output is not a label of the task."""
    if task is None or task.kind != "classification":
        return []
    return [index for index, example in enumerate(prompt.examples) if example.output not in task.labels]


def _provider(training: TrainingSpec) -> Iterator[Finding]:
    """Settings that the provider would ignore; `fake`, `manual` and `mcp` decide for themselves."""
    yield from _read_by_others(training)
    if training.provider in AT_ENDPOINTS:
        yield from _hosted(training)
        wrong_keys, wrong = PEFT_ONLY_KEYS, training.hyperparameters.model_fields_set - HOSTED_HYPERPARAMETERS
    elif training.provider == "peft":
        wrong_keys = HOSTED_ONLY_KEYS
        wrong = training.hyperparameters.model_fields_set & {"learning_rate_multiplier"}
        if training.method == "full" and "lora" in training.model_fields_set:
            yield ("training", "lora"), ADAPTER_WITHOUT_LORA
    else:
        return
    for key in sorted(wrong):
        yield ("training", "hyperparameters", key), _not_for(key, training.provider, INSTEAD.get(key, REMOVE))
    for key in wrong_keys:
        if key in training.model_fields_set:
            yield ("training", key), _not_for(key, training.provider, REMOVE)


def _read_by_others(training: TrainingSpec) -> Iterator[Finding]:
    for key, providers in READ_BY.items():
        if key in training.model_fields_set and training.provider not in providers:
            yield ("training", key), _not_for(key, training.provider, REMOVE)
    if training.provider == "mcp" and training.server is None:
        yield ("training", "provider"), NO_SERVER
    if training.hyperparameters.beta is not None and training.method != "dpo":
        yield ("training", "hyperparameters", "beta"), BETA_WITHOUT_DPO


def _hosted(training: TrainingSpec) -> Iterator[Finding]:
    if "/" in training.base_model or ":" in training.base_model:
        yield ("training", "base_model"), _not_for("base_model", training.provider, HOSTED_MODEL)
    if training.method not in HOSTED_METHODS:
        yield ("training", "method"), _not_for("method", training.provider, "Write `method: supervised`.")


def _not_for(key: str, provider: str, next_step: str) -> Sentences:
    return f"`{key}` does not fit provider {provider}.", "Each provider has settings of its own.", next_step


def _revision(training: TrainingSpec, root: Path) -> Iterator[Finding]:
    """A hub id needs a commit, else other weights could be trained than were approved."""
    reference = training.base_model
    if reference.startswith("builtin:") or training.base_model_revision is not None:
        return
    local = (root / reference).resolve()
    if local.is_dir() and local.is_relative_to(root.resolve()):
        return
    yield ("training", "base_model"), UNPINNED


def _thresholds(evaluation: EvaluationSpec) -> Iterator[Finding]:
    path: Loc = ("evaluation", "thresholds")
    if evaluation.thresholds and "tuned" not in evaluation.compare:
        yield ("evaluation", "compare"), TUNED_NOT_COMPARED
    bounds: dict[tuple[str, str], int] = {}
    for index, threshold in enumerate(evaluation.thresholds):
        if threshold.metric not in evaluation.metrics:
            yield (*path, index, "metric"), _not_measured("threshold")
        side = "min" if threshold.min is not None else "max"
        if (threshold.metric, side) in bounds:
            yield (*path, index, "metric"), _twice("threshold")
        bounds[threshold.metric, side] = index


def _kinds(kind: str, evaluation: EvaluationSpec) -> Iterator[Finding]:
    for index, metric in enumerate(evaluation.metrics):
        if not is_for(metric, kind):
            yield (
                ("evaluation", "metrics", index),
                (
                    f"This metric is not measured for `task.kind: {kind}`.",
                    "Usually the list was copied from a project of another kind.",
                    f"Remove it; for this kind there are: {', '.join(metrics_for(kind))}.",
                ),
            )


def _margins(evaluation: EvaluationSpec, regression: RegressionSpec, given: bool) -> Iterator[Finding]:
    path: Loc = ("regression", "margins")
    seen: set[str] = set()
    for index, margin in enumerate(regression.margins):
        if margin.metric not in evaluation.metrics:
            yield ((*path, index, "metric"), _not_measured("margin")) if given else DEFAULT_MARGIN
        if margin.metric in seen:
            yield (*path, index, "metric"), _twice("margin")
        seen.add(margin.metric)


def _critical(evaluation: EvaluationSpec, regression: RegressionSpec) -> Iterator[Finding]:
    """Of other kinds the generator's facts say which cases are critical."""
    if "critical_recall" in evaluation.metrics and not regression.critical_labels:
        yield ("evaluation", "metrics"), NO_CRITICAL_LABELS


def _not_measured(what: str) -> Sentences:
    return (
        f"This {what} judges a metric that `evaluation.metrics` does not measure.",
        "Usually the metric was removed there.",
        "Add the metric to evaluation.metrics, or drop this entry.",
    )


def _twice(what: str) -> Sentences:
    return f"This metric already has such a {what}.", "Usually an entry was copied.", "Keep one."
