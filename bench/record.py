"""docs/benchmarks.md: one section per script, each dated entry at the end of its own; and what it ran on."""

import platform
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def append(title: str, command: str, text: str) -> None:
    """`title` names the section, `command` is shown under it where the section is new."""
    heading = f"## {title}"
    before = FILE.read_text() if FILE.exists() else "# Benchmarks\n\nWritten by the scripts in `bench/`.\n"
    if heading not in before:
        before += f"\n{heading}\n\n`{command}`\n"
    head, _, tail = before.partition(heading)
    place = tail.find("\n## ")
    own, rest = (tail, "") if place < 0 else (tail[:place], tail[place:])
    FILE.write_text(f"{head}{heading}{own.rstrip()}\n\n{text.rstrip()}\n{rest}")


def processor() -> str:
    """Its name, for the setting that an entry was measured in."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
