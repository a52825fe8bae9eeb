"""Operations on pull requests, issues, comments and labels."""

from tests.fakes.github.operations import Call, Handler, Refused, Reply, not_found, pick
from tests.fakes.github.state import Issue, Pull

# GitHub lists no more than these, however many there are.
MOST_COMMITS = 250
MOST_FILES = 3000


def get_pull(call: Call) -> Reply:
    return Reply(200, call.render.pull(pick(call.state.pulls, call.path["pull_number"])))


def list_pulls(call: Call) -> Reply:
    state, head, base = call.query.get("state", "open"), call.query.get("head"), call.query.get("base")

    def wanted(pull: Pull) -> bool:
        return (
            state in ("all", call.state.issues[pull.number].state)
            and head in (None, call.state.label(pull))
            and base in (None, pull.base_ref)
        )

    pulls = sorted(filter(wanted, call.state.pulls.values()), key=lambda one: -one.number)
    if call.query.get("direction") == "asc":
        pulls.reverse()
    return Reply(200, [call.render.pull(one, "pull-request-simple") for one in pulls])


def create_pull(call: Call) -> Reply:
    state, body = call.state, call.body
    if state.token_login == "github-actions[bot]" and not state.actions_may_open_pulls:
        raise Refused(403, "GitHub Actions is not permitted to create or approve pull requests.")
    head = body["head"].removeprefix(f"{state.owner}:")
    missing = [ref for ref in (head, body["base"]) if state.repo.ref(f"refs/heads/{ref}") is None]
    if missing:
        raise Refused(422, f"Validation Failed: no branch {missing[0]}")
    same = [one for one in state.pulls.values() if (one.head_ref, one.base_ref) == (head, body["base"])]
    if any(state.issues[one.number].state == "open" for one in same):
        raise Refused(422, f"Validation Failed: A pull request already exists for {state.owner}:{head}.")
    if state.repo.contains(head, body["base"]):
        raise Refused(422, f"Validation Failed: No commits between {body['base']} and {head}")
    pull = state.open_pull(
        state.next_number(),
        head,
        body["base"],
        author=state.token_login,
        title=body.get("title", ""),
        body=body.get("body"),
        draft=body.get("draft", False),
    )
    return Reply(201, call.render.pull(pull))


def update_pull(call: Call) -> Reply:
    pull = pick(call.state.pulls, call.path["pull_number"])
    _update(call, call.state.issues[pull.number])
    pull.base_ref = call.body.get("base", pull.base_ref)
    return Reply(200, call.render.pull(pull))


def list_pull_commits(call: Call) -> Reply:
    before, after = call.state.pull_range(pick(call.state.pulls, call.path["pull_number"]))
    commits = call.state.repo.log("--reverse", "--topo-order", f"{before}..{after}")
    return Reply(200, [call.render.commit(one) for one in commits[:MOST_COMMITS]])


def list_pull_files(call: Call) -> Reply:
    before, after = call.state.pull_range(pick(call.state.pulls, call.path["pull_number"]))
    changed = call.state.repo.changed(before, after)[:MOST_FILES]
    return Reply(200, [call.render.file(one, after) for one in changed])


def list_reviews(call: Call) -> Reply:
    number = pick(call.state.pulls, call.path["pull_number"]).number
    reviews = [one for one in call.state.reviews.values() if one.number == number]
    reviews.sort(key=lambda one: (one.submitted_at, one.id))
    return Reply(200, [call.render.review(one) for one in reviews])


def get_issue(call: Call) -> Reply:
    return Reply(200, call.render.issue(pick(call.state.issues, call.path["issue_number"])))


def list_issues(call: Call) -> Reply:
    state, creator = call.query.get("state", "open"), call.query.get("creator", "").lower()
    labels = set(filter(None, call.query.get("labels", "").split(",")))
    issues = [
        one
        for one in call.state.issues.values()
        if state in ("all", one.state) and labels <= set(one.labels) and creator in ("", one.author.lower())
    ]
    issues.sort(key=lambda one: one.number, reverse=call.query.get("direction") != "asc")
    return Reply(200, [call.render.issue(one) for one in issues])


def create_issue(call: Call) -> Reply:
    state, body = call.state, call.body
    labels = [one if isinstance(one, str) else one["name"] for one in body.get("labels", [])]
    number, title = state.next_number(), str(body["title"])
    made = Issue(number, title, body.get("body"), state.token_login, state.now(), labels=labels)
    state.issues[number] = made
    return Reply(201, call.render.issue(made))


def update_issue(call: Call) -> Reply:
    issue = pick(call.state.issues, call.path["issue_number"])
    _update(call, issue)
    return Reply(200, call.render.issue(issue))


def _update(call: Call, issue: Issue) -> None:
    for name, value in call.given("title", "body").items():
        setattr(issue, name, value)
    if "labels" in call.body:
        issue.labels = [one if isinstance(one, str) else one["name"] for one in call.body["labels"]]
    wanted = call.body.get("state", issue.state)
    if wanted == issue.state:
        return
    if wanted == "closed" and issue.number in call.state.pulls:
        call.state.close_pull(issue.number)
    issue.state, issue.closed_at = wanted, call.state.now() if wanted == "closed" else None


def list_comments(call: Call) -> Reply:
    number = pick(call.state.issues, call.path["issue_number"]).number
    comments = [one for one in call.state.comments.values() if one.number == number]
    return Reply(200, [call.render.comment(one) for one in comments])


def create_comment(call: Call) -> Reply:
    number = pick(call.state.issues, call.path["issue_number"]).number
    made = call.state.add_comment(number, call.state.token_login, call.body["body"])
    return Reply(201, call.render.comment(call.state.comments[made]))


def get_comment(call: Call) -> Reply:
    return Reply(200, call.render.comment(pick(call.state.comments, call.path["comment_id"])))


def update_comment(call: Call) -> Reply:
    comment = pick(call.state.comments, call.path["comment_id"])
    comment.body, comment.updated_at = call.body["body"], call.state.now()
    return Reply(200, call.render.comment(comment))


def delete_comment(call: Call) -> Reply:
    del call.state.comments[pick(call.state.comments, call.path["comment_id"]).id]
    return Reply(204)


def list_issue_labels(call: Call) -> Reply:
    labels = pick(call.state.issues, call.path["issue_number"]).labels
    return Reply(200, [call.render.label(name) for name in labels])


def add_labels(call: Call) -> Reply:
    issue = pick(call.state.issues, call.path["issue_number"])
    issue.labels += [name for name in _label_names(call) if name not in issue.labels]
    return list_issue_labels(call)


def set_labels(call: Call) -> Reply:
    pick(call.state.issues, call.path["issue_number"]).labels = _label_names(call)
    return list_issue_labels(call)


def _label_names(call: Call) -> list[str]:
    return [one if isinstance(one, str) else one["name"] for one in call.body["labels"]]


def list_labels(call: Call) -> Reply:
    return Reply(200, [call.render.label(name) for name in call.state.labels])


def create_label(call: Call) -> Reply:
    if call.body["name"].lower() in map(str.lower, call.state.labels):
        raise Refused(422, "Validation Failed: already_exists")
    call.state.labels[call.body["name"]] = call.body.get("color", "ededed")
    return Reply(201, call.render.label(call.body["name"]))


def get_label(call: Call) -> Reply:
    if call.path["name"] not in call.state.labels:
        raise not_found()
    return Reply(200, call.render.label(call.path["name"]))


OPERATIONS: dict[str, Handler] = {
    "pulls/get": get_pull,
    "pulls/list": list_pulls,
    "pulls/create": create_pull,
    "pulls/update": update_pull,
    "pulls/list-commits": list_pull_commits,
    "pulls/list-files": list_pull_files,
    "pulls/list-reviews": list_reviews,
    "issues/get": get_issue,
    "issues/list-for-repo": list_issues,
    "issues/create": create_issue,
    "issues/update": update_issue,
    "issues/list-comments": list_comments,
    "issues/create-comment": create_comment,
    "issues/get-comment": get_comment,
    "issues/update-comment": update_comment,
    "issues/delete-comment": delete_comment,
    "issues/list-labels-on-issue": list_issue_labels,
    "issues/add-labels": add_labels,
    "issues/set-labels": set_labels,
    "issues/list-labels-for-repo": list_labels,
    "issues/create-label": create_label,
    "issues/get-label": get_label,
}
