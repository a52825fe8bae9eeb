"""A machine of the team lacks something in the midst of training: the same attempt goes on, or is given up."""

from typing import Any

import pytest

from clinft.adapters.training.fake import FakeProvider
from clinft.errors import Interrupted
from tests.fakes.after_merge import OWN_MACHINE, Opened
from tests.fakes.hospital import project


def lacks_a_disk(*of: Any) -> None:
    raise Interrupted("The disk is full.", "A checkpoint was not written.", "Free the disk.")


def test_a_disk_that_is_freed_costs_nothing_that_a_checkpoint_holds(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital = opened(**OWN_MACHINE)
    hospital.lands(7, project(), "mila", "petra")
    with monkeypatch.context() as patch:
        patch.setattr(FakeProvider, "poll", lacks_a_disk)
        ran = hospital.pushed()
        run_id = ran.ordered[0]["run"]
        assert "The disk is full." in ran.said
        # Its report starts the next segment, which ends in the same way: from then on reconcile does, each hour.
        assert [one.codes.get("train") for one in hospital.follow()] == [None, 3, None]
    assert hospital.statuses() == ["queued", "paused", "running", "paused"]
    assert f"{run_id}: paused and nobody works on it; train was started again" in hospital.reconcile().said
    hospital.follow()
    assert hospital.statuses()[-1] == "succeeded"


def test_on_a_machine_of_github_nothing_is_left_to_go_on_with(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital = opened()
    hospital.lands(7, project(), "mila", "petra")
    monkeypatch.setattr(FakeProvider, "poll", lacks_a_disk)
    hospital.pushed()
    hospital.follow()
    assert hospital.statuses()[-1] == "failed"
