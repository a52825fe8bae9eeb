"""A workflow that somebody dispatched for one project, and where what it brings may stand already."""

from collections.abc import Iterator

from clinft.errors import SpecError
from clinft.pipeline.github.on_main import OnMain


def check_named(main: OnMain, project: str) -> None:
    if project not in main.projects:
        raise SpecError(
            "The project that was named does not exist on the protected branch.",
            "The dispatch names another project, or one that only another branch has.",
            f"Name one of: {', '.join(main.projects) or 'none exists yet'}.",
        )


def places(main: OnMain, branch: str) -> Iterator[tuple[str, str]]:
    """In words, and the commit: merged, or in a pull request; a new commit there would be noise."""
    yield main.actions.default_branch, main.tip
    for pull in main.publisher.pulls():
        if pull.head_ref == branch and (head := main.history.fetch(pull.head_sha)) is not None:
            yield f"pull request {pull.number}", head
