"""Operations on commits: their statuses, check runs and pull requests, comparisons, refs and files."""

import base64
from pathlib import PurePosixPath
from typing import Any

from tests.fakes.github.bare import identity
from tests.fakes.github.operations import Call, Handler, Refused, Reply, not_found, pick
from tests.fakes.github.state import NO_COMMIT, CheckRun, Pull

MOST_FILES = 300


def sha_of(call: Call, name: str) -> str:
    sha = call.state.repo.commit(name)
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {name}")
    return sha


def get_commit(call: Call) -> Reply:
    commit = call.state.repo.show(sha_of(call, call.path["ref"]))
    empty = call.state.repo.git("hash-object", "-t", "tree", "--stdin", stdin=b"")
    changed = call.state.repo.changed(commit.parents[0] if commit.parents else empty, commit.sha)
    files = [call.render.file(one, commit.sha) for one in changed[:MOST_FILES]]
    return Reply(200, {**call.render.commit(commit), "files": files})


def get_git_commit(call: Call) -> Reply:
    sha = call.state.repo.commit(call.path["commit_sha"])
    if sha is None:
        raise not_found()
    return Reply(200, call.render.git_commit(call.state.repo.show(sha)))


def list_commits(call: Call) -> Reply:
    name = call.query.get("sha", "main")
    sha = call.state.repo.commit(name)
    if sha is None:
        raise not_found()
    flags = [f"--{name}={call.query[name]}" for name in ("since", "until", "author") if name in call.query]
    paths = [call.query["path"]] if "path" in call.query else []
    return Reply(200, [call.render.commit(one) for one in call.state.repo.log(*flags, sha, "--", *paths)])


def compare(call: Call) -> Reply:
    names = call.path["basehead"].split("...")
    shas = [call.state.repo.commit(name) for name in names]
    if len(shas) != 2 or None in shas:
        raise not_found()
    base, head = (str(sha) for sha in shas)
    repo, render = call.state.repo, call.render
    start = repo.merge_base(base, head)
    ahead, behind = repo.log("--reverse", f"{base}..{head}"), repo.log(f"{head}..{base}")
    names_of = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
    url = f"{render.repo}/compare/{call.path['basehead']}"
    facts = {
        "url": url,
        "base_commit": render.commit(repo.show(base)),
        "merge_base_commit": render.commit(repo.show(start)),
        "status": names_of.get((bool(ahead), bool(behind)), "diverged"),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [render.commit(one) for one in ahead],
        "files": [render.file(one, head) for one in repo.changed(start, head)[:MOST_FILES]],
    }
    return Reply(200, {**render.spec.draft("commit-comparison"), **facts})


def commit_pulls(call: Call) -> Reply:
    """Merged ones that brought the commit; open ones too while it is not on the default branch."""
    state = call.state
    sha = sha_of(call, call.path["commit_sha"])
    on_main = state.repo.contains(sha, "main")

    def brought(pull: Pull) -> bool:
        before, after = state.pull_range(pull)
        own = state.repo.contains(sha, after) and not state.repo.contains(sha, before)
        return (sha in pull.landed or own) and (pull.merged_at is not None or not on_main)

    pulls = [one for one in state.pulls.values() if brought(one)]
    return Reply(200, [call.render.pull(one, "pull-request-simple") for one in pulls])


def create_status(call: Call) -> Reply:
    sha = sha_of(call, call.path["sha"])
    given = call.given("description", "target_url")
    call.state.status(
        sha, call.body.get("context", "default"), call.body["state"], login=call.state.token_login, **given
    )
    return Reply(201, call.render.status(call.state.statuses[-1]))


def list_statuses(call: Call) -> Reply:
    sha = sha_of(call, call.path["ref"])
    newest_first = [one for one in reversed(call.state.statuses) if one.sha == sha]
    return Reply(200, [call.render.status(one) for one in newest_first])


def combined_status(call: Call) -> Reply:
    sha = sha_of(call, call.path["ref"])
    latest = {one.context: one for one in call.state.statuses if one.sha == sha}
    states = {one.state for one in latest.values()}
    total = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    facts = {
        "state": total,
        "sha": sha,
        "total_count": len(latest),
        "statuses": [call.render.status(one, "simple-commit-status") for one in latest.values()],
        "repository": call.render.repository("minimal-repository"),
        "url": f"{call.render.repo}/commits/{sha}/status",
        "commit_url": f"{call.render.repo}/commits/{sha}",
    }
    return Reply(200, {**call.render.spec.draft("combined-commit-status"), **facts})


def list_check_runs(call: Call) -> Reply:
    sha, query = sha_of(call, call.path["ref"]), call.query
    runs = [one for one in call.state.check_runs.values() if one.sha == sha]
    if query.get("filter", "latest") == "latest":
        ordered = sorted(runs, key=lambda one: (one.started_at or "", one.id))
        runs = list({(one.app, one.suite, one.name): one for one in ordered}.values())
    runs = [one for one in runs if query.get("check_name") in (None, one.name)]
    runs = [one for one in runs if query.get("status") in (None, one.status)]
    rendered = [call.render.check_run(one) for one in runs]
    wanted = [one for one in rendered if query.get("app_id") in (None, str(one["app"]["id"]))]
    return Reply(200, {"total_count": len(wanted), "check_runs": wanted})


def create_check_run(call: Call) -> Reply:
    body, state = call.body, call.state
    made = state.check_run(
        body["head_sha"],
        body["name"],
        body.get("conclusion"),
        app=state.token_login.removesuffix("[bot]"),
        status="completed" if "conclusion" in body else body.get("status", "queued"),
        started_at=body.get("started_at"),
    )
    _describe(state.check_runs[made], body)
    return Reply(201, call.render.check_run(state.check_runs[made]))


def update_check_run(call: Call) -> Reply:
    run = pick(call.state.check_runs, call.path["check_run_id"])
    for name, value in call.given("name", "status", "conclusion", "started_at", "completed_at").items():
        setattr(run, name, value)
    if "conclusion" in call.body:
        run.status, run.completed_at = "completed", run.completed_at or call.state.now()
    _describe(run, call.body)
    return Reply(200, call.render.check_run(run))


def _describe(run: CheckRun, body: dict[str, Any]) -> None:
    output = body.get("output", {})
    run.title, run.summary = output.get("title", run.title), output.get("summary", run.summary)


def get_ref(call: Call) -> Reply:
    name = f"refs/{call.path['ref']}"
    sha = call.state.repo.ref(name)
    if sha is None or call.state.repo.refs().get(name) != sha:
        raise not_found()
    return Reply(200, call.render.ref(name, sha))


def create_ref(call: Call) -> Reply:
    name, sha = call.body["ref"], sha_of(call, call.body["sha"])
    if name in call.state.repo.refs():
        raise Refused(422, "Reference already exists")
    return _move(call, name, NO_COMMIT, sha, 201)


def update_ref(call: Call) -> Reply:
    name, sha = f"refs/{call.path['ref']}", sha_of(call, call.body["sha"])
    before = call.state.repo.refs().get(name)
    if before is None:
        raise Refused(422, "Reference does not exist")
    if not call.body.get("force", False) and not call.state.repo.contains(before, sha):
        raise Refused(422, "Update is not a fast forward")
    return _move(call, name, before, sha, 200)


def delete_ref(call: Call) -> Reply:
    name = f"refs/{call.path['ref']}"
    if name not in call.state.repo.refs():
        raise Refused(422, "Reference does not exist")
    _refuse_protected(call, name)
    call.state.repo.git("update-ref", "-d", name)
    return Reply(204)


def _move(call: Call, name: str, before: str, after: str, status: int) -> Reply:
    _refuse_protected(call, name)
    call.state.repo.git("update-ref", name, after)
    kind = "branch_creation" if before == NO_COMMIT else "push"
    call.state.activity(name, before, after, call.state.token_login, kind)
    return Reply(status, call.render.ref(name, after))


def _refuse_protected(call: Call, name: str) -> None:
    if name.removeprefix("refs/heads/") in call.state.protections:
        raise Refused(422, f"Repository rule violations found: {name} is protected")


def get_content(call: Call) -> Reply:
    revision, path = call.query.get("ref", "main"), call.path["path"].strip("/")
    sha = call.state.repo.commit(revision)
    data = call.state.repo.blob(sha, path) if sha else None
    if data is None or sha is None:
        raise not_found()
    content = {"encoding": "base64", "content": base64.b64encode(data).decode()}
    return Reply(200, {**_entry(call, sha, path, len(data)), **content})


def _entry(call: Call, revision: str, path: str, size: int) -> dict[str, Any]:
    url = f"{call.render.repo}/contents/{path}?ref={revision}"
    facts = {
        "type": "file",
        "path": path,
        "name": PurePosixPath(path).name,
        "size": size,
        "sha": call.state.repo.git("rev-parse", f"{revision}:{path}"),
        "_links": {"self": url, "git": url, "html": url},
        **dict.fromkeys(("url", "html_url", "git_url", "download_url"), url),
    }
    return {**call.render.spec.draft("content-file"), **facts}


def put_content(call: Call) -> Reply:
    state, path, body = call.state, call.path["path"], call.body
    branch = body.get("branch", "main")
    before = state.repo.ref(f"refs/heads/{branch}")
    if before is None:
        raise not_found()
    _refuse_protected(call, f"refs/heads/{branch}")
    exists = state.repo.blob(before, path) is not None
    if exists and body.get("sha") != state.repo.git("rev-parse", f"{before}:{path}"):
        raise Refused(409, f"{path} does not match {body.get('sha')}")
    who = {**identity(state.token_login), **identity("GitHub", role="COMMITTER")}
    content = base64.b64decode(body["content"])
    sha = state.repo.write_file(branch, path, content, body["message"], who)
    state.activity(f"refs/heads/{branch}", before, sha, state.token_login)
    commit = {**call.render.git_commit(state.repo.show(sha))}
    made = {**call.render.spec.draft("file-commit"), "content": _entry(call, sha, path, len(content))}
    return Reply(200 if exists else 201, {**made, "commit": commit})


OPERATIONS: dict[str, Handler] = {
    "repos/get-commit": get_commit,
    "git/get-commit": get_git_commit,
    "repos/list-commits": list_commits,
    "repos/compare-commits-with-basehead": compare,
    "repos/list-pull-requests-associated-with-commit": commit_pulls,
    "repos/create-commit-status": create_status,
    "repos/list-commit-statuses-for-ref": list_statuses,
    "repos/get-combined-status-for-ref": combined_status,
    "checks/list-for-ref": list_check_runs,
    "checks/create": create_check_run,
    "checks/update": update_check_run,
    "git/get-ref": get_ref,
    "git/create-ref": create_ref,
    "git/update-ref": update_ref,
    "git/delete-ref": delete_ref,
    "repos/get-content": get_content,
    "repos/create-or-update-file-contents": put_content,
}
