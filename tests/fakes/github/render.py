"""The state as the JSON objects that GitHub's API answers with."""

from typing import Any
from urllib.parse import quote

from tests.fakes.github.bare import ChangedFile, Commit, Person
from tests.fakes.github.spec import Spec
from tests.fakes.github.state import Activity, CheckRun, Comment, Issue, Pull, Review, State, Status

Json = dict[str, Any]
VERIFICATION = {
    "verified": False,
    "reason": "unsigned",
    "payload": None,
    "signature": None,
    "verified_at": None,
}


class Renderer:
    """All URLs point to the server itself: PyGithub follows no other host."""

    def __init__(self, state: State, spec: Spec, base: str) -> None:
        self.state, self.spec = state, spec
        self.html = f"{base}/{state.full_name}"
        self.api = f"{base}/api/v3"
        self.repo = f"{self.api}/repos/{state.full_name}"

    def user(self, login: str) -> Json:
        user = self.state.user(login)
        url = f"{self.api}/users/{quote(login)}"  # a bot's brackets, as GitHub writes them
        named = {"login": login, "type": user.type, "id": user.id, "url": url}
        return {**self.spec.draft("simple-user"), **named, "html_url": self.html}

    def full_user(self, login: str) -> Json:
        named = {"name": login, "user_view_type": "public"}
        return {**self.spec.draft("public-user"), **self.user(login), **named}

    def maybe_user(self, login: str | None) -> Json | None:
        return None if login is None else self.user(login)

    def repository(self, schema: str = "repository", owner: str | None = None) -> Json:
        """`owner` other than ours: a fork of it."""
        holder = owner or self.state.owner
        full_name = f"{holder}/{self.state.repository}"
        return {
            **self.spec.draft(schema),
            "id": self.state.user(holder).id,
            "name": self.state.repository,
            "full_name": full_name,
            "owner": self.user(holder),
            "fork": owner is not None,
            "private": True,
            "visibility": "private",
            "default_branch": "main",
            "url": f"{self.api}/repos/{quote(full_name)}",
            "html_url": self.html.replace(self.state.full_name, quote(full_name)),
            "clone_url": self.html.replace(self.state.full_name, quote(full_name)) + ".git",
        }

    def association(self, login: str | None) -> str:
        permission = self.state.user(login).permission if login else "read"
        return "MEMBER" if permission in ("write", "maintain", "admin") else "NONE"

    # Pull requests and issues

    def issue(self, issue: Issue) -> Json:
        url = f"{self.repo}/issues/{issue.number}"
        kind = "pull" if issue.number in self.state.pulls else "issues"
        found = {
            **self.spec.draft("issue"),
            **self._common(issue),
            "url": url,
            "html_url": f"{self.html}/{kind}/{issue.number}",
            "repository_url": self.repo,
            "comments_url": f"{url}/comments",
            "labels_url": f"{url}/labels{{/name}}",
            "comments": sum(one.number == issue.number for one in self.state.comments.values()),
        }
        if kind == "pull":
            links = dict.fromkeys(("html_url", "diff_url", "patch_url"))
            found["pull_request"] = {"url": f"{self.repo}/pulls/{issue.number}", **links}
        return found

    def _common(self, issue: Issue) -> Json:
        return {
            "id": issue.number,
            "number": issue.number,
            "title": issue.title,
            "body": issue.body,
            "state": issue.state,
            "user": self.user(issue.author),
            "author_association": self.association(issue.author),
            "labels": [self.label(name) for name in issue.labels],
            "created_at": issue.created_at,
            "updated_at": issue.closed_at or issue.created_at,
            "closed_at": issue.closed_at,
        }

    def label(self, name: str) -> Json:
        color = self.state.labels.get(name, "ededed")
        return {
            **self.spec.draft("label"),
            "name": name,
            "color": color,
            "url": f"{self.repo}/labels/{quote(name)}",
        }

    def pull(self, pull: Pull, schema: str = "pull-request") -> Json:
        issue = self.state.issues[pull.number]
        url = f"{self.repo}/pulls/{pull.number}"
        head = self.state.head_sha(pull)
        found = {
            **self.spec.draft(schema),
            **self._common(issue),
            "url": url,
            "html_url": f"{self.html}/pull/{pull.number}",
            "issue_url": f"{self.repo}/issues/{pull.number}",
            "comments_url": f"{self.repo}/issues/{pull.number}/comments",
            "commits_url": f"{url}/commits",
            "statuses_url": f"{self.repo}/statuses/{head}",
            "draft": pull.draft,
            "merged_at": pull.merged_at,
            "merge_commit_sha": pull.merge_commit_sha
            or self.state.repo.ref(f"refs/pull/{pull.number}/merge"),
            "head": self._side(
                pull.head_ref, head, self.state.label(pull), issue.author if pull.fork else None
            ),
            "base": self._side(pull.base_ref, pull.base_sha, f"{self.state.owner}:{pull.base_ref}", None),
        }
        return {**found, **(self._merge_facts(pull) if schema == "pull-request" else {})}

    def _merge_facts(self, pull: Pull) -> Json:
        before, after = self.state.pull_range(pull)
        changed = self.state.repo.changed(before, after)
        return {
            "merged": pull.merged_at is not None,
            "merged_by": self.maybe_user(pull.merged_by),
            "mergeable": None if pull.frozen_head else True,
            "mergeable_state": "unknown" if pull.frozen_head else "clean",
            "commits": int(self.state.repo.git("rev-list", "--count", f"{before}..{after}")),
            "changed_files": len(changed),
            "additions": sum(one.additions for one in changed),
            "deletions": sum(one.deletions for one in changed),
        }

    def _side(self, ref: str, sha: str, label: str, fork_of: str | None) -> Json:
        owner = fork_of or self.state.owner
        repository = self.repository(owner=fork_of)
        return {"ref": ref, "sha": sha, "label": label, "user": self.user(owner), "repo": repository}

    def review(self, review: Review) -> Json:
        pull = f"{self.repo}/pulls/{review.number}"
        return {
            **self.spec.draft("pull-request-review"),
            "id": review.id,
            "user": self.maybe_user(review.login),
            "author_association": self.association(review.login),
            "state": review.state,
            "body": review.body,
            "commit_id": review.commit_id,
            "submitted_at": review.submitted_at,
            "html_url": f"{self.html}/pull/{review.number}#pullrequestreview-{review.id}",
            "pull_request_url": pull,
        }

    def comment(self, comment: Comment) -> Json:
        kind = "pull" if comment.number in self.state.pulls else "issues"
        return {
            **self.spec.draft("issue-comment"),
            "id": comment.id,
            "body": comment.body,
            "user": self.user(comment.login),
            "author_association": self.association(comment.login),
            "created_at": comment.created_at,
            "updated_at": comment.updated_at,
            "url": f"{self.repo}/issues/comments/{comment.id}",
            "issue_url": f"{self.repo}/issues/{comment.number}",
            "html_url": f"{self.html}/{kind}/{comment.number}#issuecomment-{comment.id}",
        }

    # Commits and what is said about them

    def status(self, status: Status, schema: str = "status") -> Json:
        found = {
            **self.spec.draft(schema),
            "id": status.id,
            "context": status.context,
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "created_at": status.created_at,
            "updated_at": status.created_at,
            "url": f"{self.repo}/statuses/{status.sha}",
        }
        return {**found, "creator": self.user(status.login)} if schema == "status" else found

    def check_run(self, run: CheckRun) -> Json:
        url = f"{self.repo}/check-runs/{run.id}"
        slug = self.user(f"{run.app}[bot]")
        app = {
            **self.spec.draft("integration"),
            "slug": run.app,
            "name": run.app,
            "id": slug["id"],
            "owner": slug,
        }
        words = {"title": run.title, "summary": run.summary, "text": None}
        return {
            **self.spec.draft("check-run"),
            "id": run.id,
            "name": run.name,
            "head_sha": run.sha,
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": run.started_at,
            "completed_at": run.completed_at,
            "app": app,
            "check_suite": {"id": run.suite},
            "url": url,
            "html_url": f"{self.html}/runs/{run.id}",
            "output": {**words, "annotations_count": 0, "annotations_url": f"{url}/annotations"},
        }

    def commit(self, commit: Commit) -> Json:
        """As in lists: without files."""
        url = f"{self.repo}/commits/{commit.sha}"
        author, committer = self.state.commit_logins(commit.sha, commit.author.name, commit.committer.name)
        return {
            **self.spec.draft("commit"),
            "sha": commit.sha,
            "url": url,
            "html_url": f"{self.html}/commit/{commit.sha}",
            "comments_url": f"{url}/comments",
            "author": self.maybe_user(author),
            "committer": self.maybe_user(committer),
            "parents": [{"sha": sha, "url": f"{self.repo}/commits/{sha}"} for sha in commit.parents],
            "commit": {
                "url": f"{self.repo}/git/commits/{commit.sha}",
                "author": _signature(commit.author),
                "committer": _signature(commit.committer),
                "message": commit.message,
                "tree": {"sha": commit.tree, "url": f"{self.repo}/git/trees/{commit.tree}"},
                "comment_count": 0,
                "verification": VERIFICATION,
            },
        }

    def git_commit(self, commit: Commit) -> Json:
        whole = self.commit(commit)
        inner = {key: value for key, value in whole["commit"].items() if key != "comment_count"}
        html = {"html_url": whole["html_url"]}
        parents = [{**parent, **html} for parent in whole["parents"]]
        return {**self.spec.draft("git-commit"), **inner, **html, "sha": commit.sha, "parents": parents}

    def file(self, changed: ChangedFile, revision: str) -> Json:
        previous = {"previous_filename": changed.previous} if changed.previous else {}
        gone = changed.status == "removed"
        return {
            **self.spec.draft("diff-entry"),
            **previous,
            "filename": changed.path,
            "status": changed.status,
            "sha": None if gone else changed.sha,
            "additions": changed.additions,
            "deletions": changed.deletions,
            "changes": changed.additions + changed.deletions,
            "blob_url": f"{self.html}/blob/{revision}/{quote(changed.path)}",
            "raw_url": f"{self.html}/raw/{revision}/{quote(changed.path)}",
            "contents_url": f"{self.repo}/contents/{quote(changed.path)}?ref={revision}",
        }

    def ref(self, name: str, sha: str) -> Json:
        target = {"type": "commit", "sha": sha, "url": f"{self.repo}/git/commits/{sha}"}
        url = f"{self.repo}/git/{name}"
        return {**self.spec.draft("git-ref"), "ref": name, "object": target, "url": url}

    def activity(self, done: Activity) -> Json:
        facts = {"id": done.id, "ref": done.ref, "before": done.before, "after": done.after}
        who = {"actor": self.user(done.login), "activity_type": done.type, "timestamp": done.at}
        return {**self.spec.draft("activity"), **facts, **who}


def _signature(person: Person) -> Json:
    return {"name": person.name, "email": person.email, "date": person.at}
