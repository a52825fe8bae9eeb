"""What is sent: the files byte for byte, the recipe, the tags; each once."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.errors import DigestMismatch, PolicyViolation, ServiceError, SpecError
from tests.adapters.training.openai_api.hosted import MODEL, RUN_ID, World, endpoint_of, request_to
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.server import OpenAIServer

BOM = b"\xef\xbb\xbf"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_the_job_says_recipe_files_and_tags(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    request = request_to(
        server,
        tmp_path,
        suffix="clinic",
        hyperparameters={"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 0.5, "seed": 11},
    )
    job = OpenAIProvider(world.tools(tmp_path)).submit(request)
    (created,) = server.jobs.values()
    train, validation = server.uploads
    assert created.id == job.id
    assert created.body == {
        "model": MODEL,
        "training_file": train.id,
        "validation_file": validation.id,
        "method": {
            "type": "supervised",
            "supervised": {
                "hyperparameters": {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 0.5}
            },
        },
        "seed": 11,
        "suffix": "clinic",
        "metadata": {
            "clinft_run": RUN_ID,
            "clinft_plan": "a" * 64,
            "clinft_samples": "12",
            "clinft_training_sha256": sha(request.training_file.read_bytes()),
            "clinft_training_bytes": str(request.training_file.stat().st_size),
            "clinft_validation_sha256": sha(request.validation_file.read_bytes()),
            "clinft_validation_bytes": str(request.validation_file.stat().st_size),
        },
    }
    assert [one.data for one in server.uploads] == [
        request.training_file.read_bytes(),
        request.validation_file.read_bytes(),
    ]
    assert [one.filename for one in server.uploads] == [
        f"clinft-{RUN_ID}-train-{request.training_sha256[:12]}.jsonl",
        f"clinft-{RUN_ID}-validation-{request.validation_sha256[:12]}.jsonl",
    ]
    assert all(one.expires_at == one.created_at + 2_592_000 for one in server.uploads)


def test_dpo_has_its_beta(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    request = request_to(server, tmp_path, method="dpo", hyperparameters={"beta": 0.3})
    OpenAIProvider(world.tools(tmp_path)).submit(request)
    (created,) = server.jobs.values()
    assert created.body["method"] == {
        "type": "dpo",
        "dpo": {"hyperparameters": {"n_epochs": 1, "beta": 0.3}},
    }


def test_azure_is_sent_a_byte_order_mark_and_a_training_type(
    azure: AzureServer, azure_world: World, tmp_path: Path
) -> None:
    request = request_to(azure, tmp_path)
    AzureOpenAIProvider(azure_world.tools(tmp_path)).submit(request)
    (created,) = azure.jobs.values()
    sent = BOM + request.training_file.read_bytes()
    assert azure.uploads[0].data == sent
    assert created.body["trainingType"] == "Standard"
    assert created.body["metadata"]["clinft_training_sha256"] == sha(sent)
    assert created.body["metadata"]["clinft_training_audited_sha256"] == request.training_sha256
    assert azure.uploads[0].filename.endswith(f"-train-{sha(sent)[:12]}.jsonl")
    # Whether its v1 takes expires_after is unverified.
    assert all(one.expires_at is None for one in azure.uploads)


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        ("standard", "Standard"),
        ("data_zone", "DataZoneStandard"),
        ("global", "GlobalStandard"),
        ("developer", "DeveloperTier"),
    ],
)
def test_each_training_type_has_its_word(
    wanted: str, word: str, azure: AzureServer, azure_world: World, tmp_path: Path
) -> None:
    endpoint = endpoint_of(azure, training_types=("standard", "data_zone", "global", "developer"))
    request = request_to(azure, tmp_path, endpoint=endpoint, training_type=wanted)
    AzureOpenAIProvider(azure_world.tools(tmp_path)).submit(request)
    (created,) = azure.jobs.values()
    assert created.body["trainingType"] == word


def test_a_training_type_that_the_policy_does_not_list_is_refused_before_anything_is_sent(
    azure: AzureServer, azure_world: World, tmp_path: Path
) -> None:
    provider = AzureOpenAIProvider(azure_world.tools(tmp_path))
    request = request_to(azure, tmp_path, training_type="global")
    for call in (provider.preflight, provider.submit):
        with pytest.raises(PolicyViolation, match=r"training_type global is not allowed at this endpoint"):
            call(request)
    assert azure.requests == []


def test_another_region_than_the_endpoint_is_refused(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    endpoint = endpoint_of(server, region="swedencentral")
    request = request_to(server, tmp_path, endpoint=endpoint, region="eastus2")
    provider = OpenAIProvider(world.tools(tmp_path))
    for call in (provider.preflight, provider.submit):
        with pytest.raises(SpecError, match=r"is eastus2, the endpoint trains in swedencentral"):
            call(request)
    assert server.requests == []


def test_a_file_that_was_not_audited_is_never_sent(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    request.training_file.write_text("{}\n")
    with pytest.raises(DigestMismatch, match=r"train\.jsonl is not the file that was audited"):
        OpenAIProvider(world.tools(tmp_path)).submit(request)
    assert server.requests == []


def test_a_rate_that_the_provider_does_not_know_is_refused(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path, hyperparameters={"learning_rate": 0.001})
    with pytest.raises(SpecError, match="learning_rate_multiplier"):
        OpenAIProvider(world.tools(tmp_path)).preflight(request)


def test_files_that_lie_there_are_used_again(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    server.rate_limit_next("createFineTuningJob")
    request, provider = request_to(server, tmp_path), OpenAIProvider(world.tools(tmp_path))
    with pytest.raises(ServiceError, match="limits how often"):
        provider.submit(request)
    provider.submit(request)
    assert len(server.uploads) == 2


@pytest.mark.parametrize("deletable", [True, False])
def test_files_of_a_job_that_is_refused_do_not_stay_there(
    deletable: bool, server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    server.locked_out = True
    if not deletable:
        server.fail_next("deleteFile", 500, times=8)
    with pytest.raises(SpecError, match=r"not allowed to create fine-tuning jobs\. \(permission_denied\)"):
        OpenAIProvider(world.tools(tmp_path)).submit(request_to(server, tmp_path))
    assert len(server.files) == (0 if deletable else 2)


def _shorter(server: OpenAIServer) -> None:
    file = server.uploads[0]
    file.data = file.data[:-1]


def _ending(server: OpenAIServer) -> None:
    server.uploads[0].expires_at = server.now() + 86_400


@pytest.mark.parametrize("spoil", [_shorter, _ending])
def test_a_file_that_is_not_whole_or_ends_too_soon_is_sent_again(
    spoil: Any, server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    server.rate_limit_next("createFineTuningJob")
    request, provider = request_to(server, tmp_path), OpenAIProvider(world.tools(tmp_path))
    with pytest.raises(ServiceError):
        provider.submit(request)
    spoil(server)
    provider.submit(request)
    assert [one.filename.split("-")[3] for one in server.uploads] == ["train", "validation", "train"]
    (created,) = server.jobs.values()
    assert created.body["training_file"] == server.uploads[2].id


def test_a_file_of_another_run_is_not_ours(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    provider, request = OpenAIProvider(world.tools(tmp_path)), request_to(server, tmp_path)
    other = replace(request, run_id=f"{RUN_ID}2")
    provider.submit(other)
    assert provider.find(request) is None
    job = provider.submit(request)
    assert server.submissions == 2
    provider.dispose(job, request)
    assert {one.filename.split("-train-")[0] for one in server.files.values() if "train" in one.filename} == {
        f"clinft-{RUN_ID}2"
    }


def test_a_job_waits_until_its_files_are_processed(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    server.unready_looks = 3
    OpenAIProvider(world.tools(tmp_path)).submit(request_to(server, tmp_path))
    assert server.submissions == 1
    assert world.slept == [1.0, 1.5, 2.25] * 2


def test_a_service_that_never_says_processed_judges_the_file_itself(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    server.unready_looks = 10_000
    with pytest.raises(SpecError, match="is still being processed"):
        OpenAIProvider(world.tools(tmp_path)).submit(request_to(server, tmp_path))
    assert 600 <= sum(world.slept) / 2 < 700


def test_an_upload_whose_answer_was_lost_is_found(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    server.drop_next("createFile")
    OpenAIProvider(world.tools(tmp_path)).submit(request_to(server, tmp_path))
    assert (len(server.uploads), server.submissions) == (2, 1)


def test_an_upload_that_never_arrived_is_sent_by_the_next_call(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    provider, request = OpenAIProvider(world.tools(tmp_path)), request_to(server, tmp_path)
    server.drop_next("createFile", after_accepting=False)
    with pytest.raises(ServiceError, match=r"could not be reached \(the upload of the training file\)"):
        provider.submit(request)
    assert len(server.asked("createFile")) == 1
    provider.submit(request)
    assert (len(server.uploads), server.submissions) == (2, 1)


def test_a_refused_upload_is_told_in_the_services_own_words(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    error = {"message": "Invalid\x1b[31m file\u202e", "type": "invalid_request_error", "code": "bad_file"}
    server.fail_next("createFile", 400, body={"error": error})
    with pytest.raises(SpecError, match=r"Invalid\\x1b\[31m file\\u202e \(bad_file\)"):
        OpenAIProvider(world.tools(tmp_path)).submit(request_to(server, tmp_path))
