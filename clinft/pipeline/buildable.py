"""Whether a valid spec can be carried out: labels, styles and domain against packs, names of benchmarks."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from clinft.adapters import benchmarks
from clinft.errors import ClinftError, Problem, SpecError
from clinft.spec.data import OWN_PACK
from clinft.spec.load import SPEC_NAME, load_project
from clinft.stages.prepare import stage as prepare


def unbuildable(files: Iterable[Path]) -> Iterator[Problem]:
    """Of the projects named, those with a valid spec that `clinft prepare` or `benchmark` would refuse."""
    for folder in dict.fromkeys(file if file.is_dir() else file.parent for file in files):
        if not (folder / SPEC_NAME).is_file():
            continue
        try:
            spec = load_project(folder).spec
        except ClinftError:
            continue  # told elsewhere
        try:
            prepare.check(spec, folder / OWN_PACK)
            benchmarks.named(spec.evaluation.benchmarks)
        except SpecError as error:
            if not error.problems:  # a pack's own problems are told where the pack is read
                yield Problem(str(folder / SPEC_NAME), 0, 0, error.what, error.cause, error.next_step)
