"""One engine for all of an evaluation, or transformers; and then nothing of it is in any digest."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.planning import BaseModelIdentity
from clinft.artifacts.results import AnsweringEngine
from clinft.pipeline import local_engine
from clinft.pipeline.deployed_model import Deployed
from clinft.ports.models import LanguageModel, Weights
from tests.fakes import run_results
from tests.fakes.specs import project_spec

BASE = BaseModelIdentity(ref="tiny", kind="folder", digest="a" * 64)


class Engine:
    """Refuses whatever was trained so."""

    def __init__(self, refused: str = "dora") -> None:
        self.refused, self.log, self.served = refused, Path(), ()

    def identity(self) -> AnsweringEngine:
        return AnsweringEngine(name="vllm", version="0.33.0")

    def refuses(self, asked: Sequence[Weights]) -> str | None:
        return "it is too new" if self.refused in {one.method for one in asked} else None

    @contextmanager
    def serving(self, asked: Sequence[Weights], log: Path) -> Iterator[Callable[[Weights], LanguageModel]]:
        self.served, self.log = tuple(asked), log
        yield lambda one: f"served {one.folder}"  # type: ignore[return-value, misc]  # no model is asked


class Store:
    def open(self, base: BaseModelIdentity, adapter: Path | None = None) -> str:
        return f"opened {adapter}"


def context(engine: Engine | None, method: str = "lora") -> Any:
    said: list[str] = []
    return SimpleNamespace(
        services=SimpleNamespace(engine=engine, models=Store()),
        loaded=SimpleNamespace(spec=project_spec(training={"method": method})),
        run_dir=Path("runs/r-a1"),
        say=said.append,
        said=said,
    )


TRAINED = run_results.model().model_copy(update={"base_model": BASE})
BESIDE = Deployed(Path("runs/d-a1"), "d-a1", TRAINED, Path("runs/d-a1/data/adapter"), None)
STORED = Deployed(Path("runs/d-a1"), "d-a1", None, None, None)


def test_base_tuned_and_deployed_are_asked_by_it() -> None:
    engine = Engine()
    here = context(engine)
    by = local_engine.chosen(here, TRAINED, BESIDE)
    assert by.digest == digest_json({"name": "vllm", "version": "0.33.0"})
    with local_engine.opening(here, by) as opened:
        assert opened(Weights(BASE)) == "served None"
    assert [one.folder for one in engine.served] == [
        None, Path("runs/r-a1/data/adapter"), Path("runs/d-a1/data/adapter"),
    ]  # fmt: skip
    assert engine.log == Path("runs/r-a1/data/vllm.log")
    assert len(local_engine.chosen(here, TRAINED, STORED).asked) == 2


def test_what_it_refuses_is_said_and_leaves_no_trace_in_the_digest() -> None:
    here = context(Engine(), "dora")
    by = local_engine.chosen(here, TRAINED, None)
    assert (by.engine, by.digest) == (None, None)
    with local_engine.opening(here, by) as opened:
        assert opened(Weights(BASE, Path("a"))) == "opened a"
    assert here.said == ["evaluate: transformers answers, because it is too new."]


@pytest.mark.parametrize("engine", [None, Engine()])
def test_without_one_or_for_a_model_at_a_provider_nothing_changes(engine: Engine | None) -> None:
    hosted = TRAINED.model_copy(update={"base_model": BASE.model_copy(update={"kind": "hosted"})})
    here = context(engine)
    by = local_engine.chosen(here, hosted if engine else TRAINED, None)
    assert (by.engine, by.digest) == (None, None)
    with local_engine.opening(here, by) as opened:
        assert opened(Weights(BASE)) == "opened None"
    assert here.said == []
