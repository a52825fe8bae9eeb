"""How projects, runs, digests, people and places are written: as code or a link only where they are clean.

A code span keeps its text as it is, and what finds our issues and comments again is a marker in that text.
So a name becomes code only where its pattern leaves no room for one; anything else is escaped.
"""

import re
from dataclasses import dataclass

from clinft.artifacts.decision import GateDecision
from clinft.spec.project import ProjectSpec
from clinft.stages.report import words
from clinft.stages.report.markdown import code, escape
from clinft.stages.report.numbers import SHORT_DIGEST
from clinft.stages.report.pull_request.room import FOLDER_NAME, INVISIBLE, UNKNOWN, Room

RUN_ID = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]{0,8}")
HEX = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REPOSITORY = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_.-]+){2}")
CLEAN_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*|\.github/[a-z.]+")
LONGEST = 100  # characters of a name that fits no pattern
LONGEST_ADDRESS = 300
NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Links:
    """`repository_url`: https://github.com/owner/name; anything else makes no links. `branch`: protected."""

    repository_url: str
    branch: str = "main"

    def file(self, path: str, at: str | None = None) -> str:
        """`at`: a commit; None: the protected branch."""
        return self._place("blob", path, at)

    def folder(self, path: str, at: str | None = None) -> str:
        return self._place("tree", path, at)

    def _place(self, kind: str, path: str, at: str | None) -> str:
        if len(path) > LONGEST_ADDRESS or not CLEAN_PATH.fullmatch(path):
            return plain(path)
        place = at if at is not None and HEX.fullmatch(at) else self.branch
        if self._known and CLEAN_PATH.fullmatch(place):
            return f"[{code(path)}]({self.repository_url}/{kind}/{place}/{path})"
        return code(path)

    def workflow_run(self, number: int | None) -> str:
        if number is None:
            return "a machine of your own, no workflow run"
        text = f"workflow run {number}"
        return f"[{text}]({self.repository_url}/actions/runs/{number})" if self._known else text

    @property
    def _known(self) -> bool:
        return (
            len(self.repository_url) <= LONGEST_ADDRESS
            and REPOSITORY.fullmatch(self.repository_url) is not None
        )


def pull(number: int | None) -> str:
    """GitHub makes a link of it."""
    return "a pull request whose number was not recorded" if number is None else f"#{number}"


def project(name: str) -> str:
    return code(name) if FOLDER_NAME.fullmatch(name) else plain(name)


def run(run_id: str) -> str:
    return code(run_id) if RUN_ID.fullmatch(run_id) else plain(run_id)


def attempt(run_id: str) -> int | None:
    return int(run_id.rpartition("-a")[2]) if RUN_ID.fullmatch(run_id) else None


def digest(sha256: str | None) -> str:
    return code(sha256[:SHORT_DIGEST]) if sha256 is not None and HEX.fullmatch(sha256) else UNKNOWN


def whole_digest(sha256: str | None) -> str:
    return code(sha256) if sha256 is not None and HEX.fullmatch(sha256) else UNKNOWN


def folder(name: str, run_id: str) -> str | None:
    """The run's folder as a reader types it; None where a shell could read more into it."""
    clean = FOLDER_NAME.fullmatch(name) and RUN_ID.fullmatch(run_id)
    return f"projects/{name}/runs/{run_id}" if clean else None


def title(name: str, what: str, run_id: str = "") -> str:
    """Of an issue or pull request: no Markdown, and nothing that anybody else wrote."""
    known = name if FOLDER_NAME.fullmatch(name) else "a project with an unusual name"
    tail = f" {run_id}" if RUN_ID.fullmatch(run_id) else ""
    return f"clinft: {known}: {what}{tail}"


def approved(decision: GateDecision, room: Room) -> str:
    """Who agreed to the plan, in which role and how."""
    given = [each for each in decision.approvals if each.plan_digest == decision.plan_digest]
    said = [
        f"{room.text(each.person)} as **{room.text(each.role)}** ({words.APPROVALS[each.kind]})"
        for each in given
    ]
    return room.inline(said) if said else "nobody: no approval was recorded"


def critical_labels(spec: ProjectSpec | None) -> tuple[str, ...] | None:
    return None if spec is None else spec.regression.critical_labels


def plain(foreign: str) -> str:
    """Text where a pattern was expected."""
    clipped = foreign if len(foreign) <= LONGEST else f"{foreign[:LONGEST]} …"
    return escape(clipped) or INVISIBLE
