"""A GitHub where others act between two requests of ours, and where connections are cut."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from clinft.errors import ServiceError
from tests.fakes.github import graphql_operations
from tests.fakes.github.bare import identity
from tests.fakes.github.operations import Reply
from tests.fakes.second_page import SecondPage

COMMIT, FILES = "graphql/createCommitOnBranch", "graphql/repository"


class Meanwhile(SecondPage):
    """`before`: what happens right before the next requests of an operation, one entry a request.

    `cut`: operations whose next request is carried out, and whose connection then ends without an answer.
    `ignored`: filters that the server does not understand, which GitHub drops without a word.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.before: dict[str, list[Callable[[], object]]] = {}
        self.cut: list[str] = []
        self.ignored: tuple[str, ...] = ()

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any, agent: str) -> Reply:
        hit = self.spec.match(method, path)
        operation = hit[0].id if hit else graphql_operations.operation_id(body)
        if self.before.get(operation):
            self.before[operation].pop(0)()
        heard = {name: value for name, value in query.items() if name not in self.ignored}
        reply = super().answer(method, path, heard, body, agent)
        if operation in self.cut:
            self.cut.remove(operation)
            raise ConnectionAbortedError(operation)
        return reply

    @property
    def writes(self) -> list[str]:
        """Operations that could change something, the refused ones too."""
        return [one.operation_id for one in self.log if one.method != "GET" and one.operation_id != FILES]

    def push(self, branch: str, path: str, content: bytes, login: str = "mallory") -> str:
        """Somebody else's commit on the branch."""
        who = {**identity(login), **identity(login, role="COMMITTER")}
        return self.repo.write_file(branch, path, content, "from elsewhere", who)

    def tip(self, branch: str) -> str | None:
        return self.repo.ref(f"refs/heads/{branch}")

    def history(self, branch: str) -> list[str]:
        """Subjects of the commits that main lacks, the newest first."""
        return self.repo.git("log", "--format=%s", f"main..refs/heads/{branch}").splitlines()


def refused(call: Callable[[], object], token: str) -> ServiceError:
    """Three sentences, none of them with a token or with what the server said."""
    with pytest.raises(ServiceError) as error:
        call()
    assert error.value.what
    assert error.value.cause
    assert error.value.next_step
    told = "".join(traceback.format_exception(error.value)) + repr(error.value.__dict__)
    assert token not in told
    assert "injected" not in told
    return error.value
