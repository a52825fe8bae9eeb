"""The deployed model as a system under test: asked again where it is at hand, else by its stored answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.artifacts.model import TrainedModel
from clinft.errors import ClinftError
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import baseline_evaluation, baseline_name, baseline_run
from clinft.spec.prompt import Prompt, parse_prompt
from clinft.stages.evaluate.kept import Kept
from clinft.stages.evaluate.stored import take

NOTHING = "no run is deployed that this one could be measured beside"


@dataclass(frozen=True)
class Deployed:
    """Either `trained` can be asked (`adapter`: where its weights lie; None: at its provider), or `folder`
    holds its earlier answers. `prompt`: what it was trained with.
    """

    folder: Path
    name: str
    trained: TrainedModel | None
    adapter: Path | None
    prompt: Prompt | None


def deployed(context: Context) -> Deployed | None:
    """None where nothing is deployed, or the deployed run is this very one."""
    folder = context.baseline or baseline_run(context, context.run_dir.name)
    if folder is None:
        return None
    trained = _trained(folder)
    adapter = None if trained is None or not trained.weights else _adapter(context, folder, trained)
    if trained is not None and adapter is None and not _answers(context, trained):
        trained = None
    return Deployed(folder, baseline_name(folder), trained, adapter, _prompt(folder))


def stored_answers(found: Deployed, test: Sequence[Record], test_sha256: str, kept: Kept) -> str | None:
    """Puts them into `kept` as those of the system `deployed`; or says why they cannot stand for it."""
    report, rows, name = baseline_evaluation(found.folder)
    if report.test_sha256 != test_sha256:
        return f"{name} was measured on another test split, and its model is not at hand to be asked again"
    why = take(rows, name, test, kept)
    return None if why is None else f"{why}, and its model is not at hand to be asked again"


def _trained(folder: Path) -> TrainedModel | None:
    try:
        found = run_folder.load(folder, "train", TrainedModel)
    except ClinftError:
        return None
    return None if found is None else found.payload


def _adapter(context: Context, folder: Path, trained: TrainedModel) -> Path | None:
    """Beside the run, or where this machine keeps what it trained; byte for byte what training wrote."""
    places = [folder / "data"]
    if context.store is not None:
        places.append(context.store.parent / folder.name)
    for place in places:
        adapter = place / trained.fine_tuned_model
        if not adapter.is_dir() or strange(adapter, trained):
            continue
        if all(
            (adapter / name).is_file() and digest_file(adapter / name) == sha256
            for name, sha256 in trained.weights.items()
        ):
            return adapter
    return None


def strange(adapter: Path, trained: TrainedModel) -> list[str]:
    """Files that training did not write. They would be loaded too, in the place of the listed ones even."""
    return sorted({path.name for path in adapter.iterdir()} - trained.weights.keys())


def _answers(context: Context, trained: TrainedModel) -> bool:
    """Hosted where this project's models are, so that the same rules let it be asked."""
    return trained.base_model.kind == "hosted" and trained.provider == context.loaded.spec.training.provider


def _prompt(folder: Path) -> Prompt | None:
    path = folder / "prompt.md"
    return parse_prompt(path.read_bytes(), str(path)).prompt if path.exists() else None
