"""What is killed: each stage of one project, its tracking tables, and the sinks of its finished run."""

import json
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch
from tests.fakes.github.bare import identity, run_git
from tests.fakes.google.people import ACCOUNT, encoded, service_account_key
from tests.fakes.google.server import GoogleServer
from tests.fakes.killing import Called, Forge, ended
from tests.fakes.langsmith.server import LangSmithServer
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.state import CHANNEL, TOKEN

# In the order of a run; `gate` is asked before `train`.
VERBS = ("prepare", "assess", "audit", "estimate", "gate", "train", "evaluate", "regress", "report")
WITH_YES = ("gate",)
WHO = {**identity("sam"), **identity("sam", role="COMMITTER")}


class Stages:
    """Snapshots of a repository before each verb. `project`: the place where everything happens.

    `wanted`: verbs before which all is kept; the rest of the run is made, too.
    """

    def __init__(self, forge: Forge, project: Path, kept: Path, wanted: Sequence[str]) -> None:
        self.forge, self.project, self._kept = forge, project, kept
        self.undisturbed: dict[str, tuple[float, Any]] = {}
        self.seconds = 0.0
        for verb in VERBS:
            if verb in wanted:
                self.keep(verb)
            called = forge.call(*argv(verb, project))
            assert called.code == 0, called.output
            self.seconds += called.seconds
            if verb in wanted:
                self.undisturbed[verb] = (called.seconds, StageScene(self, verb).result())
        self.keep("finished")

    @property
    def root(self) -> Path:
        return self.project.parents[1]

    def keep(self, name: str) -> None:
        shutil.copytree(self.root, self._kept / name, symlinks=True)

    def restore(self, name: str) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self._kept / name, self.root, symlinks=True)


def argv(verb: str, project: Path) -> tuple[str, ...]:
    return (verb, str(project), *(["--yes"] if verb in WITH_YES else []))


class StageScene:
    """One verb of the pipeline on a project that the verbs before it have worked on."""

    def __init__(self, stages: Stages, verb: str) -> None:
        self._stages, self.name = stages, verb

    def undisturbed(self) -> tuple[float, Any]:
        return self._stages.undisturbed[self.name]

    def begin(self) -> None:
        self._stages.restore(self.name)

    def call(self, after_seconds: float | None = None) -> Called:
        return self._stages.forge.call(*argv(self.name, self._stages.project), after_seconds=after_seconds)

    def at_rest(self) -> None:
        """Whatever artifact there is: it is whole, and so is every file that it names."""
        for path in self._artifacts():
            self._check(path)

    def result(self) -> Any:
        found = {path.name: self._check(path) for path in self._artifacts()}
        left = [path.name for path in self._stages.project.rglob("*partial*")]
        return {**found, "left half-made": left}

    def _artifacts(self) -> list[Path]:
        project = self._stages.project
        folders = (project / "data" / "work", *project.glob("runs/*"))
        return [path for folder in folders for path in folder.glob("*.json") if path.stem in VERBS]

    def _check(self, path: Path) -> str:
        content = json.loads(path.read_bytes())
        run = None if path.parent.name == "work" else path.parent
        paths = run_folder.ProjectPaths(self._stages.project)
        for name, sha256 in content["files"].items():
            of = run if run is not None else next(iter(paths.runs.glob("*")), None)
            if digest_file(paths.resolve(name, of)) != sha256:
                raise DigestMismatch(f"{path.name} names {name}, which is not whole.", "", "")
        return run_folder.read_digest(path)


class RunScene(StageScene):
    """The whole loop, which skips what is finished."""

    def __init__(self, stages: Stages) -> None:
        super().__init__(stages, VERBS[0])
        self.name = "run"

    def undisturbed(self) -> tuple[float, Any]:
        """Of the verbs one by one."""
        self._stages.restore("finished")
        return self._stages.seconds, self.result()

    def begin(self) -> None:
        self._stages.restore(VERBS[0])

    def call(self, after_seconds: float | None = None) -> Called:
        return self._stages.forge.call("run", str(self._stages.project), "--yes", after_seconds=after_seconds)


class TrackingScene:
    """`clinft tracking rebuild` over the finished run: the tables are the same bytes, whole or as before."""

    name = "tracking"

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    def undisturbed(self) -> tuple[float, Any]:
        self.begin()
        return ended(self).seconds, self.result()

    def begin(self) -> None:
        self._stages.restore("finished")

    def call(self, after_seconds: float | None = None) -> Called:
        return self._stages.forge.call(
            "tracking", "rebuild", after_seconds=after_seconds, folder=str(self._stages.root)
        )

    def at_rest(self) -> None:
        for name, data in self._tables().items():
            assert data.endswith(b"\n"), f"{name} is cut off"

    def result(self) -> Any:
        assert self._tables(), "no table was written"
        return self._tables()

    def _tables(self) -> dict[str, bytes]:
        folder = self._stages.root / "projects" / "tracking"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


class PublishScene:
    """`clinft publish --run` of the finished run to Slack, Google and LangSmith, each a server on loopback.

    `shared`: what was sent is noted in a remote's ref, as teams have it; else in a file of this machine.
    """

    name = "publish"

    def __init__(self, stages: Stages, shared: bool = False) -> None:
        self._stages, self._shared = stages, shared
        self._open = ExitStack()
        self._number = 0

    def undisturbed(self) -> tuple[float, Any]:
        self.begin()
        return ended(self).seconds, self.result()

    def begin(self) -> None:
        """New servers that know nothing, and a clone of a branch whose policy names them."""
        self._open.close()
        self.slack = self._open.enter_context(SlackServer())
        self.google = self._open.enter_context(GoogleServer())
        self.smith = self._open.enter_context(LangSmithServer())
        self._number += 1
        self._stages.restore("finished")
        root, project = self._stages.root, self._stages.project
        policy = root / ".github" / "clinft.yml"
        content = yaml.safe_load(policy.read_text()) | {"sinks": self._sinks()}
        policy.write_text(yaml.safe_dump(content))
        spec = yaml.safe_load((project / "project.yaml").read_text()) | {"notify": list(content["sinks"])}
        (project / "project.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
        (root / ".gitignore").write_text("data/\n.lock\n")
        run_git(root, "init", "--quiet", "--initial-branch=main")
        run_git(root, "add", "--all")
        run_git(root, "commit", "--quiet", "-m", "Results", env=WHO)
        if self._shared:
            bare = root.parent / f"remote-{self._number}.git"
            run_git(root.parent, "init", "--quiet", "--bare", str(bare))
            run_git(root, "remote", "add", "origin", str(bare))
            run_git(root, "push", "--quiet", "origin", "main")
            run_git(root, "fetch", "--quiet", "origin")

    def call(self, after_seconds: float | None = None) -> Called:
        (run,) = self._stages.project.glob("runs/*")
        keys = {
            self.slack.host: TOKEN,
            self.smith.host: self.smith.key,
            "oauth2.googleapis.com": encoded(service_account_key()),
        }
        environment = {
            "CLINFT_SINK_KEYS": "\n".join(f"{host} {key}" for host, key in keys.items()),
            "CLINFT_CACHE": str(self._stages.forge.cache / f"sinks-{self._number}"),
            **WHO,
        }
        return self._stages.forge.call(
            *("publish", "--run", str(run)),
            after_seconds=after_seconds,
            environment=environment,
            google=self.google.base,
        )

    def at_rest(self) -> None:
        self._check_servers()

    def result(self) -> Any:
        self._check_servers()
        return {
            "messages": sorted(self._messages()),
            "rows": self._rows(),
            "documents": sorted((file.name, file.kind) for file in self.google.files.values()),
            "datasets": sorted(one["name"] for one in self.smith.datasets.values()),
            "examples": sorted(
                json.dumps(one["inputs"], sort_keys=True) for one in self.smith.examples.values()
            ),
            "experiments": sorted(one["name"] for one in self.smith.sessions.values()),
            "runs": len(self.smith.runs),
        }

    def close(self) -> None:
        self._open.close()

    def _check_servers(self) -> None:
        assert self.slack.violations == []
        assert self.google.violations == []
        assert self.smith.violations == []

    def _messages(self) -> list[tuple[bool, str]]:
        return [(one.thread_ts is None, one.text) for one in self.slack.channels[CHANNEL].messages]

    def _rows(self) -> dict[str, list[list[Any]]]:
        sheets = [sheet for file in self.google.files.values() for sheet in file.sheets]
        return {
            sheet.title: [row[:-1] for row in sheet.values(formulas=False)] for sheet in sheets if sheet.rows
        }

    def _sinks(self) -> dict[str, Any]:
        folder = self.google.new_drive({ACCOUNT: "writer"}).id
        places = {
            "channel": {"kind": "slack", "url": self.slack.url, "channel": CHANNEL},
            "sheet": {"kind": "google_sheets", "folder": folder},
            "docs": {"kind": "google_docs", "folder": folder},
            "smith": {"kind": "langsmith", "url": self.smith.url},
        }
        facts = {"owner": "Research IT", "review_by": "2099-01-01"}
        return {name: {"description": name, "eligibility": facts, **one} for name, one in places.items()}
