"""Commits on branches of ours, which GitHub makes and signs; each once, however often it is asked for."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from clinft.adapters.github import bounds
from clinft.adapters.github.graphql import asked
from clinft.adapters.github.tries import Again, until_known
from clinft.errors import ServiceError

if TYPE_CHECKING:
    from github.Repository import Repository

REGULAR = 0o100644
REBUILT = "clinft/rebuilt/"
# Each is a field of its own in the question.
FILES_A_QUESTION = 100
COMMIT = """mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}"""


class Held(NamedTuple):
    """What a branch holds at a path: mode as in git, type blob, tree or commit, and the object's id."""

    mode: int
    type: str
    oid: str


class Commits:
    """`repository`: owner/name. `pushes_to`: a branch that is not ours alone; only its `base` is built on."""

    def __init__(
        self,
        connection: "Repository",
        repository: str,
        pause_seconds: float,
        pushes_to: str | None = None,
    ) -> None:
        self._connection = connection
        self._pushes_to = pushes_to
        self._full_name = repository
        self._pause = pause_seconds

    def commit(
        self,
        branch: str,
        base: str,
        additions: Mapping[str, bytes],
        deletions: Sequence[str],
        message: str,
    ) -> str:
        if branch != self._pushes_to:
            bounds.of_ours(branch)
        bounds.commit_sha(base)
        bounds.paths(additions, deletions)
        bounds.sizes(branch, additions)
        bounds.title(message.strip().partition("\n")[0])
        what = f"a commit on {branch}"

        def attempt() -> str:
            found = self._look(branch, (*additions, *deletions))
            if found is None:
                self._create(branch, base)
                found = self._look(branch, (*additions, *deletions))
            if found is None:
                raise Again("the branch could not be made")
            tip, held = found
            _refuse_other_than_files(branch, held, additions, deletions)
            changed = {
                path: data
                for path, data in additions.items()
                if path not in held or held[path].oid != blob_id(data)
            }
            gone = [path for path in deletions if path in held]
            if not changed and not gone:
                return tip
            if branch == self._pushes_to and tip != base:
                raise _moved_on(branch)
            return self._write(what, branch, tip, changed, gone, message)

        return until_known(what, attempt, self._pause)

    def rebuild(self, branch: str, base: str, additions: Mapping[str, bytes], message: str) -> str:
        """Made on a branch beside it, so that GitHub signs it, and put in its place as a whole.

        Left as it is where it is that already: a new commit would void the approvals of its pull request.
        """
        bounds.of_ours(branch)
        if (there := self._as_rebuilt(branch, base, additions)) is not None:
            return there
        beside = f"{REBUILT}{hashlib.sha256(f'{branch} {base}'.encode()).hexdigest()[:16]}"
        self.delete_branch(beside)  # of a job that was cut off
        made = self.commit(beside, base, additions, (), message)
        self._point(branch, made)
        self.delete_branch(beside)
        return made

    def _point(self, branch: str, commit: str) -> None:
        import github

        def attempt() -> None:
            where = f"{self._connection.url}/git/refs/heads/{branch}"
            try:
                self._connection.requester.requestJsonAndCheck(
                    "PATCH", where, input={"sha": commit, "force": True}
                )
            except github.GithubException as error:
                if error.status not in (404, 422) or self._exists(branch):
                    raise
                self._create(branch, commit)
                # Whoever was faster may have made it elsewhere.
                raise Again("the branch was missing") from None

        until_known(f"the new commit of {branch}", attempt, self._pause)

    def _as_rebuilt(self, branch: str, base: str, additions: Mapping[str, bytes]) -> str | None:
        """The branch's tip, if it is one commit on `base` with these files and no others."""
        bounds.commit_sha(base)
        bounds.paths(additions, ())

        def attempt() -> str | None:
            found = self._look(branch, tuple(additions))
            if found is None:
                return None
            tip, held = found
            wanted = {path: (REGULAR, "blob", blob_id(data)) for path, data in additions.items()}
            if held != wanted or tip == base:
                return None
            compared = self._connection.compare(base, tip)
            alone = (compared.ahead_by, compared.behind_by) == (1, 0)
            return tip if alone and all(file.filename in additions for file in compared.files) else None

        return until_known(f"what {branch} holds", attempt, self._pause)

    def delete_branch(self, branch: str) -> None:
        bounds.of_ours(branch)
        import github

        def attempt() -> None:
            try:
                self._connection.requester.requestJsonAndCheck(
                    "DELETE", f"{self._connection.url}/git/refs/heads/{branch}"
                )
            except github.GithubException as error:
                # 422 is "Reference does not exist", and a rule that forbids it too.
                if error.status != 422 or self._exists(branch):
                    raise

        until_known(f"the deletion of {branch}", attempt, self._pause)

    def _exists(self, branch: str) -> bool:
        import github

        try:
            self._connection.requester.requestJsonAndCheck(
                "GET", f"{self._connection.url}/git/ref/heads/{branch}"
            )
        except github.UnknownObjectException:
            return False
        return True

    def _look(self, branch: str, paths: Sequence[str]) -> tuple[str, dict[str, Held]] | None:
        """The branch's tip and what is there at the paths; None: no such branch."""
        tip, held = "", {}
        for start in range(0, max(1, len(paths)), FILES_A_QUESTION):
            some = paths[start : start + FILES_A_QUESTION]
            target = self._ask(branch, some)
            if target is None:
                return None
            if not bounds.COMMIT.fullmatch(target["oid"]):
                raise ValueError("no commit")
            if tip and tip != target["oid"]:
                raise Again("the branch moved meanwhile")
            tip = target["oid"]
            for n, path in enumerate(some):
                if (entry := target[f"f{n}"]) is not None:
                    held[path] = Held(entry["mode"], entry["type"], entry["oid"])
        return tip, held

    def _ask(self, branch: str, paths: Sequence[str]) -> dict[str, Any] | None:
        names = "".join(f", $p{n}: String!" for n in range(len(paths)))
        files = " ".join(f"f{n}: file(path: $p{n}) {{ mode type oid }}" for n in range(len(paths)))
        document = (
            f"query($owner: String!, $name: String!, $ref: String!{names}) {{"
            " repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) {"
            f" target {{ oid ... on Commit {{ oid {files} }} }} }} }} }}"
        )
        owner, _, name = self._full_name.partition("/")
        variables = {"owner": owner, "name": name, "ref": f"refs/heads/{branch}"}
        variables |= {f"p{n}": path for n, path in enumerate(paths)}
        ref = asked(self._connection, f"the files of {branch}", document, variables)["repository"]["ref"]
        found: dict[str, Any] | None = ref and ref["target"]
        return found

    def _create(self, branch: str, base: str) -> None:
        import github

        try:
            self._connection.create_git_ref(f"refs/heads/{branch}", base)
        except github.GithubException as error:
            # Somebody else made it; looking again tells, also where the 422 meant something else.
            if error.status != 422:
                raise

    def _write(
        self,
        what: str,
        branch: str,
        tip: str,
        additions: Mapping[str, bytes],
        deletions: Sequence[str],
        message: str,
    ) -> str:
        headline, _, body = message.strip().partition("\n")
        wanted = {
            "branch": {"repositoryNameWithOwner": self._full_name, "branchName": branch},
            "expectedHeadOid": tip,
            "message": {"headline": headline, "body": body.strip()},
            "fileChanges": {
                "additions": [
                    {"path": path, "contents": base64.b64encode(data).decode()}
                    for path, data in additions.items()
                ],
                "deletions": [{"path": path} for path in deletions],
            },
        }
        # NOT_FOUND: the branch is gone, or a file that was to be deleted.
        moved = ("STALE_DATA", "NOT_FOUND")
        answer = asked(self._connection, what, COMMIT, {"input": wanted}, moved)
        made: str = answer["createCommitOnBranch"]["commit"]["oid"]
        if not bounds.COMMIT.fullmatch(made):
            raise ValueError("no commit")
        return made


def blob_id(data: bytes) -> str:
    """As git names it."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _moved_on(branch: str) -> ServiceError:
    """Other results came to the branch that all share: tables made from `base` would take their rows away."""
    return ServiceError(
        f"The branch {branch} has moved on from the commit that these results were made for.",
        "Another run's results, or a merge, came in between.",
        "Run the job again: it starts from the branch's new tip.",
    )


def _refuse_other_than_files(
    branch: str, held: Mapping[str, Held], additions: Mapping[str, bytes], deletions: Sequence[str]
) -> None:
    """A link or a folder where a file of ours belongs: nobody of ours put it there."""
    written = [held[path] for path in additions if path in held]
    deleted = [held[path] for path in deletions if path in held]
    if any(one.mode != REGULAR for one in written) or any(one.type != "blob" for one in deleted):
        raise ServiceError(
            f"The branch {branch} holds a link, a folder or a program where a plain file belongs.",
            "Somebody else committed to it: clinft writes plain files only.",
            "Look at the branch, delete it, and run the job again.",
        )
