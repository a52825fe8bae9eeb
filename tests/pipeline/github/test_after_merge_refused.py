"""What somebody else left, asks for or runs again: refused, nothing is said of the run, and the way out works."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest

from clinft.pipeline.github import reporting
from tests.e2e.repository import Event
from tests.fakes.after_merge import AfterMerge, Ran
from tests.fakes.github.workflow_runs import Artifact
from tests.fakes.hospital import policy, project
from tests.fakes.second_page import SecondPage
from tests.fakes.strange_zips import LINK
from tests.fakes.zips import Entry, zipped

REFUSED, CALL, SERVICE = 1, 2, 3


@dataclass(frozen=True)
class World:
    """Two projects, merged within seconds and trained side by side; no report has run. By name: run ids."""

    hospital: AfterMerge
    first: Ran
    second: Ran
    second_push: Event
    runs: Mapping[str, str]

    @property
    def bundle(self) -> Artifact:
        """Of alpha."""
        (found,) = self.hospital.server.artifacts_of(self.first.run_id)
        return found

    @property
    def of_beta(self) -> Artifact:
        return self.hospital.server.artifacts_of(self.second.run_id)[0]

    def tell(self, changed: Artifact) -> None:
        """Instead of alpha's bundle GitHub has this one."""
        kept = self.hospital.server.kept
        kept[kept.index(self.bundle)] = changed


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with SecondPage(folder / "git") as server, pytest.MonkeyPatch.context() as patch:
        hospital = AfterMerge(server, folder / "hospital", patch, policy())
        hospital.lands(7, project("alpha"), "mila", "petra")
        alpha = hospital.push_event(hospital.before)
        hospital.lands(8, project("beta"), "mila", "petra")
        beta = hospital.push_event(hospital.before)
        other: list[Ran] = []
        ran = hospital.train(alpha, between=lambda: other.append(hospital.train(beta)))
        runs = {each.ordered[0]["project"]: each.ordered[0]["run"] for each in (ran, *other)}
        yield World(hospital, ran, other[0], beta, runs)
        assert server.violations == []


@pytest.fixture
def untouched(world: World) -> Iterator[World]:
    """Nothing may be said or opened in a test with this, and GitHub is put back as it was."""
    hospital, server = world.hospital, world.hospital.server

    def said() -> object:
        runs = {name: hospital.state(name).runs for name in world.runs}
        return runs, len(server.comments), len(server.issues), len(server.dispatches), hospital.tip()

    before, kept, registered = said(), list(server.kept), replace(server.workflow_runs[world.first.run_id])
    refs = {name: str(server.repo.ref(f"refs/clinft/{name}")) for name in world.runs}
    yield world
    for name, sha in refs.items():
        here = hospital.state(name).runs[0]
        # A refusal is noted, so that the work is done again a few times and not for ever.
        if here.history[-1].message == reporting.REFUSED:
            server.repo.git("update-ref", f"refs/clinft/{name}", sha)
    server.kept[:], server.workflow_runs[world.first.run_id] = kept, registered
    assert said() == before


def test_two_projects_train_side_by_side(world: World) -> None:
    assert sorted(world.hospital.trained) == sorted(world.runs.values())
    for name in world.runs:
        assert world.hospital.statuses(project=name) == ["queued"]


def origin(**facts: str) -> Callable[[World], None]:
    def attack(world: World) -> None:
        run = world.hospital.server.workflow_runs[world.first.run_id]
        world.hospital.server.workflow_runs[run.id] = replace(run, **facts)  # type: ignore[arg-type]

    return attack


def of_a_branch(world: World) -> None:
    head = world.hospital.server.head_sha(world.hospital.server.pulls[7])
    origin(head_sha=head)(world)


def holding(*more: Entry, **changed: bytes) -> Callable[[World], None]:
    """The true bundle with other or further entries, under its own name."""

    def attack(world: World) -> None:
        with zipfile.ZipFile(io.BytesIO(world.bundle.data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        files |= {name.replace("_", "."): data for name, data in changed.items()}
        new = {entry.name for entry in more}
        entries = [Entry(name.encode(), data) for name, data in files.items() if name.encode() not in new]
        world.tell(replace(world.bundle, data=zipped([*entries, *more])))

    return attack


def told(**facts: str) -> Callable[[World], None]:
    return lambda world: world.tell(replace(world.bundle, **facts))  # type: ignore[arg-type]


def of_another_run(world: World) -> None:
    digest = world.of_beta.name.rpartition("-")[2]
    name = f"bundle-{world.runs['alpha']}-{digest}"
    world.tell(replace(world.bundle, name=name, data=world.of_beta.data))


ORIGIN = "Start train again for this project"
CONTENT = "before you start train again"
ATTACKS: dict[str, tuple[Callable[[World], None], str, str, int]] = {
    "another workflow": (origin(path=".github/workflows/evil.yml"), "another workflow", ORIGIN, REFUSED),
    "a report": (origin(path=".github/workflows/report.yml"), "another workflow", ORIGIN, REFUSED),
    "a branch": (of_a_branch, "a commit that the protected branch itself never was at", ORIGIN, REFUSED),
    "a pull request": (origin(event="pull_request"), "does not run the protected branch", ORIGIN, REFUSED),
    "a fork": (origin(repository="mallory/clinft"), "the code of another repository", ORIGIN, REFUSED),
    "a way out of the folder": (holding(Entry(b"../gate.json")), "no run's evidence has", CONTENT, REFUSED),
    "a link": (
        holding(Entry(b"gate.json", b"/etc/passwd", attributes=LINK)),
        "not a regular file",
        CONTENT,
        REFUSED,
    ),
    "other bytes": (
        holding(evaluate_json=b"{}"),
        "is not the file that its bundle.json lists",
        CONTENT,
        REFUSED,
    ),
    "a name of another digest": (
        told(name="bundle-RUN-" + "0" * 64),
        "is not the one that GitHub keeps it under",
        CONTENT,
        REFUSED,
    ),
    "bytes of another digest": (
        told(told=f"sha256:{'0' * 64}"),
        "told the digest of",
        "Run the job again",
        SERVICE,
    ),
    "another run": (of_another_run, "it belongs to another project", CONTENT, REFUSED),
}


@pytest.mark.parametrize("which", ATTACKS)
def test_a_bundle_that_is_not_ours_is_refused(untouched: World, which: str) -> None:
    attack, why, way_out, code = ATTACKS[which]
    attack(untouched)
    name = untouched.bundle.name.replace("RUN", untouched.runs["alpha"])
    untouched.tell(replace(untouched.bundle, name=name))
    ran = untouched.hospital.report({"project": "alpha", "run": untouched.runs["alpha"]})
    assert ran.codes == {"report": code}
    assert why in ran.said
    assert way_out in ran.said
    assert "evil" not in ran.said
    assert "passwd" not in ran.said


def test_what_lies_in_a_workflow_run_that_did_not_take_the_run_up_is_not_looked_at(untouched: World) -> None:
    hospital, true = untouched.hospital, untouched.bundle
    hospital.server.kept.remove(true)
    hospital.server.add_workflow_run(990, status="completed")
    hospital.server.add_artifact(990, true.name, true.data)
    ran = hospital.report({"project": "alpha", "run": untouched.runs["alpha"]}, dies=True)
    assert f"{untouched.runs['alpha']}: lost." in ran.said


FORGED_STARTS: dict[str, tuple[dict[str, str], int, str]] = {
    "a path": ({"project": "../beta"}, CALL, "does not exist on the protected branch"),
    "a path in it": ({"project": "alpha/../beta"}, CALL, "does not exist on the protected branch"),
    "nobody's name": ({"project": "gamma"}, CALL, "Name one of: alpha, beta"),
    "one line more": ({"project": "alpha\n"}, CALL, "Name one of: alpha, beta"),
    "no deployed run": ({"project": "alpha", "evaluate": "true"}, REFUSED, "alpha has no deployed run"),
}


@pytest.mark.parametrize("which", FORGED_STARTS)
def test_a_dispatch_that_asks_for_what_is_not_there_starts_nothing(untouched: World, which: str) -> None:
    inputs, code, why = FORGED_STARTS[which]
    ran = untouched.hospital.dispatched(inputs)
    assert (ran.codes, ran.ordered) == ({"start": code}, [])
    assert why in ran.said


FORGED_REPORTS = {
    ("../alpha", "ALPHA"): (CALL, "names no run of a project"),
    ("alpha", "ALPHA; id"): (CALL, "names no run of a project"),
    ("alpha", "BETA"): (REFUSED, "under way"),
    ("alpha", "0123456789ab-a1"): (REFUSED, "No run 0123456789ab-a1 of alpha is under way"),
    ("gamma", "ALPHA"): (REFUSED, "of gamma is under way"),
}


@pytest.mark.parametrize(("named", "run"), FORGED_REPORTS)
def test_a_dispatch_that_names_no_run_of_the_project_brings_nothing(
    untouched: World, named: str, run: str
) -> None:
    code, why = FORGED_REPORTS[named, run]
    given = run.replace("ALPHA", untouched.runs["alpha"]).replace("BETA", untouched.runs["beta"])
    holders = [untouched.hospital.state(name).holder for name in untouched.runs]
    ran = untouched.hospital.report({"project": named, "run": given, "worked": "cancelled"})
    assert ran.codes == {"report": code}
    assert why in ran.said
    assert [untouched.hospital.state(name).holder for name in untouched.runs] == holders


def test_nobody_cancels_afterwards_what_is_trained(untouched: World) -> None:
    run_id = untouched.runs["alpha"]
    forged = {"project": "alpha", "run": run_id, "worked": "cancelled"}
    ran = untouched.hospital.report(forged, dies=True)
    assert (ran.codes, f"{run_id}: trained." in ran.said) == ({"report": 0}, True)


def test_after_a_refusal_the_work_is_done_again_and_what_is_done_is_never_done_again(world: World) -> None:
    hospital, run_id, start = world.hospital, world.runs["beta"], {"project": "beta"}
    # Its bundle is on its way into report.yml: nobody does the work again meanwhile.
    assert "busy" in hospital.dispatched(start).said
    server, true = hospital.server, world.of_beta
    server.kept[server.kept.index(true)] = replace(true, data=world.bundle.data)
    asked = next(one for one in server.dispatches if one["inputs"]["run"] == run_id)  # type: ignore[index]
    assert hospital.started(asked).codes == {"report": REFUSED}
    hospital.followed = len(server.dispatches)
    # The way out that was named.
    ran = hospital.dispatched(start)
    assert "goes on where it was cut off" in ran.said
    assert [one.codes for one in hospital.follow()] == [{"report": 0, "publish": 0}]
    assert hospital.statuses(project="beta")[-2:] == ["trained", "succeeded"]
    assert hospital.trained.count(run_id) == 1  # the weights were there already

    def all_is_done() -> None:
        assert "nothing is paid twice" in hospital.dispatched(start).said
        # Old workflow runs that are run again on their old commit, whole or in part.
        again = hospital.train(world.second_push, run_id=world.second.run_id, attempt=2)
        assert (again.codes, again.ordered) == ({"start": 0}, [])
        named = {"CLINFT_PROJECT": "beta", "CLINFT_RUN": run_id, "CLINFT_PURPOSE": "train"}
        job = hospital.works(world.second_push, world.second.run_id, 3, "done", named)
        assert (job.exit_code, job.outputs) == (REFUSED, {})
        assert "Start train from the present branch" in job.said

    all_is_done()
    (number,) = hospital.opened("clinft/results/")
    hospital.merges(number)
    assert hospital.pushed().ordered == []
    hospital.reconcile()
    assert hospital.state("beta").runs == ()
    all_is_done()
    ran = hospital.report({"project": "beta", "run": run_id, "worked": "cancelled"})
    assert (ran.codes, "under way" in ran.said) == ({"report": REFUSED}, True)
    assert hospital.opened("clinft/results/") == [number]
    assert hospital.trained.count(run_id) == 1
