"""After the merge at a real provider's server: one job is paid, whatever fails between GitHub and it."""

from collections.abc import Iterator
from typing import Any

import pytest

from clinft.adapters.training import tools
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.frozen_tables import without_ends
from tests.fakes.hospital import project
from tests.fakes.openai.server import OpenAIServer

FACTS = {"owner": "Privacy Office", "review_by": "2099-01-01"}
TRAINING: dict[str, Any] = {
    "provider": "openai",
    "base_model": "gpt-4.1-mini-2025-04-14",
    "method": "supervised",
    "suffix": "demo",
}


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        monkeypatch.setenv("CLINFT_KEYS", f"{running.url.split('/')[2]} {running.key}\n")
        monkeypatch.setattr(tools.time, "sleep", lambda seconds: None)
        without_ends(monkeypatch)
        running.poll_advances = False
        running.answer = lambda model, messages: "circulatory"
        yield running
    assert running.violations == []


@pytest.fixture
def hospital(opened: Opened, vendor: OpenAIServer) -> AfterMerge:
    made = opened(
        providers={"openai": {"eligibility": FACTS}},
        endpoints={"openai": {"provider": "openai", "url": vendor.url, "eligibility": FACTS}},
        budgets={"max_price_age_days": 3660},
    )
    files = {
        name: text.replace("    learning_rate: 0.001\n", "")
        for name, text in project(training=TRAINING).items()
    }
    made.lands(7, files, "mila", "petra")
    return made


def test_a_job_is_sent_asked_fetched_and_measured(hospital: AfterMerge, vendor: OpenAIServer) -> None:
    ran = hospital.pushed()
    (one,) = ran.ordered
    assert (one["hosted"], one["packages"], one["runs_on"]) == ("true", "light", ["ubuntu-latest"])
    hospital.follow()
    assert hospital.statuses() == ["queued", "running"]
    assert vendor.submissions == 1

    # Nobody can ask: a person is told, and nothing is started or sent.
    vendor.fail_next("retrieveFineTuningJob", 500, times=99)
    told = hospital.reconcile()
    assert told.codes == {"reconcile": 1}
    assert hospital.follow() == []
    vendor.recover()

    # It is over, and its result cannot be fetched: the attempt stays, and the next job fetches it.
    vendor.advance(steps=9)
    vendor.fail_next("downloadFile", 500, times=99)
    assert "train was started to fetch it" in hospital.reconcile().said
    hospital.follow()
    assert hospital.statuses()[-1] == "paused"
    vendor.recover()
    hospital.reconcile()
    hospital.follow()
    assert hospital.statuses()[-2:] == ["trained", "succeeded"]
    assert vendor.submissions == 1
    assert len(vendor.uploads) == 2

    *_, row = hospital.rows("runs", f"refs/heads/clinft/results/{one['run']}")
    assert ",succeeded," in row
