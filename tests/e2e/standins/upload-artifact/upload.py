"""What actions/upload-artifact does with its inputs, with a folder in place of GitHub's store."""

import glob
import hashlib
import os
import shutil
import sys
import zlib
from pathlib import Path

FORBIDDEN = '":<>|*?\r\n\\/'


def matching(pattern: str) -> set[Path]:
    found = set()
    for hit in map(Path, glob.glob(str(Path(pattern).expanduser()), recursive=True, include_hidden=True)):  # noqa: PTH207 - patterns may be absolute
        found |= {path for path in hit.rglob("*") if path.is_file()} if hit.is_dir() else {hit}
    return {path.absolute() for path in found}


def is_hidden(path: Path) -> bool:
    return any(part.startswith(".") and part != ".." for part in Path(os.path.relpath(path)).parts)


def selected(patterns: list[str]) -> set[Path]:
    files: set[Path] = set()
    for pattern in patterns:
        files = files - matching(pattern[1:]) if pattern.startswith("!") else files | matching(pattern)
    return files if os.environ["HIDDEN"] == "true" else {path for path in files if not is_hidden(path)}


def root(patterns: list[str], files: set[Path]) -> Path:
    """Paths in the artifact start at the only folder given, or at what all files have in common."""
    if len(patterns) == 1 and Path(patterns[0]).is_dir():
        return Path(patterns[0]).absolute()
    return Path(os.path.commonpath([path.parent for path in files]))


def main() -> None:
    name = os.environ["NAME"]
    patterns = [line.strip() for line in os.environ["PATTERNS"].splitlines() if line.strip()]
    if any(character in name for character in FORBIDDEN):
        sys.exit(f"::error::The artifact name is not valid: {name}")
    files = selected(patterns)
    if not files:
        said = f"No files were found with the provided path: {', '.join(patterns)}."
        if os.environ["IF_NONE"] == "error":
            sys.exit(f"::error::{said}")
        print(f"::warning::{said}" if os.environ["IF_NONE"] == "warn" else said)  # noqa: T201
        return
    target = Path(os.environ["STANDIN_ARTIFACTS"], os.environ["GITHUB_RUN_ID"], name)
    if target.exists():
        if os.environ["OVERWRITE"] != "true":
            sys.exit("::error::(409) Conflict: an artifact with this name already exists on the workflow run")
        shutil.rmtree(target)
    digest, start = hashlib.sha256(), root(patterns, files)
    for path in sorted(files):
        copy = target / path.relative_to(start)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)  # permissions are lost on GitHub, too
        digest.update(path.read_bytes())
    number = zlib.crc32(name.encode())
    page = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}".format_map(os.environ)
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as file:
        file.write(f"artifact-id={number}\nartifact-digest={digest.hexdigest()}\n")
        file.write(f"artifact-url={page}/artifacts/{number}\n")
    print(f"Artifact {name}: {len(files)} file(s)")  # noqa: T201


main()
