"""SIGKILL any verb at any moment of its work, call it again: the same result, and nothing half-made in between.

bench/kill_resume.py does the same with the real model, twenty times for each verb.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from clinft.pipeline.verify import verify
from tests.fakes import tiny_llama
from tests.fakes.kill_scenes import PublishScene, RunScene, Stages, StageScene, TrackingScene
from tests.fakes.killing import Forge, kill_often
from tests.fakes.progress import Quiet
from tests.fakes.specs import write_repository

KILLED = ("prepare", "audit", "train", "evaluate")
SEED = 20261127
HYPERPARAMETERS = {"batch_size": 8, "learning_rate": 0.01, "max_steps": 6, "checkpoint_every_steps": 2}


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    """A finished run of LoRA training on a tiny random model, and what lay there before each verb."""
    root = tmp_path_factory.mktemp("killed")
    repository = root / "repository"
    tiny_llama.write(repository / "tiny")
    training = {"provider": "peft", "base_model": "tiny", "hyperparameters": HYPERPARAMETERS}
    project = write_repository(repository, training=training, data={"records": 40})
    with Forge(root) as forge:
        yield Stages(forge, project, root / "kept", KILLED)


@pytest.mark.parametrize("verb", KILLED)
def test_a_stage_killed_twice_ends_like_one_that_was_left_alone(stages: Stages, verb: str) -> None:
    tally = kill_often(StageScene(stages, verb), kills=2, seed=SEED)
    assert tally.differ == []


def test_tables_are_the_same_bytes_after_kills(stages: Stages) -> None:
    assert kill_often(TrackingScene(stages), kills=2, seed=SEED).differ == []


def test_nothing_is_sent_twice_or_lost_after_kills(stages: Stages) -> None:
    with closing(PublishScene(stages, shared=True)) as scene:
        assert kill_often(scene, kills=2, seed=SEED).differ == []
        sent = scene.result()
        assert min(map(len, (sent["messages"], sent["documents"], sent["experiments"]))) > 1
        assert set(map(len, sent["rows"].values())) != {0}


def test_a_whole_run_killed_on_its_way_has_the_same_evidence_and_is_verified(stages: Stages) -> None:
    assert kill_often(RunScene(stages), kills=1, seed=SEED).differ == []
    (run,) = (stages.project / "runs").iterdir()
    assert {link.status for link in verify(run, Quiet())} == {"same"}
