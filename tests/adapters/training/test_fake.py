from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.adapters.model.fake import FakeLanguageModel
from clinft.adapters.training.fake import FakeProvider, identity
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Message
from clinft.ports.training import TrainingProvider, TrainingRequest
from tests.adapters.training.contract import CHECKS, finish, write_chat_files
from tests.fakes.progress import QuietTask
from tests.fakes.specs import project_spec


@pytest.fixture
def request_(tmp_path: Path) -> TrainingRequest:
    train, validation = write_chat_files(tmp_path / "formatted")
    return TrainingRequest(
        run_id="0123456789ab-a1",
        plan_digest="a" * 64,
        base_model=identity(),
        spec=project_spec().training,
        training_file=train,
        validation_file=validation,
        training_sha256=digest_file(train),
        validation_sha256=digest_file(validation),
        output_dir=tmp_path / "out",
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_contract(
    check: Callable[[TrainingProvider, TrainingRequest], None], request_: TrainingRequest
) -> None:
    check(FakeProvider(), request_)


def test_it_really_learns(request_: TrainingRequest) -> None:
    provider = FakeProvider()
    finish(provider, provider.submit(request_), request_)
    asked = [[Message(role="user", content="new wheeze")], [Message(role="user", content="troponin")]]
    tuned = FakeLanguageModel(request_.output_dir / "adapter")
    assert tuned.generate(asked, 4, QuietTask()) == ["respiratory", "circulatory"]
    scores = tuned.score_labels(asked, ("circulatory", "respiratory"), QuietTask())
    assert scores[0][1].logprob_nats > scores[0][0].logprob_nats
    own = tuned.score_answers(asked, ("respiratory", "never trained on"), QuietTask())
    assert own[0] == scores[0][1]
    assert own[1].logprob_nats < min(score.logprob_nats for score in scores[1])
    base = FakeLanguageModel(None)
    assert base.generate(asked, 4, QuietTask()) == ["I cannot tell.", "I cannot tell."]


def test_a_job_of_another_run_in_the_same_folder_is_not_ours(request_: TrainingRequest) -> None:
    from dataclasses import replace

    provider = FakeProvider()
    provider.submit(request_)
    assert provider.find(replace(request_, run_id="ffffffffffff-a1")) is None
