"""Stage evaluate: which models are asked where, what may be kept of their answers, and what that took."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from clinft.artifacts.audit import SEVERITIES
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.artifacts.data import PreparedDataset, Record
from clinft.artifacts.jsonl import write_models
from clinft.artifacts.lines import Lines
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.results import EvaluationReport
from clinft.errors import ClinftError, DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline import asked_before, asking_others, costs, evaluation_models, local_engine, summary
from clinft.pipeline.context import Context
from clinft.pipeline.deployed_model import NOTHING, Deployed, deployed, stored_answers, strange
from clinft.pipeline.deployment import ITEMS
from clinft.pipeline.driver import Produced, Stage, recorded
from clinft.pipeline.foreign_text import looks_foreign, presentable
from clinft.pipeline.hosted_model import hosted_models
from clinft.pipeline.spent import Meter
from clinft.pipeline.status_files import AGAIN
from clinft.ports.models import LanguageModel, Weights
from clinft.spec.text import shown_path
from clinft.stages.assess.asking import Prices
from clinft.stages.audit import engine
from clinft.stages.evaluate import stage as evaluate
from clinft.stages.evaluate.asking import Rules, Spent
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.memorisation import Probe
from clinft.stages.evaluate.systems import BASE, DEPLOYED, TUNED

UNPROBED = "missing: every question to a hosted model costs money, so none is asked for this"
SHOWN_FILES = 3
NO_TRAINING_SPLIT = "missing: the training split is not on this machine"


def evaluate_stage() -> Stage:
    def execute(context: Context) -> Produced:
        rows = context.run_dir / ITEMS
        also = context.loaded.spec.evaluation.also
        asked = inputs(context) | recorded(RECORDED, context)
        folder = asked_before.outputs_folder(context, asked, evaluate.STAGE_VERSION, rows, also)
        kept = Kept(folder)
        payload, measured = _measure(context, kept)
        write_models(rows, kept.items(payload.systems))
        asked_before.end(folder, rows)
        return Produced(payload, (f"run/{ITEMS}",), measured)

    return Stage(
        "evaluate",
        evaluate.STAGE_VERSION,
        EvaluationReport,
        inputs,
        execute,
        summary.of_evaluate,
        recorded=RECORDED,
    )


def inputs(context: Context) -> dict[str, str]:
    """All that the answers and the figures rest on."""
    spec, policy = context.loaded.spec, context.policy
    read = {
        "evaluation": spec.evaluation.model_dump(mode="json"),
        "few_shot_examples": spec.prompt.few_shot_examples,
        "critical_labels": list(spec.regression.critical_labels),
    }
    found = {
        "train": context.need("train", TrainedModel).digest,
        "test": context.need("prepare", PreparedDataset).payload.splits["test"].sha256,
        "prompt": context.loaded.prompt_sha256,
        "spec.evaluation": digest_json(read),
    }
    if spec.evaluation.also:
        listed = (policy.evaluation_models.get(name) for name in spec.evaluation.also)
        models = [None if one is None else one.model_dump(mode="json") for one in listed]
        found["policy.evaluation_models"] = digest_json(models)
    beside = deployed(context) if DEPLOYED in spec.evaluation.compare else None
    if DEPLOYED in spec.evaluation.compare:
        found["deployed"] = digest_json(
            None if beside is None else digest_file(beside.folder / "evaluate.json")
        )
    return found


def _engine(context: Context) -> str | None:
    trained = context.need("train", TrainedModel).payload
    beside = deployed(context) if DEPLOYED in context.loaded.spec.evaluation.compare else None
    return local_engine.chosen(context, trained, beside).digest


RECORDED = {local_engine.ENGINE: _engine}


def _measure(context: Context, kept: Kept) -> tuple[EvaluationReport, dict[str, float | int | str]]:
    loaded, spec = context.loaded, context.loaded.spec
    trained = context.need("train", TrainedModel).payload
    sha256 = context.check_split("test")
    test = Lines(context.split_path("test"), Record.model_validate_json)
    asking_others.agree(context, test, kept)
    beside = deployed(context) if DEPLOYED in spec.evaluation.compare else None
    by = local_engine.chosen(context, trained, beside)
    engine = None if by.engine is None else by.engine.identity()
    absent: dict[str, str] = {}
    stored: dict[str, str] = {}
    if DEPLOYED in spec.evaluation.compare:
        if beside is None:
            absent[DEPLOYED] = NOTHING
        elif beside.trained is None:
            why = stored_answers(beside, test, sha256, kept)
            absent |= {} if why is None else {DEPLOYED: why}
            stored |= {DEPLOYED: beside.name} if why is None else {}
    meter = Meter(kept.folder, lambda which: _prices(context, which, trained))

    def add(spent: Spent) -> None:
        meter.add(spent)
        if meter.usd() > context.policy.per_run_usd(context.name):
            raise PolicyViolation(
                f"Asking has cost {meter.usd():.2f} USD, more than the policy allows for one run.",
                "budgets.per_run_usd bounds it; models of evaluation.also count, too.",
                "Take models off evaluation.also, hold out fewer records, or have the limit raised. "
                "Answers so far are kept and not asked again.",
            )

    def other(name: str) -> LanguageModel:
        return asking_others.bounded(context, name, test, kept)[0]

    with _models(context, trained, beside, by, meter, other) as open_model:
        report = evaluate.measure(
            spec,
            loaded.prompt,
            test,
            sha256,
            open_model,
            context.services.progress,
            kept,
            evaluate.Surroundings(
                rules=Rules(_worst(context), plain, keeps=True),
                absent=absent,
                stored=stored,
                deployed_run=None if beside is None else beside.name,
                deployed_prompt=None if beside is None else beside.prompt,
                probe=_probe(context, trained, test),
                looks=_looks(context, sha256),
                after_chunk=add,
                stops=lambda which, error: _why_not(spec.evaluation.also, which, error),
                engine=engine,
            ),
        )
    return report, meter.measured()


@contextmanager
def _models(
    context: Context,
    trained: TrainedModel,
    beside: Deployed | None,
    by: local_engine.Chosen,
    meter: Meter,
    other: Callable[[str], LanguageModel],
) -> Iterator[Callable[[str], LanguageModel]]:
    """One model at a time; what is deployed to be asked is taken down at the end.

    `other`: opens one of evaluation.also.
    """
    adapter = context.run_dir / "data" / trained.fine_tuned_model
    check_weights(context.run_dir.name, adapter, trained)
    with (
        hosted_models(context, context.run_dir.name) as at_provider,
        local_engine.opening(context, by) as at_hand,
    ):

        def local_or_hosted(of: TrainedModel, weights: Path | None, tuned: bool) -> LanguageModel:
            if of.base_model.kind == "hosted":
                return at_provider(of.fine_tuned_model if tuned else of.base_model.ref)
            return at_hand(Weights(of.base_model, weights if tuned else None))

        def open_model(which: str) -> LanguageModel:
            meter.let_go()
            if which in (BASE, TUNED):
                model = local_or_hosted(trained, adapter, which == TUNED)
            elif which == DEPLOYED:
                assert beside is not None, "else it is absent"
                assert beside.trained is not None, "else it is stored or absent"
                model = local_or_hosted(beside.trained, beside.adapter, True)
            else:
                model = other(which)
            return meter.opened(which, model)

        yield open_model


def _why_not(also: tuple[str, ...], which: str, error: ClinftError) -> str | None:
    """Another provider's model that may not or cannot be asked is left out; ours must be measured.

    A service that does not answer now is waited for: what it answered so far is not asked again.
    """
    if which in also and isinstance(error, SpecError | PolicyViolation):
        return presentable(error.what)
    return None


def _prices(context: Context, which: str, trained: TrainedModel) -> Prices | None:
    if which in context.policy.evaluation_models and which not in (BASE, TUNED, DEPLOYED):
        return evaluation_models.prices_of(context, which)
    if trained.base_model.kind != "hosted":
        return None
    found = costs.prices_for(context.policy, context.loaded.spec.training)
    return Prices(found.input, found.output)


def _worst(context: Context) -> Callable[[str], str | None]:
    """The severity of the worst that the audit's rules find in an answer."""

    @cache
    def rules() -> engine.Engine:
        return engine.of(context.policy.audit)

    def worst(text: str) -> str | None:
        found = {find.severity(False) for find in rules().finds(text)}
        return next((severity for severity in SEVERITIES if severity in found), None)

    return worst


def plain(value: str) -> bool:
    """Whether a value of a slice may be shown: a word of a pack, and nobody's name or number."""
    return not looks_foreign(value)


def _probe(context: Context, trained: TrainedModel, test: Lines[Record]) -> Probe | str:
    if trained.base_model.kind == "hosted":
        return UNPROBED
    path = context.split_path("train")
    if not path.exists():
        return NO_TRAINING_SPLIT
    context.check_split("train")
    return Probe(Lines(path, Record.model_validate_json), test)


def _looks(context: Context, test_sha256: str) -> int:
    """Committed evaluations of this project on this split, this run's own earlier ones, and this one."""
    folders = (*context.paths.runs.glob("*/"), *context.paths.runs.glob(f"*/{AGAIN}/*/"))
    found, own = 1, 0
    for folder in folders:
        try:
            payload = json.loads((folder / "evaluate.json").read_bytes())["payload"]
            if payload["test_sha256"] != test_sha256:
                continue
            if folder.resolve() == context.run_dir.resolve():
                own = 1 + (payload["looks"] or 0)
            else:
                found += 1
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not evaluated, or damaged: verify names it
    return max(found, own)


def check_weights(run_id: str, adapter: Path, trained: TrainedModel) -> None:
    """What is measured is what was trained, byte for byte."""
    if trained.weights and not adapter.exists():
        raise SpecError(
            f"The trained weights of {run_id} are not on this machine.",
            "Weights stay where they were trained; only evidence is committed.",
            "Evaluate on that machine, or copy the run's data/ folder here.",
        )
    if trained.weights and (others := strange(adapter, trained)):
        named = ", ".join(map(shown_path, map(Path, others[:SHOWN_FILES])))
        more = "" if len(others) <= SHOWN_FILES else f" and {len(others) - SHOWN_FILES} more"
        raise DigestMismatch(
            f"Beside the weights of {run_id} lies what training did not write: {named}{more}.",
            "A file was added afterwards; some names are loaded before those that training wrote.",
            "Remove what train.json does not list, or raise `revision` in project.yaml to train again.",
        )
    for name, sha256 in trained.weights.items():
        if not (adapter / name).exists() or digest_file(adapter / name) != sha256:
            raise DigestMismatch(
                f"{name} of {run_id} is not the file that training wrote.",
                "It was deleted or changed afterwards.",
                "Restore it, or raise `revision` in project.yaml to train again.",
            )
