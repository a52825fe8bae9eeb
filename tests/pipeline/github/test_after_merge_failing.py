"""GitHub loses answers, limits the token, and lets it run out: nothing is done twice, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.after_merge import AfterMerge
from tests.fakes.hospital import policy, project
from tests.fakes.second_page import SecondPage

SERVICE = 3


class ShortToken(SecondPage):
    """Its token is good until `gate` lies there: long work outlives it."""

    gate: Path | None = None
    refused = 0

    @property
    def token(self) -> str:
        if self.gate is None or not self.gate.exists():
            return self.issued
        self.refused += 1
        return "of another day"

    @token.setter
    def token(self, issued: str) -> None:
        self.issued = issued


@pytest.fixture
def hospital(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AfterMerge]:
    with ShortToken(tmp_path / "git") as server:
        yield AfterMerge(server, tmp_path / "hospital", monkeypatch, policy())
        assert server.violations == []


def test_nothing_is_lost_and_nothing_is_there_twice(hospital: AfterMerge) -> None:
    server = hospital.server
    assert isinstance(server, ShortToken)
    hospital.lands(7, project(), "mila", "petra")
    answers_are_lost(server, "issues/create", "issues/create-label", "issues/create-comment")
    answers_are_lost(server, "actions/create-workflow-dispatch")
    spoken: list[Path] = []

    def runs_out(job: str, folder: Path) -> None:
        spoken.append(folder / "projects" / "demo" / "data" / "work" / "gate.json")
        server.gate = spoken[-1] if job == "train" else None

    hospital.begins = runs_out
    ran = hospital.pushed()
    # Nothing is asked of GitHub once the gate has spoken, so the bundle is left, whatever the token is.
    # The start of report.yml cannot be looked for, so it is not tried again.
    assert ran.codes == {"start": 0, "train": 0, "hand-over": SERVICE}
    assert (spoken[1].exists(), server.refused) == (True, 0)
    (asked,) = server.dispatches
    hospital.followed = 1

    # The token is limited before the bundle is fetched: reconcile has it fetched later.
    server.rate_limited = True
    report = hospital.started(asked)
    assert report.codes == {"report": SERVICE}
    assert "rate limit is used up" in report.said
    assert hospital.reconcile().codes == {"reconcile": SERVICE}
    server.rate_limited = False
    assert hospital.statuses() == ["queued"]
    assert "its bundle was never reported; report was started for it" in hospital.reconcile().said

    # The token is limited when the record is sealed: the journal knows it, and nothing of it is to be seen.
    def limited() -> None:
        server.rate_limited = True

    (asked,) = server.dispatches[hospital.followed :]
    hospital.followed += 1
    report = hospital.report(asked["inputs"], between=limited)  # type: ignore[arg-type]  # they are JSON
    assert report.codes == {"report": 0, "publish": SERVICE}
    server.rate_limited = False
    assert hospital.statuses() == ["queued", "trained", "succeeded"]
    assert hospital.opened("clinft/") == []
    run = hospital.state().runs[0]
    assert f"{run.run_id}: sealed and not published; report was started for it." in hospital.reconcile().said

    answers_are_lost(server, "graphql/createCommitOnBranch", "pulls/create")
    assert [one.codes for one in hospital.follow()] == [{"report": 0, "publish": 0}]
    (number,) = hospital.opened("clinft/results/")
    assert hospital.state().runs == (run.model_copy(update={"results": number}),)
    branch = f"main..refs/heads/clinft/results/{run.run_id}"
    assert server.repo.git("rev-list", "--count", branch).strip() == "1"
    keys = [note.partition("\n")[0] for note in hospital.notes()]
    assert len(keys) == len(set(keys)) > 3
    assert len(hospital.issues()) == 1
    assert len(server.labels) == len({name.lower() for name in server.labels})
    assert server.faults_to_come == []
    # Who vouches for it is the workflow run that sealed it, not the one that published it.
    assert hospital.gated(number).exit_code == 0


def answers_are_lost(server: SecondPage, *operations: str) -> None:
    """The next request of each is carried out, and the answer says that it failed."""
    for operation in operations:
        server.fail_next(operation, 502, after_accepting=True)
