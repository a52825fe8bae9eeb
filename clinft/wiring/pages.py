"""What the dashboard needs of its surroundings: the address that its links lead to."""

import os
import re
from pathlib import Path

from clinft import wiring
from clinft.errors import SpecError

ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")


def repository_address(folder: Path) -> str | None:
    """In a workflow what GitHub says, on a laptop where the clone came from; None: nowhere on a GitHub."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        found = f"{os.environ.get('GITHUB_SERVER_URL', '')}/{os.environ.get('GITHUB_REPOSITORY', '')}"
    else:
        try:
            found = wiring.clones_address(folder)
        except SpecError:
            return None
    return found if ADDRESS.fullmatch(found) else None
