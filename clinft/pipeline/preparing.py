"""Records of a domain without a project: three files, from a domain, a kind of task and a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import REJECTED, PreparedDataset, Record
from clinft.artifacts.jsonl import iter_models
from clinft.errors import SpecError
from clinft.ports.workers import Workers
from clinft.run_folder import scratch
from clinft.spec.data import Splits
from clinft.spec.load import LoadedProject, load_project
from clinft.spec.scaffold import new_project
from clinft.stages.prepare import formats
from clinft.stages.prepare import stage as prepare

NAME = "standalone"
FEWEST, MOST = 20, 5_000_000
SPLITS = Splits(train=0.7, validation=0.05, dev=0.05, test=0.2)
# A project needs dev beside validation, to choose a prompt by; here both are one file.
FILES = {"train": ("train",), "validation": ("validation", "dev"), "test": ("test",)}


@dataclass(frozen=True)
class Written:
    path: Path
    records: int
    sha256: str


@dataclass(frozen=True)
class Asked:
    """`styles`: empty for all of the generator's."""

    domain: str
    kind: str
    records: int
    seed: int
    styles: tuple[str, ...] = ()
    form: str = "records"
    processes: int | None = None


def prepare_files(
    asked: Asked, out: Path, elsewhere: Workers | None = None
) -> tuple[PreparedDataset, list[Written]]:
    """Writes out/{train,validation,test}, all or none. SpecError where the domain or the kind is unknown."""
    writer = formats.TABLE.get(asked.form)
    if writer is None:
        raise SpecError(
            "There is no such format.", f"There are: {', '.join(formats.TABLE)}.", "Name one of them."
        )
    if not FEWEST <= asked.records <= MOST:
        raise SpecError(
            f"--records is {FEWEST} to {MOST:,}.",
            "Every split needs a record, and every file a disk to lie on.",
            "Choose another number.",
        )
    if not 0 <= asked.seed <= 2**31 - 1:
        raise SpecError("--seed is 0 to 2,147,483,647.", "It is the generator's 31 bits.", "Choose another.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SpecError(
            f"{out} exists and is no empty folder.",
            "What lies there is never overwritten or mixed with new records.",
            "Name a folder that does not exist yet.",
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with scratch(out.parent, f".{out.name}.") as work:
        loaded = _project(asked, work)
        made = work / "records"
        dataset = prepare.prepare(loaded.spec, made, processes=asked.processes, elsewhere=elsewhere)
        done = work / "done"
        done.mkdir()
        written = []
        for name, splits in FILES.items():
            path = done / f"{name}{writer.suffix}"
            count = writer.write(path, _examples(made, splits), loaded.prompt)
            written.append(Written(out / path.name, count, digest_file(path)))
        if out.exists():
            out.rmdir()
        done.chmod(0o755)
        done.rename(out)
    return dataset, written


def _project(asked: Asked, work: Path) -> LoadedProject:
    """What `clinft new` would write, with these records."""
    new_project(work, NAME, asked.domain, asked.kind)
    loaded = load_project(work / "projects" / NAME)
    data = loaded.spec.data.model_copy(
        update={
            "records": asked.records,
            "seed": asked.seed,
            "styles": asked.styles,
            "splits": SPLITS,
            "preference_pairs": formats.TABLE[asked.form].pairs,
        }
    )
    return replace(loaded, spec=loaded.spec.model_copy(update={"data": data}))


def _examples(folder: Path, splits: tuple[str, ...]) -> Iterator[formats.Example]:
    for split in splits:
        for record in iter_models(folder / f"{split}.jsonl", Record):
            yield formats.Example(record, str(record.facts.get(REJECTED, "")))
