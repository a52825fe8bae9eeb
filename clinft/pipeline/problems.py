"""What is wrong with projects as they are written: the same for the verb, the check and the assistant."""

from pathlib import Path

from clinft.errors import Problem
from clinft.pipeline.buildable import unbuildable
from clinft.pipeline.deployment import deployment_problems
from clinft.pipeline.own_pack import own_pack_problems
from clinft.spec.load import validate_files


def written_problems(*paths: Path) -> list[Problem]:
    return [*validate_files(paths), *own_pack_problems(paths), *deployment_problems(paths)]


def problems_of(*paths: Path) -> list[Problem]:
    """Where all is well written, also whether records can be made of it."""
    return written_problems(*paths) or list(unbuildable(paths))
