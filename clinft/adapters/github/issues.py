"""The tracking issue of a project and the notes on it, found by a hidden marker and our own login."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clinft.adapters.github import bounds
from clinft.adapters.github.tries import until_known
from clinft.artifacts.labels import LABELS

if TYPE_CHECKING:
    from github.Issue import Issue
    from github.Repository import Repository

# On every tracking issue, so that it is found among the issues of years.
TRACKING = "clinical-finetune"
KNOWN = {label.name: label for label in LABELS}
GREY = "ededed"


def issue_marker(project: str) -> str:
    return f"<!-- clinft issue project={project} -->"


def note_marker(key: str) -> str:
    return f"<!-- clinft note key={key} -->"


class Issues:
    """`login`: ours. Anybody may write a marker; only what this login wrote counts."""

    def __init__(self, connection: "Repository", login: str, pause_seconds: float) -> None:
        self._connection = connection
        self._login = login.lower()
        self._pause = pause_seconds

    def issue(self, project: str, title: str, body: str, labels: Sequence[str]) -> int:
        bounds.slug(project)
        bounds.labels(labels)
        bounds.title(title)
        bounds.text(body)
        wanted = list(dict.fromkeys((TRACKING, *labels)))

        def attempt() -> int:
            found = self._find(project)
            if found is None:
                self._create_labels(wanted)
                text = f"{issue_marker(project)}\n{body}"
                return self._connection.create_issue(title, body=text, labels=wanted).number
            has = {label.name.lower() for label in found.labels}
            missing = [name for name in wanted if name.lower() not in has]
            if missing:
                self._create_labels(missing)
                found.add_to_labels(*missing)
            if found.state != "open":
                found.edit(state="open")
            return found.number

        return until_known(f"the tracking issue of {project}", attempt, self._pause)

    def note(self, issue: int, key: str, body: str) -> None:
        bounds.key(key)
        bounds.text(body)
        until_known(f"a note on issue {issue}", lambda: self.note_once(issue, key, body), self._pause)

    def note_once(self, number: int, key: str, body: str) -> None:
        """One look, and one write if there is no such note. Pull requests have notes too."""
        issue = self._connection.get_issue(number)
        marker = note_marker(key)
        if not any(self._is_ours(comment, marker) for comment in issue.get_comments()):
            issue.create_comment(f"{marker}\n{body}")

    def _find(self, project: str) -> "Issue | None":
        """The oldest of ours. Without the label too before one is opened: people take labels away, and GitHub
        leaves them off without a word where a token may not set them."""
        marker = issue_marker(project)
        for labels in ([TRACKING], []):
            listed = self._connection.get_issues(
                state="all",
                creator=self._login,  # type: ignore[arg-type]  # a login too, only its annotation says otherwise
                labels=labels,
                sort="created",
                direction="asc",
            )
            ours = [issue for issue in listed if self._is_ours(issue, marker)]
            if ours:
                return min(ours, key=lambda issue: issue.number)
        return None

    def _is_ours(self, written: Any, marker: str) -> bool:
        """An issue or a comment. Whoever quotes a marker has it further down."""
        first, _, _ = (written.body or "").replace("\r\n", "\n").partition("\n")
        return bool(first == marker and written.user and written.user.login.lower() == self._login)

    def _create_labels(self, names: Sequence[str]) -> None:
        """GitHub would make missing ones by itself, grey and without a word on what they mean."""
        import github

        there = self._label_names()
        for name in names:
            if name.lower() in there:
                continue
            known = KNOWN.get(name)
            color, description = (known.color, known.description) if known else (GREY, "")
            try:
                self._connection.create_label(name, color, description)
            except github.GithubException as error:
                # Somebody else made it at the same moment: already_exists.
                if error.status != 422 or name.lower() not in self._label_names():
                    raise

    def _label_names(self) -> set[str]:
        return {label.name.lower() for label in self._connection.get_labels()}
