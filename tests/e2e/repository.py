"""A copy of this repository on the test server, and what people and GitHub do with it."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import yaml

from tests.conftest import REPOSITORY
from tests.fakes.github.bare import identity, run_git
from tests.fakes.github.server import GitHubServer
from tests.fakes.specs import merged

# No workflow reads them, and a copy without them is made in half the time.
LEFT_OUT = ("tests/", "bench/", "docs/")
PEOPLE = {"ml": ["mila"], "privacy": ["petra"], "clinical": ["carl"], "engine": ["erik"]}
POLICY = ".github/clinft.yml"

Json = dict[str, Any]
# A new text or bytes for a path, or None to delete it.
Edits = Mapping[str, str | bytes | None]


class Event(TypedDict):
    """The arguments of `run_workflow` that follow from what happened."""

    event: str
    payload: Json
    tree: Path
    ref: str
    sha: str
    actor: str


def working_tree(target: Path, rules: Mapping[str, Any]) -> None:
    """What would be committed of this checkout now, with a policy that names people."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = REPOSITORY / name
        if source.is_file() and not name.startswith(LEFT_OUT):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    policy = yaml.safe_load((target / POLICY).read_text())
    for role, rule in policy["roles"].items():
        rule["people"] = PEOPLE.get(role, [])
    # In the first commit: a later push of it would be a change that nobody agreed to.
    (target / POLICY).write_text(yaml.safe_dump(merged(policy, dict(rules)), sort_keys=False))


class Repository:
    """`folder` holds one clone, through which all is pushed as by someone with every right."""

    def __init__(
        self,
        server: GitHubServer,
        folder: Path,
        files: Edits | None = None,
        rules: Mapping[str, Any] | None = None,
    ) -> None:
        """With the working tree of this repository in it and `rules` laid over its policy, or with the
        given files only."""
        self.server, self.folder = server, folder
        self.clone = folder / "clone"
        self.clone.mkdir(parents=True)
        self._git("clone", "--quiet", str(server.bare), ".")
        self._git("checkout", "--quiet", "-B", "main")
        for login in ("alice", *(login for people in PEOPLE.values() for login in people)):
            server.add_user(login)
        if files is None:
            working_tree(self.clone, rules or {})
        self._commit(files or {}, "The template", "alice")
        self._git("push", "--quiet", "origin", "HEAD:refs/heads/main")

    def branch(self, name: str, edits: Edits, author: str = "alice", base: str = "main") -> str:
        """A new branch with one commit; its SHA."""
        return self._push(f"refs/heads/{base}", edits, author, f"refs/heads/{name}", f"Change {name}")

    def commit(self, name: str, edits: Edits, author: str = "alice", message: str = "More") -> str:
        """One more commit on a branch, main included, as a direct push; its SHA."""
        return self._push(f"refs/heads/{name}", edits, author, f"refs/heads/{name}", message)

    def fork_head(self, number: int, edits: Edits, author: str = "mallory", base: str = "main") -> str:
        """One commit in somebody's fork, which we see as refs/pull/N/head only; call before open_pull(fork=True)."""
        ref = f"refs/pull/{number}/head"
        start = ref if self.server.repo.ref(ref) else f"refs/heads/{base}"
        return self._push(start, edits, author, ref, f"Change of {author}")

    def pull_request_refs(self, number: int) -> str:
        """refs/pull/N/head and the test merge refs/pull/N/merge, as GitHub makes them; the merge's SHA."""
        return self._merge(number, f"refs/pull/{number}/merge")

    def _merge(self, number: int, target: str) -> str:
        pull = self.server.pulls[number]
        head, base = self.server.head_sha(pull), self.server.repo.ref(f"refs/heads/{pull.base_ref}")
        self._git("fetch", "--quiet", "origin", head, str(base))
        self._git("checkout", "--quiet", "--detach", str(base))
        who = {**identity("GitHub"), **identity("GitHub", role="COMMITTER")}
        message = f"Merge {head} into {base}"
        run_git(self.clone, "merge", "--quiet", "--no-ff", "-m", message, head, env=who)
        self._git("push", "--quiet", "--force", "origin", f"HEAD:{target}")
        return self._git("rev-parse", "HEAD")

    def checkout(self, ref: str, name: str) -> Path:
        """A folder with a branch, a full ref or a SHA in it, made once for each name."""
        target = self.folder / name
        if target.exists():
            return target
        sha = self.server.repo.commit(ref)
        assert sha, f"nothing in the repository is called {ref}"
        run_git(
            self.folder, "clone", "--quiet", "--shared", "--no-checkout", str(self.server.bare), str(target)
        )
        run_git(target, "checkout", "--quiet", "--detach", sha)
        return target

    # What GitHub starts workflows with

    def pull_request_event(self, number: int, action: str = "opened") -> Event:
        """Call it again after a push: it makes the test merge anew."""
        sha = self.pull_request_refs(number)
        author = self.server.issues[number].author
        return {
            "event": "pull_request",
            "payload": self.payload(number, action),
            "tree": self.checkout(sha, f"pull-{number}-{sha[:12]}"),
            "ref": f"refs/pull/{number}/merge",
            "sha": sha,
            "actor": author,
        }

    def payload(self, number: int, action: str = "opened") -> Json:
        issue = self.server.issues[number]
        pull = self.server.renderer.pull(self.server.pulls[number])
        return {"action": action, "number": number, "pull_request": pull, **self._where(issue.author)}

    def merge_group_event(self, number: int, by: str = "alice") -> Event:
        """The merge queue tries the pull request on top of the present base."""
        base_ref = self.server.pulls[number].base_ref
        base = str(self.server.repo.ref(f"refs/heads/{base_ref}"))
        ref = f"refs/heads/gh-readonly-queue/{base_ref}/pr-{number}-{base}"
        sha = self._merge(number, ref)
        group = {"head_sha": sha, "head_ref": ref, "base_sha": base, "base_ref": f"refs/heads/{base_ref}"}
        return {
            "event": "merge_group",
            "payload": {"action": "checks_requested", "merge_group": group, **self._where(by)},
            "tree": self.checkout(sha, f"queue-{number}-{sha[:12]}"),
            "ref": ref,
            "sha": sha,
            "actor": by,
        }

    def push_event(self, before: str, by: str = "alice", branch: str = "main") -> Event:
        """The push that moved the branch from `before` to where it is now."""
        after = str(self.server.repo.ref(f"refs/heads/{branch}"))
        commits = [
            {
                "id": one.sha,
                "message": one.message,
                "author": {"name": one.author.name, "username": one.author.name},
            }
            for one in self.server.repo.log("--reverse", f"{before}..{after}")
        ]
        moved = {"ref": f"refs/heads/{branch}", "before": before, "after": after, "created": False}
        said = {"deleted": False, "forced": False, "commits": commits, "head_commit": commits[-1]}
        return {
            "event": "push",
            "payload": {**moved, **said, "pusher": {"name": by}, **self._where(by)},
            "tree": self.checkout(after, f"push-{after[:12]}"),
            "ref": f"refs/heads/{branch}",
            "sha": after,
            "actor": by,
        }

    def dispatch_event(self, inputs: Mapping[str, str], by: str = "alice", branch: str = "main") -> Event:
        """Somebody pressed the button "Run workflow"."""
        sha = str(self.server.repo.ref(f"refs/heads/{branch}"))
        return {
            "event": "workflow_dispatch",
            "payload": {"ref": f"refs/heads/{branch}", "inputs": dict(inputs), **self._where(by)},
            "tree": self.checkout(sha, f"dispatch-{sha[:12]}"),
            "ref": f"refs/heads/{branch}",
            "sha": sha,
            "actor": by,
        }

    def _where(self, sender: str) -> Json:
        render = self.server.renderer
        return {"repository": render.repository("full-repository"), "sender": render.user(sender)}

    def _push(self, start: str, edits: Edits, author: str, target: str, message: str) -> str:
        self._git("fetch", "--quiet", "origin", start)
        self._git("checkout", "--quiet", "--detach", "FETCH_HEAD")
        self._commit(edits, message, author)
        self._git("push", "--quiet", "origin", f"HEAD:{target}")
        return self._git("rev-parse", "HEAD")

    def _commit(self, edits: Edits, message: str, author: str) -> None:
        for name, content in edits.items():
            path = self.clone / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        who = {**identity(author), **identity(author, role="COMMITTER")}
        self._git("add", "--all", "--force")
        run_git(self.clone, "commit", "--quiet", "--allow-empty", "-m", message, env=who)

    def _git(self, *args: str) -> str:
        return run_git(self.clone, *args).decode().strip()
