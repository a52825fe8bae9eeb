"""What a project's records of incidents say for good: `incident/*.md`, which are kept and only added to.

QUARANTINE.yaml goes away when a quarantine ends, so nothing rests on it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from clinft.pipeline.tracking.read import SLUG

FOLDER = "incident"
# As stages/report/incident.py writes it; the rest of the page is filled in by people.
SAID = re.compile(r"^Noticed on (\d{4}-\d{2}-\d{2}), in quarantine since (\d{4}-\d{2}-\d{2})\.", re.MULTILINE)
LONGEST = 1_000_000


def incidents(projects: Path) -> Iterator[tuple[str, str, str]]:
    """Project, the day on which it was noticed, and the day on which the quarantine began; each once."""
    found = set()
    for path in projects.glob(f"*/{FOLDER}/*.md"):
        project = path.parents[1].name
        if not SLUG.fullmatch(project) or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size <= LONGEST:
            said = SAID.search(path.read_bytes().decode(errors="replace"))
            found |= {(project, said[1], said[2])} if said else set()
    yield from sorted(found)
