"""Pushing to a hub by the vendor's own client: exactly the folder, privately, once, and no token in any text."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub.constants
import huggingface_hub.utils._http
import pytest

from clinft.adapters.registries.huggingface import HuggingFaceHub
from clinft.errors import ClinftError, PolicyViolation, ServiceError, SpecError
from clinft.ports.handover import Pushed
from clinft.spec.registries import Registry
from tests.fakes.hub import ORGANISATION, TOKEN, Hub, Repository

NAME, TAG = f"{ORGANISATION}/demo", "0123456789ab-a1"


@pytest.fixture(autouse=True)
def hub_online(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the tests' own setting; the hub is this machine. Its client waits between tries."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(
        huggingface_hub.utils._http, "time", SimpleNamespace(sleep=lambda _: None, time=time.time)
    )


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "export"
    made.mkdir()
    (made / "README.md").write_text("---\ntags:\n- clinft\n---\n# demo\n")
    (made / "manifest.json").write_text("{}\n")
    (made / "adapter_model.safetensors").write_bytes(b"\0" * 3000)
    return made


def push(hub: Hub, folder: Path, token: str | None = TOKEN) -> Pushed:
    place = Registry.model_validate(
        {
            "kind": "huggingface",
            "description": "ours",
            "url": hub.url,
            "namespace": ORGANISATION,
            "eligibility": {"owner": "privacy office", "review_by": "2030-01-01"},
        }
    )
    host = hub.url.removeprefix("http://")
    return HuggingFaceHub(place, lambda asked: token if asked == host else None).push(NAME, folder, TAG)


def held(hub: Hub) -> dict[str, bytes]:
    files = hub.repositories[NAME].files
    return {name: data for name, data in files.items() if name != ".gitattributes"}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_private_repository_is_made_and_holds_exactly_the_folder(hub: Hub, folder: Path) -> None:
    done = push(hub, folder)
    made = hub.repositories[NAME]
    assert made.private
    assert held(hub) == bytes_of(folder)
    assert done == Pushed(f"{hub.url}/{NAME}", made.head, True)
    assert made.tags == {TAG: made.head}
    assert len(made.commits) == 2, "one commit after the hub's own"


def test_the_same_twice_changes_nothing(hub: Hub, folder: Path) -> None:
    first = push(hub, folder)
    hub.asked.clear()
    again = push(hub, folder)
    assert again == Pushed(first.place, first.revision, False)
    assert {method for method, _ in hub.asked} == {"GET"}


def test_another_folder_replaces_all_files_in_one_commit_and_moves_the_tag(hub: Hub, folder: Path) -> None:
    push(hub, folder)
    (folder / "manifest.json").unlink()
    (folder / "adapter_model.safetensors").write_bytes(b"\1" * 3000)
    done = push(hub, folder)
    made = hub.repositories[NAME]
    assert held(hub) == bytes_of(folder)
    assert len(made.commits) == 3
    assert made.tags == {TAG: done.revision}


def test_nothing_goes_to_a_repository_that_others_may_read(hub: Hub, folder: Path) -> None:
    hub.repositories[NAME] = Repository(private=False)
    with pytest.raises(PolicyViolation, match="is not private"):
        push(hub, folder)
    assert {method for method, _ in hub.asked} == {"GET"}
    assert not hub.stored


def test_nothing_goes_to_a_repository_that_the_hub_made_public(hub: Hub, folder: Path) -> None:
    hub.private_when_made = False
    with pytest.raises(PolicyViolation, match="is not private"):
        push(hub, folder)
    assert not hub.stored


def test_nothing_goes_to_a_repository_that_was_given_away(hub: Hub, folder: Path) -> None:
    hub.repositories[NAME] = Repository(private=True, moved_to="stranger/demo")
    with pytest.raises(ServiceError, match="is another repository by now"):
        push(hub, folder)
    assert hub.stored == {}
    assert hub.repositories[NAME].commits == ["initial commit"]


def test_who_was_faster_is_not_overwritten(hub: Hub, folder: Path) -> None:
    def other(repository: Repository) -> None:
        repository.files["other.txt"] = b"other"
        repository.commits.append("another publisher")

    hub.before_commit = other
    with pytest.raises(ServiceError, match="status 412"):
        push(hub, folder)
    assert held(hub) == {"other.txt": b"other"}


def test_a_file_that_the_hub_ignores_is_noticed(hub: Hub, folder: Path) -> None:
    hub.repositories[NAME] = Repository(private=True)
    hub.repositories[NAME].files[".gitignore"] = b"manifest.json"
    with pytest.raises(ServiceError, match="does not hold what was pushed"):
        push(hub, folder)
    assert hub.repositories[NAME].tags == {}


@pytest.fixture
def other() -> Iterator[Hub]:
    """Another host: it has the same names, and takes what it is given."""
    with Hub() as server:
        yield server
        assert server.violations == []


@pytest.mark.parametrize(
    "part", ["api/models", "repos/create", "preupload", "batch", "stored", "commit", "refs", "tag"]
)
def test_no_redirect_to_another_host_is_followed(hub: Hub, other: Hub, folder: Path, part: str) -> None:
    hub.leads[part] = f"{other.url}/{part}"
    with pytest.raises(ServiceError, match="leads on to another host"):
        push(hub, folder)
    assert other.asked == []


def test_two_large_files_stay_too(hub: Hub, other: Hub, folder: Path) -> None:
    """They are sent by threads, which wrap what stops them."""
    (folder / "model-2.safetensors").write_bytes(b"\1" * 3000)
    hub.leads["stored"] = f"{other.url}/stored"
    with pytest.raises(ServiceError, match="leads on to another host"):
        push(hub, folder)
    assert other.asked == []


def test_a_redirect_within_the_hub_is_followed(hub: Hub, folder: Path) -> None:
    hub.repositories[f"{ORGANISATION}/new"] = Repository(private=True)
    hub.leads[f"models/{NAME}"] = f"/api/models/{ORGANISATION}/new"
    with pytest.raises(ServiceError, match="is another repository by now"):
        push(hub, folder)
    assert ("GET", f"/api/models/{ORGANISATION}/new") in hub.asked


def test_large_files_go_to_the_storage_that_the_hub_names_without_its_token(
    hub: Hub, other: Hub, folder: Path
) -> None:
    hub.storage, hub.stored = other.url, other.stored
    push(hub, folder)
    assert held(hub) == bytes_of(folder)
    assert [method for method, _ in other.asked] == ["PUT"]


def test_the_token_does_not_go_where_the_hub_names_another_host(hub: Hub, other: Hub, folder: Path) -> None:
    hub.verifies = f"{other.url}/verify"
    with pytest.raises(ServiceError, match="asked for its token to be sent to another host"):
        push(hub, folder)
    assert other.asked == []


@pytest.mark.parametrize("fails", [False, True])
def test_the_client_is_as_it_was_afterwards(hub: Hub, folder: Path, fails: bool) -> None:
    before = huggingface_hub.utils._http._GLOBAL_CLIENT_FACTORY
    if fails:
        hub.fails["commit"] = 400
        with pytest.raises(ServiceError):
            push(hub, folder)
    else:
        push(hub, folder)
    assert huggingface_hub.utils._http._GLOBAL_CLIENT_FACTORY is before
    assert huggingface_hub.get_session().event_hooks["response"] == []


def test_without_a_token_nothing_is_asked(hub: Hub, folder: Path) -> None:
    with pytest.raises(SpecError, match="There is no token for 127"):
        push(hub, folder, token=None)
    assert hub.asked == []


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("api/models", 401),
        ("repos/create", 403),
        ("preupload", 500),
        ("batch", 403),
        ("stored", 403),
        ("commit", 400),
        ("tag", 403),
    ],
)
def test_no_token_and_no_answer_is_in_an_error_or_a_log(
    hub: Hub,
    folder: Path,
    part: str,
    status: int,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    hub.fails[part] = status
    with caplog.at_level(logging.DEBUG), pytest.raises(ClinftError) as refused:
        push(hub, folder)
    assert refused.value.__suppress_context__
    told = capfd.readouterr()
    for text in (str(refused.value), caplog.text, told.out, told.err):
        assert TOKEN not in text
        assert "was refused" not in text
