"""git's smart HTTP protocol by git's own `git http-backend`, with the refusals of GitHub."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.github.bare import CLEAN
from tests.fakes.github.state import NO_COMMIT

if TYPE_CHECKING:
    from tests.fakes.github.server import GitHubServer

# Only http-backend sets CLINFT_PROTECTED, so merges and pushes of the tests themselves pass.
HOOK = """#!/bin/sh
while read -r before after ref; do
  for protected in $CLINFT_PROTECTED; do
    if [ "$ref" = "refs/heads/$protected" ]; then
      echo "GH013: Repository rule violations found for $ref." >&2
      exit 1
    fi
  done
done
"""


@dataclass(frozen=True)
class GitReply:
    status: int
    body: bytes = b""
    content_type: str = "text/plain"
    headers: dict[str, str] = field(default_factory=dict)


def serve(
    github: "GitHubServer", method: str, path: str, query: str, headers: Mapping[str, str], data: bytes
) -> GitReply:
    found = re.fullmatch(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-(?:upload|receive)-pack)", path)
    if not found or (found.group(1), found.group(2)) != (github.owner, github.repository):
        return GitReply(404, b"Repository not found.")
    pushes = "git-receive-pack" in (found.group(3), query.removeprefix("service="))
    if pushes and github.readonly:
        return _logged(github, method, path, headers, GitReply(403, b"Permission denied to this token."))
    hook = github.bare / "hooks" / "pre-receive"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    before = github.repo.refs() if pushes else {}
    env = {
        **CLEAN,
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(github.folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{github.full_name}.git/{found.group(3)}",
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(data)),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": headers.get("Git-Protocol", ""),
        "REMOTE_USER": "x-access-token",
        "REMOTE_ADDR": "127.0.0.1",
        "CLINFT_PROTECTED": " ".join(github.protections),
        # refs/pull/* belong to GitHub.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "receive.hideRefs",
        "GIT_CONFIG_VALUE_0": "refs/pull",
    }
    done = subprocess.run(["git", "http-backend"], input=data, capture_output=True, env=env, check=False)
    if pushes and method == "POST":
        _record(github, before)
    return _logged(github, method, path, headers, _parsed(done.stdout))


def _record(github: "GitHubServer", before: Mapping[str, str]) -> None:
    for ref, after in github.repo.refs().items():
        if before.get(ref) != after:
            kind = "push" if ref in before else "branch_creation"
            github.activity(ref, before.get(ref, NO_COMMIT), after, github.token_login, kind)


def _logged(
    github: "GitHubServer", method: str, path: str, headers: Mapping[str, str], reply: GitReply
) -> GitReply:
    from tests.fakes.github.server import Call, job_of

    # The request for the list of refs precedes each of the two; one line per fetch or push is enough.
    if method == "POST" or reply.status == 403:
        operation = (
            "git/receive-pack" if reply.status == 403 else path.rpartition("/")[2].replace("-", "/", 1)
        )
        job = job_of(headers.get("User-Agent", ""))
        github.git_log.append(Call(method, path, {}, operation, job, reply.status))
    return reply


def _parsed(output: bytes) -> GitReply:
    """http-backend speaks CGI: header lines, an empty line, the body."""
    head, _, body = output.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
    status = int(headers.pop("Status", "200").split()[0])
    content_type = headers.pop("Content-Type", "application/octet-stream")
    headers.pop("Content-Length", None)
    return GitReply(status, body, content_type, headers)
