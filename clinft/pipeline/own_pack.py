"""A team's own domain pack, read as `clinft validate` reads the spec beside it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from clinft.errors import Problem, SpecError
from clinft.spec import yaml
from clinft.spec.data import OWN_PACK
from clinft.spec.private_text import private_text
from clinft.spec.text import read_text


def own_pack_problems(files: Iterable[Path]) -> Iterator[Problem]:
    """Of the packs that lie beside the specs named. Every problem of a pack, with its line."""
    seen: set[Path] = set()
    for file in files:
        pack = (file if file.is_dir() else file.parent) / OWN_PACK
        if pack in seen or not pack.is_file():
            continue
        seen.add(pack)
        try:
            yield from _private(pack)
            _read(pack)
        except SpecError as error:
            yield from error.problems or (_whole(pack, error),)


def _private(pack: Path) -> list[Problem]:
    """Of keys, values and comments, as of the spec; SpecError where it is no text."""
    text = read_text(pack, yaml.MAX_BYTES)
    document, _ = yaml.compose(text, str(pack))
    return private_text(str(pack), text, document.rewritten if document else ())


def _read(pack: Path) -> None:
    from clinft.stages.prepare import domains
    from clinft.stages.prepare.clinical.load import of_file

    of_file(domains.own(pack))


def _whole(pack: Path, error: SpecError) -> Problem:
    return Problem(str(pack), 0, 0, error.what, error.cause, error.next_step)
