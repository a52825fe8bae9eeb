"""A Hugging Face hub for tests on 127.0.0.1: what its client asks for while a private repository is filled."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.listening import Handler, Listening, Refused, Reply

TOKEN = "hf_test0123456789"
ORGANISATION = "hospital"
LARGE = (".safetensors", ".gguf")
ATTRIBUTES = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"


@dataclass
class Repository:
    """`commits`: messages, the oldest first; the head is named after their number."""

    private: bool
    files: dict[str, bytes] = field(default_factory=lambda: {".gitattributes": ATTRIBUTES})
    commits: list[str] = field(default_factory=lambda: ["initial commit"])
    tags: dict[str, str] = field(default_factory=dict)
    # Where a hub says it is by now, after it was given away.
    moved_to: str | None = None

    @property
    def head(self) -> str:
        return hashlib.sha1(repr(self.commits).encode(), usedforsecurity=False).hexdigest()


class Hub(Listening):
    """Use as a context manager. `violations` must be empty at the end; `asked` holds method and path."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.stored: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self.fails: dict[str, int] = {}  # part of a path: status
        self.before_commit: Callable[[Repository], None] = lambda repository: None
        self.private_when_made = True
        self.leads: dict[str, str] = {}  # part of a path: where a redirect leads
        # Where large files go and are asked about, if not here.
        self.storage: str | None = None
        self.verifies: str | None = None
        self.url = self.open_port(RequestHandler)

    def answer(self, method: str, path: str, headers: Any, data: bytes) -> Reply:
        self.asked.append((method, path))
        if (instead := self._instead(path)) is not None:
            return instead
        if path.startswith("/stored/"):
            return self._store(path, headers, data)
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return Reply(401, {"error": "Invalid credentials"})
        parts = path.strip("/").split("/")
        try:
            return self._route(method, parts, data)
        except Refused as refusal:
            return refusal.reply
        except (KeyError, ValueError) as error:
            self.violations.append(f"{method} {path}: {error!r}")
            return Reply(400, {"error": "not understood"})

    def _instead(self, path: str) -> Reply | None:
        for part, status in self.fails.items():
            if part in path:
                return Reply(status, {"error": f"{TOKEN} was refused"})
        for part, location in self.leads.items():
            if part in path:
                return Reply(307, {}, {"Location": location})
        return None

    def _route(self, method: str, parts: list[str], data: bytes) -> Reply:
        if parts == ["api", "repos", "create"]:
            return self._create(json.loads(data))
        if parts == ["api", "validate-yaml"]:
            return Reply(200, {"errors": [], "warnings": []})
        if parts[-3:] == ["lfs", "objects", "batch"]:
            return self._batch(json.loads(data))
        if method in ("HEAD", "GET") and parts[2:3] in (["resolve"], ["here"]):
            return self._file(self._found("/".join(parts[:2])), *parts[3:])
        if parts[:2] != ["api", "models"]:
            raise ValueError("no such address")
        name = "/".join(parts[2:4])
        return self._of_model(name, self._found(name), method, parts[4:], data)

    def _of_model(
        self, name: str, repository: Repository, method: str, rest: list[str], data: bytes
    ) -> Reply:
        match method, rest:
            case "GET", [] | ["revision", "main"]:
                found: Any = self._info(name, repository)
            case "GET", ["refs"]:
                found = {"branches": [], "converts": [], "tags": _tags(repository)}
            case "POST", ["preupload", "main"]:
                found = {"files": [_mode(repository, one["path"]) for one in json.loads(data)["files"]]}
            case "POST", ["commit", "main"]:
                return self._commit(name, repository, [json.loads(line) for line in data.splitlines()])
            case "POST", ["tag", commit] if commit == repository.head:
                repository.tags[json.loads(data)["tag"]] = commit
                found = {}
            case "DELETE", ["tag", tag]:
                found = {"was": repository.tags.pop(tag)}
            case _:
                raise ValueError("no such address")
        return Reply(200, found)

    def _found(self, name: str) -> Repository:
        if name not in self.repositories:
            raise Refused(Reply(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"}))
        return self.repositories[name]

    def _file(self, repository: Repository, commit: str, name: str) -> Reply:
        if commit != repository.head or name.endswith(LARGE):
            raise ValueError("no small file of the head")
        headers = {"X-Repo-Commit": commit, "ETag": f'"{_blob(repository.files[name])}"'}
        return Reply(200, repository.files[name], headers)

    def _create(self, asked: dict[str, Any]) -> Reply:
        name = f"{asked.get('organization')}/{asked['name']}"
        if asked.get("organization") != ORGANISATION:
            return Reply(403, {"error": "You don't have the rights to create a model under this namespace"})
        if name in self.repositories:
            return Reply(409, {"error": "You already created this model repo"})
        if asked.get("private") is not True and asked.get("visibility") != "private":
            self.violations.append("a repository was asked for that is not private")
        self.repositories[name] = Repository(self.private_when_made)
        return Reply(200, {"url": f"{self.url}/{name}"})

    def _info(self, name: str, repository: Repository) -> dict[str, Any]:
        return {
            "id": repository.moved_to or name,
            "sha": repository.head,
            "private": repository.private,
            "tags": [],
            "siblings": [_sibling(path, data) for path, data in sorted(repository.files.items())],
        }

    def _batch(self, asked: dict[str, Any]) -> Reply:
        objects = []
        for one in asked["objects"]:
            found: dict[str, Any] = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in self.stored:
                href = f"{self.storage or self.url}/stored/{one['oid']}"
                found["actions"] = {"upload": {"href": href}}
                if self.verifies is not None:
                    found["actions"]["verify"] = {"href": self.verifies}
            objects.append(found)
        return Reply(200, {"transfer": "basic", "objects": objects})

    def _store(self, path: str, headers: Any, data: bytes) -> Reply:
        if "Authorization" in headers:
            self.violations.append("the token went to the storage")
        if hashlib.sha256(data).hexdigest() != path.rpartition("/")[2]:
            self.violations.append("stored bytes are not the ones announced")
        self.stored[path.rpartition("/")[2]] = data
        return Reply(200, {})

    def _commit(self, name: str, repository: Repository, lines: list[dict[str, Any]]) -> Reply:
        self.before_commit(repository)
        header = lines[0]["value"]
        if header["parentCommit"] != repository.head:
            return Reply(412, {"error": "A commit has happened since. Please refresh and try again."})
        files = dict(repository.files)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.stored[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
            else:
                raise ValueError(line["key"])
        repository.files = files
        repository.commits.append(header["summary"])
        url = f"{self.url}/{name}/commit/{repository.head}"
        return Reply(200, {"success": True, "commitOid": repository.head, "commitUrl": url})


class RequestHandler(Handler):
    def answer(self) -> None:
        data = self.read_body()
        reply = self.owner.answer(self.command, urlsplit(self.path).path, self.headers, data)
        body = b"" if reply.body is None else reply.body
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send(reply.status, body, "application/json", reply.headers)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # names that http.server looks for


def _tags(repository: Repository) -> list[dict[str, str]]:
    return [
        {"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": commit}
        for tag, commit in repository.tags.items()
    ]


def _mode(repository: Repository, path: str) -> dict[str, Any]:
    ignored = path in repository.files.get(".gitignore", b"").decode().split()
    mode = "lfs" if path.endswith(LARGE) else "regular"
    return {"path": path, "uploadMode": mode, "shouldIgnore": ignored}


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _sibling(path: str, data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {"rfilename": path, "size": len(data), "blobId": _blob(data)}
    if path.endswith(LARGE):
        sha256 = hashlib.sha256(data).hexdigest()
        found |= {"blobId": "0" * 40, "lfs": {"sha256": sha256, "size": len(data), "pointerSize": 134}}
    return found
