"""What `clinft doctor --fix` may add: labels, and environments that serve one branch."""

from collections.abc import Callable
from urllib.parse import quote

from clinft.adapters.github.asking import HIDDEN, Asking, plan_lacks
from clinft.adapters.github.client import Address
from clinft.adapters.github.tries import PAUSE_SECONDS, Again, until_known
from clinft.artifacts.labels import Label
from clinft.ports.settings import Made

REFUSED: tuple[Made, ...] = ("not permitted", "not offered")
CHOSEN = {"protected_branches": False, "custom_branch_policies": True}


class GitHubSettingsWriter:
    def __init__(self, address: Address, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._ask = Asking(address)
        self._pause = pause_seconds

    def label(self, label: Label) -> Made:
        def there() -> bool:
            return label.name.lower() in {str(one["name"]).lower() for one in self._ask.every("/labels")}

        return self._make(
            f"the label {label.name}",
            there,
            lambda: self._ask.send("POST", "/labels", None, label._asdict()),
        )

    def environment(self, name: str, branch: str) -> Made:
        """In two steps. Between them no branch may use it: what is cut off is closed, and ends up finished.

        One that exists is never written whole: that would reset its reviewers and its wait.
        """
        path = f"/environments/{quote(name, safe='')}"
        made = self._make(
            f"the environment {name}",
            lambda: self._exists(path),
            lambda: self._ask.send("PUT", path, None, {"deployment_branch_policy": CHOSEN}),
        )
        if made in REFUSED:
            return made
        served = self._make(
            f"the branch of the environment {name}",
            lambda: not self._serves_nobody(path),
            lambda: self._ask.send(
                "POST", f"{path}/deployment-branch-policies", None, {"name": branch, "type": "branch"}
            ),
        )
        return made if served == "there already" else served

    def _exists(self, path: str) -> bool:
        import github

        try:
            self._ask.get(path)
        except github.UnknownObjectException:
            return False
        return True

    def _serves_nobody(self, path: str) -> bool:
        policy = self._ask.get(path).get("deployment_branch_policy")
        if policy is None or policy["protected_branches"]:
            return False
        return not self._ask.every(f"{path}/deployment-branch-policies", "branch_policies")

    def _make(self, what: str, there: Callable[[], bool], make: Callable[[], object]) -> Made:
        sent = False

        def attempt() -> Made:
            nonlocal sent
            if there():
                return "created" if sent else "there already"
            sent = True
            make()
            return "created"

        return until_known(what, lambda: _refusable(attempt, there), self._pause)


def _refusable(attempt: Callable[[], Made], there: Callable[[], bool]) -> Made:
    """What GitHub says instead of doing it, as an answer; trouble stays trouble."""
    import github
    import requests

    try:
        return attempt()
    except github.RateLimitExceededException:
        raise
    except requests.TooManyRedirects:
        # "See other": somebody else made the branch's policy meanwhile.
        raise Again("it was made by somebody else") from None
    except github.GithubException as error:
        if plan_lacks(error):
            return "not offered"
        if error.status in HIDDEN:
            return "not permitted"
        if error.status != 422:
            raise
        # Somebody was faster, or this plan of GitHub has no such thing.
        return "there already" if there() else "not offered"
