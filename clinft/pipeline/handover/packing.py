"""From a permitted run to its folder: whole or not at all, each file by its digest."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import clinft
from clinft.adapters.model import builtin
from clinft.artifacts.canonical import digest_bytes, digest_file
from clinft.artifacts.formatting import conversation
from clinft.artifacts.handover import (
    MANIFEST,
    MESSAGES,
    README,
    SUMS,
    Form,
    GgufType,
    HandedFile,
    HandOver,
    copied_as,
    measured_as,
)
from clinft.errors import ClinftError, SpecError
from clinft.pipeline.handover.permission import CARD, Permitted, covered
from clinft.pipeline.handover.target import said_by, sums_of, taken
from clinft.ports.handover import Made, Tuned, Weights
from clinft.ports.models import Conversation
from clinft.run_folder import scratch, to_bytes, write_atomically
from clinft.stages.report.cards import handed_over

MOST_PROBES = 4
PREFIX = ".clinft-export-"


def form_of(run: Permitted, merge: bool, gguf: GgufType | None) -> Form:
    if merge and gguf is not None:
        raise SpecError(
            "--merge and --gguf were given together.",
            "A folder holds one form of the weights, so that nobody loads the wrong one.",
            "Call twice, with another --out.",
        )
    if merge and not run.is_adapter:
        raise SpecError(
            f"There is nothing to merge: {run.folder.name} trained every weight.",
            "Without --merge its whole model is handed over.",
            "Leave --merge out.",
        )
    if gguf is not None:
        return "gguf"
    return "merged" if merge else ("adapter" if run.is_adapter else "full")


def pack(run: Permitted, form: Form, gguf: GgufType | None, weights: Weights, out: Path) -> HandOver:
    """Writes the folder `out`, which must not exist."""
    if out.exists() or out.is_symlink():
        raise taken(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with scratch(out.parent, PREFIX) as made:
        folder = made / "model"
        found = _packed(run, form, gguf, weights, folder)
        folder.rename(out)
    return found


def again(run: Permitted, form: Form, gguf: GgufType | None, weights: Weights, out: Path) -> HandOver:
    """For a folder that `earlier` found whole: made anew, and compared byte for byte.

    Its own manifest vouches for nothing: whoever changes the weights can write another one. Only the figures
    that were measured when it was written stay as it has them.
    """
    said = said_by(out)
    if said is None:
        raise taken(out)
    with scratch(out.parent, PREFIX) as made:
        folder = made / "model"
        found = measured_as(_packed(run, form, gguf, weights, folder), said)
        anew, kept = digest_file(folder / MANIFEST), digest_bytes(to_bytes(found))
        # Of every other file; `earlier` has held those of `out` against its own.
        if (folder / SUMS).read_text().replace(anew, kept).encode() != (out / SUMS).read_bytes():
            raise taken(out)
    return found


def _packed(run: Permitted, form: Form, gguf: GgufType | None, weights: Weights, folder: Path) -> HandOver:
    folder.mkdir()
    written = _write_weights(run, form, gguf, weights, folder)
    return _describe(run, form, written, _base_files(run, form, written, weights), folder)


def _write_weights(
    run: Permitted, form: Form, gguf: GgufType | None, weights: Weights, folder: Path
) -> Made | None:
    tuned = Tuned(run.trained.base_model, run.weights, run.is_adapter, _probes(run))
    if form == "merged":
        return weights.merge(tuned, folder)
    if form == "gguf":
        assert gguf is not None, "form_of has seen to it"
        return weights.gguf(tuned, folder / f"{run.run.own.record.project}-{gguf}.gguf", gguf)
    for name in run.trained.weights:
        shutil.copyfile(run.weights / name, folder / copied_as(name))
    if form == "full":
        weights.tokenizer(run.trained.base_model, folder)
    return None


def _probes(run: Permitted) -> list[Conversation]:
    """The prompt's own examples as questions: committed text, never a record."""
    asked = [example.input for example in run.prompt.examples[:MOST_PROBES]] or ["-"]
    return [conversation(run.prompt, text) for text in asked]


def _base_files(run: Permitted, form: Form, made: Made | None, weights: Weights) -> Mapping[str, str]:
    """Whoever loads an adapter of a folder can compare their copy; a hub's commit says it to everybody."""
    if made is not None:
        return made.base_files
    base = run.trained.base_model
    if form != "adapter" or base.kind != "folder":
        return {}
    try:
        return weights.base_files(base)
    except ClinftError:
        return {}  # it is not here any more, and an adapter is handed over without it


def _describe(
    run: Permitted, form: Form, made: Made | None, base_files: Mapping[str, str], folder: Path
) -> HandOver:
    before = conversation(run.prompt, "")[:-1]
    messages = json.dumps([one.model_dump() for one in before], indent=1, ensure_ascii=False)
    write_atomically(folder / MESSAGES, f"{messages}\n".encode())
    if CARD in run.run.own.record.files:
        shutil.copyfile(covered(run.run, run.folder, CARD), folder / CARD)
    weights = tuple(sorted(path.name for path in folder.iterdir()))
    text = handed_over.render(run.sheet, form, weights)
    write_atomically(folder / README, text.encode())
    found = _manifest(run, form, made, base_files, folder)
    write_atomically(folder / MANIFEST, to_bytes(found))
    for path in folder.iterdir():
        # Some libraries write for their own user alone.
        path.chmod(0o644)
    write_atomically(folder / SUMS, sums_of(folder, [path.name for path in folder.iterdir()]).encode())
    return found


def _manifest(
    run: Permitted, form: Form, made: Made | None, base_files: Mapping[str, str], folder: Path
) -> HandOver:
    record, plan = run.run.own.record, run.payload("estimate").plan
    verdict, sheet = run.payload("regress"), run.sheet
    files = {
        path.name: HandedFile(sha256=digest_file(path), size_bytes=path.stat().st_size)
        for path in sorted(folder.iterdir())
    }
    return HandOver(
        form=form,
        project=record.project,
        run_id=record.run_id,
        method=sheet.model.method,
        base_model=run.trained.base_model,
        base_files=dict(sorted(base_files.items())),
        dtype=made.dtype if made else None,
        plan_digest=record.plan_digest,
        record_digest=record.digest,
        training_file=run.trained.training_file,
        validation_file=run.trained.validation_file,
        prompt_sha256=plan.prompt,
        test_sha256=run.payload("evaluate").test_sha256,
        trained_weights=dict(sorted(run.trained.weights.items())),
        verdict=verdict.status,
        recommendation=verdict.recommendation,
        licence=sheet.statements["licence"].said,
        base_licence=_base_licence(run),
        fidelity=made.fidelity if made else None,
        clinft_version=clinft.__version__,
        files=files,
    )


def _base_licence(run: Permitted) -> str | None:
    return builtin.licence_of(run.trained.base_model.ref)
