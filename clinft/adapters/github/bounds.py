"""What GitHub is never asked for: only a mistake of clinft gets this far, and no request is made then."""

import re
from collections.abc import Mapping, Sequence

from clinft.errors import ClinftError, ServiceError

OURS = "clinft/"
BRANCH = re.compile(r"clinft(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+")
COMMIT = re.compile(r"[0-9a-f]{40}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
KEY = re.compile(r"[a-z0-9:._-]{1,200}")
# GitHub takes 65,536 characters.
MOST_CHARACTERS = 60_000
MOST_BYTES = 20_000_000
# GitHub commits a larger file, but does not tell its blob afterwards: "Could not resolve file over 10mb."
# (sveltia/sveltia-cms#692). A lost answer could not be told from a refusal then.
MOST_FILE_BYTES = 10_000_000


def of_ours(branch: str) -> None:
    """The prefix keeps every other branch of the repository out of reach."""
    if not BRANCH.fullmatch(branch) or ".." in branch or branch.endswith((".", ".lock")):
        raise _never("a branch that is none of clinft's", "Its name must be clinft/ and plain parts.")


def commit_sha(sha: str) -> None:
    if not COMMIT.fullmatch(sha):
        raise _never("something that is no commit", "A commit is named by its 40 hex digits.")


def paths(additions: Mapping[str, bytes], deletions: Sequence[str]) -> None:
    """Relative, inside the tree, and never under .github/: no result of a run may change what judges runs."""
    for path in (*additions, *deletions):
        parts = path.split("/")
        outside = not path.isprintable() or "\\" in path or any(part in ("", ".", "..") for part in parts)
        if outside or parts[0].lower() == ".github" or ".git" in map(str.lower, parts):
            raise _never("a file outside of what a run may write", "Its path must be relative and plain.")
    if len({*additions, *deletions}) != len(additions) + len(deletions):
        raise _never("to add and to delete one file at once", "Each path may be given once.")


def sizes(branch: str, additions: Mapping[str, bytes]) -> None:
    if any(len(data) > MOST_FILE_BYTES for data in additions.values()):
        raise _too_large(branch, f"has a file of more than {MOST_FILE_BYTES:,} bytes")
    if sum(map(len, additions.values())) > MOST_BYTES:
        raise _too_large(branch, f"is larger than {MOST_BYTES:,} bytes")


def text(body: str) -> None:
    if len(body) > MOST_CHARACTERS:
        raise _never(
            f"a text of {len(body):,} characters",
            f"The caller cuts texts to {MOST_CHARACTERS:,} by sections.",
        )


def title(line: str) -> None:
    if not line.strip() or len(line) > 256 or not line.isprintable():
        raise _never("a title that it does not take", "A title is one line of at most 256 characters.")


def slug(project: str) -> None:
    if not SLUG.fullmatch(project):
        raise _never("the issue of something that is no project", "A project's name is a slug.")


def key(name: str) -> None:
    """It stands inside an HTML comment: nothing in it may end one."""
    if not KEY.fullmatch(name):
        raise _never("a note under a key that it could not find again", "A key is of a-z, 0-9 and :._- only.")


def labels(names: Sequence[str]) -> None:
    # A comma would split the name where issues are listed by label; GitHub takes 50 characters.
    if not all(name and len(name) <= 50 and name.isprintable() and "," not in name for name in names):
        raise _never("a label of that name", "A label has at most 50 characters and no comma.")


def _never(what: str, cause: str) -> ClinftError:
    return ClinftError(
        f"GitHub was to be asked for {what}.", cause, "Please report this: it is a bug in clinft."
    )


def _too_large(branch: str, how: str) -> ServiceError:
    return ServiceError(
        f"The commit on {branch} {how}, more than GitHub's API is relied upon for.",
        "A file in the run folder is larger than evidence should be.",
        "Take the large file out of the run folder, or keep it git-ignored under its data/.",
    )
