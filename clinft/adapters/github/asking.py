"""Plain questions to GitHub's API, for what PyGithub has no words for: whole lists, and 'not for you'."""

from collections.abc import Callable
from typing import Any, TypeVar

from clinft.adapters.github.client import Address, asked_for, connect, failed
from clinft.ports.settings import Told, Unknown

PAGE = 100
MOST_PAGES = 50
# GitHub hides what a token may not see by either of the two.
HIDDEN = (403, 404)
# How the message begins where a private repository's plan has no such thing, whoever asks.
UPGRADE = "Upgrade to GitHub"
Answer = TypeVar("Answer")


class Asking:
    def __init__(self, address: Address) -> None:
        self._requester = connect(address).requester
        self._root = f"/repos/{address.repository}"

    def get(self, path: str, **query: Any) -> Any:
        return self.send("GET", path, query or None, None)

    def send(self, verb: str, path: str, query: Any, body: Any) -> Any:
        """PyGithub's own exceptions; a redirect is none of the answers we ask for."""
        return self._requester.requestJsonAndCheck(verb, f"{self._root}{path}", query, input=body)[1]

    def every(self, path: str, key: str | None = None) -> list[dict[str, Any]]:
        """All items of a list; with `key`, of the list in an object, which then tells how many there are."""
        found: list[dict[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            answer = self.get(path, per_page=PAGE, page=page)
            items = answer[key] if key else answer
            if not isinstance(items, list):
                raise TypeError
            found += items
            # Some lists have pages of thirty, whatever is asked for.
            if not items or (len(found) >= answer["total_count"] if key else len(items) < PAGE):
                break
        if key and len(found) != answer["total_count"]:
            raise failed(f"the list {key}", f"it gives {len(found)} of {answer['total_count']}")
        return found

    def names(self, path: str, key: str) -> tuple[str, ...]:
        return tuple(str(item["name"]) for item in self.every(path, key))

    def told(
        self, what: str, needs: str, ask: Callable[[], Answer], unoffered: Answer | None = None
    ) -> Told[Answer]:
        """Unknown where GitHub says that this is not for us; ServiceError where it says nothing useful.

        `unoffered`: the answer where the plan has no such thing.
        """
        import github

        with asked_for(what):
            try:
                return ask()
            except github.RateLimitExceededException:
                raise
            except github.GithubException as error:
                if error.status not in HIDDEN:
                    raise
                if unoffered is not None and plan_lacks(error):
                    return unoffered
                return Unknown(needs)


def plan_lacks(error: Any) -> bool:
    said = error.data.get("message") if isinstance(error.data, dict) else None
    return error.status == 403 and isinstance(said, str) and said.startswith(UPGRADE)
