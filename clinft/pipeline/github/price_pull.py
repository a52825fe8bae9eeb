"""The pull request that renews the tables of prices: one branch, the newest reading on main's tip."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from clinft.errors import PolicyViolation
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.refreshing import Refreshed, words

BRANCH = "clinft/prices"
FOLDER = "clinft/tables"


def refuse_elsewhere(main: OnMain) -> None:
    """A dispatch may name any branch, and its code would then write the tables."""
    branch = main.actions.default_branch
    if not main.history.on_line(main.tip, main.actions.sha):
        raise PolicyViolation(
            f"This workflow was started on another branch than {branch}.",
            "Only the merged code may say what the tables of prices are to be.",
            f"Start it on {branch}; on a laptop `clinft prices refresh` renews any tree.",
        )


def tables(main: OnMain, names: Sequence[str]) -> dict[str, str]:
    """As the protected branch has them now, which need not be what this job was started on."""
    return {name: data.decode() for name, data in _at(main, main.tip, names).items()}


def bring(main: OnMain, results: Sequence[Refreshed], notes: Sequence[str]) -> str:
    """What was done, in one line. Nothing is written where nothing is new."""
    wanted = {result.table: result.text.encode() for result in results}
    there = _at(main, main.tip, tuple(wanted))
    pull = next((pull for pull in main.publisher.pulls() if pull.head_ref == BRANCH), None)
    if wanted == there:
        if pull is not None:
            main.publisher.close_pull(pull.number, "The protected branch has these prices already.")
            main.publisher.delete_branch(BRANCH)
        return f"{main.actions.default_branch} has these prices already: nothing is brought."
    body = words.pull_request(results, notes)
    if pull is not None and _holds(main, pull.head_sha, wanted):
        main.publisher.open_pull(BRANCH, main.actions.default_branch, words.TITLE, body)
        return f"pull request {pull.number} holds these prices already, and waits."
    files = {f"{FOLDER}/{name}": data for name, data in wanted.items() if data != there.get(name)}
    main.publisher.rebuild(BRANCH, main.tip, files, words.TITLE)
    number = main.publisher.open_pull(BRANCH, main.actions.default_branch, words.TITLE, body)
    return f"pull request {number} brings {', '.join(sorted(files))}."


def _holds(main: OnMain, head_sha: str, wanted: Mapping[str, bytes]) -> bool:
    """On the newest commit of main, these bytes, and no other file."""
    head = main.history.fetch(head_sha)
    if head is None or main.history.parents(head) != (main.tip,):
        return False
    changed = {difference.path for difference in main.history.differences(main.tip, head)}
    return changed <= {f"{FOLDER}/{name}" for name in wanted} and _at(main, head, tuple(wanted)) == wanted


def _at(main: OnMain, commit: str, names: Sequence[str]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="clinft-tables-") as place:
        main.history.export(commit, FOLDER, Path(place))
        found = {name: Path(place) / FOLDER / name for name in names}
        return {name: path.read_bytes() for name, path in found.items() if path.is_file()}
