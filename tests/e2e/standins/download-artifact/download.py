"""What actions/download-artifact does with its inputs, with a folder in place of GitHub's store."""

import fnmatch
import os
import shutil
import sys
from pathlib import Path


def main() -> None:
    name, pattern, run = os.environ["NAME"], os.environ["PATTERN"], os.environ["RUN"]
    if run != os.environ["GITHUB_RUN_ID"] and not os.environ["TOKEN"]:
        sys.exit("::error::artifacts of another run need the input github-token")
    store = Path(os.environ["STANDIN_ARTIFACTS"], run)
    there = sorted(path.name for path in store.iterdir()) if store.is_dir() else []
    target = Path(os.environ["FOLDER"] or ".").expanduser().absolute()
    target.mkdir(parents=True, exist_ok=True)
    if name and name not in there:
        sys.exit(f"::error::Unable to download artifact(s): Artifact not found for name: {name}")
    wanted = [name] if name else [one for one in there if fnmatch.fnmatch(one, pattern or "*")]
    flat = bool(name) or os.environ["MERGE"] == "true"
    for one in wanted:
        shutil.copytree(store / one, target if flat else target / one, dirs_exist_ok=True)
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as file:
        file.write(f"download-path={target}\n")
    print(f"Downloaded {wanted} to {target}")  # noqa: T201


main()
