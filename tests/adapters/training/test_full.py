"""All weights trained on a tiny random model: what is written is a model by itself, and evaluation opens it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from clinft.adapters.model.prefix import Trunk
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import accelerated, answer_loss, full, methods, packed
from clinft.adapters.training.padded import Padded
from clinft.adapters.training.peft import PeftProvider
from clinft.adapters.training.samples import Sample
from clinft.artifacts.data import Message
from clinft.artifacts.model import TrainedModel
from clinft.errors import DigestMismatch
from clinft.ports.training import TrainingRequest
from clinft.spec.training import TrainingSpec
from clinft.stages.report.peft_script import peft_script
from tests.adapters.training.contract import finish
from tests.fakes import lora_request, tiny_llama
from tests.fakes.progress import Killed, Killer, Quiet, QuietTask

BATCH = [Sample([5, 6, 7, 8, 9, 10], 3), Sample([5, 6, 30, 31], 2), Sample([5, 9, 9, 4, 77, 3, 2, 60], 5)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


def full_request(folder: Path, store: LocalModelStore, **changes: Any) -> TrainingRequest:
    hyperparameters = {**lora_request.SPEC["hyperparameters"], "learning_rate": 0.003, **changes}
    spec = {
        "provider": "peft",
        "base_model": "tiny",
        "method": "full",
        "hyperparameters": hyperparameters,
    }
    request = lora_request.request(folder, store)
    return replace(request, spec=TrainingSpec.model_validate(spec, strict=False))


@pytest.fixture
def request_(tmp_path: Path, store: LocalModelStore) -> TrainingRequest:
    return full_request(tmp_path, store)


def trained(store: LocalModelStore, request: TrainingRequest) -> TrainedModel:
    provider = PeftProvider(store)
    provider.preflight(request)
    job = finish(provider, provider.submit(request), request)
    assert job.status == "succeeded", job.message
    return provider.result(job, request)


@pytest.fixture(scope="module")
def whole(
    store: LocalModelStore, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TrainingRequest, TrainedModel]:
    """Of a run that nobody stops."""
    request = full_request(tmp_path_factory.mktemp("whole"), store)
    return request, trained(store, request)


def test_it_learns_and_its_folder_answers_as_training_saw_it(
    store: LocalModelStore, whole: tuple[TrainingRequest, TrainedModel]
) -> None:
    request, model = whole
    assert model.fine_tuned_model == "model"
    before, after = model.loss[0].validation_loss, model.loss[-1].validation_loss
    assert before is not None
    assert after is not None
    assert after < before / 2
    base = store.load(request.base_model)
    assert model.trainable_parameters == sum(parameter.numel() for parameter in base.parameters())
    opened = store.open(request.base_model, request.output_dir / "model")
    nll, tokens = 0.0, 0
    for line in request.validation_file.read_text().splitlines():
        turns = json.loads(line)["messages"]
        asked = [Message.model_validate(turn) for turn in turns[:-1]]
        ((score,),) = opened.score_labels([asked], [turns[-1]["content"]], QuietTask())
        nll, tokens = nll - score.logprob_nats, tokens + score.tokens
    assert nll / tokens == pytest.approx(after, abs=1e-4)


def test_what_is_written_is_a_model_folder_for_transformers_and_names_no_path(
    whole: tuple[TrainingRequest, TrainedModel],
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    request, model = whole
    folder = request.output_dir / "model"
    assert set(model.weights) == {path.name for path in folder.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "manifest.json"} <= set(model.weights)
    AutoModelForCausalLM.from_pretrained(folder)
    AutoTokenizer.from_pretrained(folder)
    for path in folder.glob("*.json"):
        assert str(request.output_dir) not in path.read_text()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["base_model"]["digest"] == request.base_model.digest
    assert manifest["plan_digest"] == request.plan_digest


def test_a_killed_run_continues_to_the_same_bytes(
    store: LocalModelStore, request_: TrainingRequest, whole: tuple[TrainingRequest, TrainedModel]
) -> None:
    provider = PeftProvider(store)
    job = provider.poll(provider.submit(request_), request_, Quiet())
    with pytest.raises(Killed):
        provider.poll(job, request_, Killer(5))
    assert PeftProvider(store).result(finish(provider, job, request_), request_) == whole[1]


def test_large_weights_lie_in_several_files(
    store: LocalModelStore, request_: TrainingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full, "SHARD", "100KB")
    model = store.load(request_.base_model)
    written = full.write(
        model, request_.output_dir / "model", request_.base_model, store.folder(request_.base_model), {}
    )
    parts = [name for name in written if name.endswith(".safetensors")]
    assert len(parts) > 1
    assert "model.safetensors.index.json" in written
    store.open(request_.base_model, request_.output_dir / "model")


def test_weights_of_another_base_model_are_refused(
    whole: tuple[TrainingRequest, TrainedModel], tmp_path: Path
) -> None:
    tiny_llama.write(tmp_path / "other", layers=2)
    models = LocalModelStore(tmp_path, tmp_path / "cache", Quiet())
    with pytest.raises(DigestMismatch, match="were trained from another base model than other"):
        models.open(models.identify("other", None), whole[0].output_dir / "model")


def test_nothing_half_written_takes_the_place_of_a_model(
    store: LocalModelStore, request_: TrainingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*of: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(full.shutil, "copyfile", refuses)
    model = store.load(request_.base_model)
    folder = request_.output_dir / "model"
    with pytest.raises(OSError, match="No space left"):
        full.write(model, folder, request_.base_model, store.folder(request_.base_model), {})
    assert not list(request_.output_dir.glob("*"))


# An outline, which closes no file.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_script_to_do_it_by_hand_runs(
    store: LocalModelStore, request_: TrainingRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = peft_script(request_.spec, str(request_.training_file))
    monkeypatch.chdir(store.folder(request_.base_model).parent)
    exec(compile(script, "outline", "exec"), {})
    assert Path("model", "model.safetensors").exists()


@pytest.mark.parametrize(("method", "rate"), [("lora", 2e-4), ("dora", 2e-4), ("full", 2e-5)])
def test_all_weights_learn_at_a_tenth_of_an_adapters_rate(method: str, rate: float) -> None:
    spec = TrainingSpec(provider="peft", base_model="tiny", method=method)  # type: ignore[arg-type]
    assert methods.hyperparameters(spec).learning_rate == rate


def test_a_rate_that_is_given_is_taken() -> None:
    spec = TrainingSpec.model_validate(
        {"provider": "peft", "base_model": "x", "method": "full", "hyperparameters": {"learning_rate": 0.5}},
        strict=False,
    )
    assert methods.hyperparameters(spec).learning_rate == 0.5


def gradients(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {
        name: parameter.grad.clone()
        for name, parameter in model.named_parameters()
        if parameter.grad is not None
    }


@pytest.mark.parametrize("tied", [False, True])
def test_packed_rows_teach_every_weight_what_padded_ones_do(tmp_path: Path, tied: bool) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        tiny_llama.write(tmp_path / "tiny"), tie_word_embeddings=tied
    )
    full.attach(model)
    model.train()
    trunk = Trunk(model)
    expected = Padded(trunk, 1).loss(BATCH)[0]
    expected.backward()
    by_padded = gradients(model)
    assert len(by_padded) == len(list(model.named_parameters()))
    model.zero_grad()
    assert packed.prepare(trunk)
    found = packed.Packed(trunk, 1, whole=True).loss(BATCH)[0]
    found.backward()
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    for name, gradient in gradients(model).items():
        torch.testing.assert_close(gradient, by_padded[name], rtol=1e-3, atol=1e-5)


def test_a_head_that_is_trained_gets_its_gradient_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(3)
    head = torch.nn.Linear(8, 50, bias=False)
    hidden = torch.randn(21, 8, requires_grad=True)
    targets = torch.randint(0, 50, (21,))
    whole = cross_entropy(head(hidden), targets, reduction="sum")
    expected = torch.autograd.grad(whole, [hidden, head.weight])
    monkeypatch.setattr(answer_loss, "LOGITS_BYTES", 4 * 50 * 4)
    found = answer_loss.summed(head, hidden, targets, 50, frozen=False)
    assert found.item() == pytest.approx(whole.item(), rel=1e-6)
    for one, other in zip(torch.autograd.grad(found, [hidden, head.weight]), expected, strict=True):
        torch.testing.assert_close(one, other)


def test_weights_in_float32_are_multiplied_in_bfloat16_where_the_card_can(
    store: LocalModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = store.load(store.identify("tiny", None), wide=True)
    full.attach(model)
    assert not accelerated.lowers(Trunk(model))
    monkeypatch.setattr(accelerated, "_card_has_bfloat16", lambda trunk: True)
    assert accelerated.lowers(Trunk(model))


def test_weights_that_training_did_not_write_are_not_measured_beside_its_own(
    store: LocalModelStore, request_: TrainingRequest
) -> None:
    """transformers would load an unlisted `model.safetensors` in place of the listed parts."""
    from clinft.pipeline.evaluating import check_weights

    found = trained(store, request_)
    folder = request_.output_dir / found.fine_tuned_model
    check_weights("a run", folder, found)
    (folder / "adapter_model.safetensors").write_bytes(b"x")
    with pytest.raises(DigestMismatch, match=r"lies what training did not write: adapter_model\.safetensors"):
        check_weights("a run", folder, found)
