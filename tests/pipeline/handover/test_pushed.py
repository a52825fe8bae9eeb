"""`clinft export --push`: main's policy names the place, main has the run deployed, and the token stays unseen."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest
import yaml
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id
from typer.testing import Result

from clinft.artifacts.canonical import digest_bytes, digest_file
from clinft.artifacts.handover import MANIFEST, SUMS, HandOver
from clinft.errors import SpecError
from clinft.pipeline.handover.pushing import refuse_name, repository_of
from clinft.run_folder import to_bytes
from clinft.spec.registries import Registry
from tests.fakes import committed_runs, handed
from tests.fakes.adapted import Adapted
from tests.fakes.cli import clinft
from tests.fakes.handed import RUN, Handed
from tests.fakes.hub import ORGANISATION, TOKEN, Hub

NAME = f"{ORGANISATION}/demo_adapter"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    with Hub() as server:
        monkeypatch.setenv("CLINFT_REGISTRY_KEYS", f"{server.url.removeprefix('http://')} {TOKEN}")
        yield server
        assert server.violations == []


def registry(hub: Hub, **more: Any) -> dict[str, Any]:
    facts = {"owner": "privacy office", "review_by": "2999-01-01"}
    described = {"kind": "huggingface", "description": "our own hub", "url": hub.url}
    return {**described, "namespace": ORGANISATION, "eligibility": {**facts, **more}}


@pytest.fixture
def there(hub: Hub, tiny: Adapted, tmp_path: Path) -> Handed:
    """Merged and deployed."""
    made = handed.repository(tmp_path / "r", tiny)
    handed.write_policy(made.root, registries={"hub": registry(hub)})
    (made.project / "deployment.yaml").write_text(f"run_id: {RUN}\n")
    handed.merge(made.root)
    return made


def push(there: Handed, *more: str, code: int = 0) -> Result:
    done = clinft("export", there.run, "--push", "hub", *more)
    assert done.exit_code == code, done.output
    assert TOKEN not in done.output
    return done


def test_what_is_deployed_is_pushed_once(hub: Hub, there: Handed) -> None:
    first = push(there)
    assert f"pushed to {hub.url}/{NAME}" in first.output
    made = hub.repositories[NAME]
    assert made.private
    assert {"adapter_model.safetensors", "manifest.json", "README.md", "SHA256SUMS"} <= made.files.keys()
    assert made.tags == {RUN: made.head}
    again = push(there)
    assert "nothing to push" in again.output
    assert len(made.commits) == 2
    assert not list(there.root.parent.glob("export*")), "without --out nothing is left here"


def test_each_form_has_a_repository_of_its_own(hub: Hub, there: Handed, tmp_path: Path) -> None:
    push(there, "--merge", "--out", str(tmp_path / "merged"))
    push(there, "--gguf", "f16")
    push(there, "--gguf", "q8_0")
    names = ("demo_merged", "demo_gguf-f16", "demo_gguf-q8_0")
    assert hub.repositories.keys() == {f"{ORGANISATION}/{name}" for name in names}
    here = {path.name: path.read_bytes() for path in (tmp_path / "merged").iterdir()}
    held = hub.repositories[f"{ORGANISATION}/demo_merged"].files
    assert {name: data for name, data in held.items() if name != ".gitattributes"} == here


def test_no_two_projects_and_forms_share_a_repository() -> None:
    facts = {"owner": "privacy office", "review_by": "2999-01-01"}
    described = {"kind": "huggingface", "description": "ours", "namespace": "hospital"}
    place = Registry.model_validate({**described, "eligibility": facts})
    forms = [("adapter", None), ("full", None), ("merged", "float32"), ("gguf", "f16"), ("gguf", "q8_0")]
    projects = ("foo", "foo-merged", "foo-gguf", "foo-gguf-f16", "foo-full")
    names = [
        repository_of(place, HandOver.model_construct(project=project, form=form, dtype=dtype))
        for project in projects
        for form, dtype in forms
    ]
    assert len(names) == len(set(names))
    for name in names:
        validate_repo_id(name)


def test_a_name_that_no_hub_takes_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(SpecError, match="no place for the models of foo--bar"):
        refuse_name("foo--bar")
    refuse_name("foo-bar")
    with pytest.raises(HFValidationError):
        validate_repo_id("hospital/foo--bar_adapter")


def told(done: Result) -> str:
    return " ".join(done.output.split())


def test_not_before_its_deployment_is_merged(hub: Hub, there: Handed) -> None:
    (there.project / "deployment.yaml").unlink()
    handed.merge(there.root)
    # As a person would have it who has not asked anybody.
    (there.project / "deployment.yaml").write_text(f"run_id: {RUN}\n")
    assert "is not what demo has deployed on main" in told(push(there, code=1))
    assert hub.asked == []


def test_not_before_its_results_are_merged(hub: Hub, there: Handed) -> None:
    (there.run / "note.txt").write_text("not merged\n")
    assert "is on main, but lies here otherwise: 0 files changed, 1 added" in told(push(there, code=1))
    assert hub.asked == []


def test_not_while_its_results_wait_on_another_branch(hub: Hub, there: Handed, tiny: Adapted) -> None:
    other = committed_runs.commit_run(there.root / "projects", "demo/bbbbbbbbbbbb-a1", train=there.trained)
    shutil.copytree(there.run / "data", other / "data")
    for name in ("facts.json", "prompt.md"):
        shutil.copy(there.run / name, other)
    committed_runs.seal(other, "demo", other.name, "succeeded")
    done = clinft("export", other, "--push", "hub")
    assert done.exit_code == 1
    assert "is not on main, as far as this clone knows" in told(done)
    assert hub.asked == []


def test_not_after_a_rollback_that_this_clone_has_not_fetched(
    hub: Hub, there: Handed, tmp_path: Path
) -> None:
    def roll_back(root: Path) -> None:
        (root / "projects/demo/deployment.yaml").unlink()

    handed.merge_elsewhere(there.root, roll_back)
    out = tmp_path / "out"
    assert "does not know main as it is on the remote by now" in told(push(there, "--out", str(out), code=1))
    handed.fetch(there.root)
    assert "is not what demo has deployed on main" in told(push(there, code=1))
    assert hub.asked == []
    assert not out.exists()


def test_not_after_a_rollback_that_was_merged_meanwhile(
    hub: Hub, there: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the weights were written, which takes minutes."""
    from clinft.pipeline.handover import packing

    pack = packing.pack

    def slowly(*args: Any) -> Any:
        handed.merge_elsewhere(
            there.root, lambda root: (root / "projects/demo/deployment.yaml").write_text("")
        )
        return pack(*args)

    monkeypatch.setattr(packing, "pack", slowly)
    assert "does not know main as it is on the remote by now" in told(push(there, code=1))
    assert hub.asked == []


def test_not_where_the_remote_cannot_be_asked(hub: Hub, there: Handed) -> None:
    handed.remote_of(there.root).rename(there.root.parent / "elsewhere")
    assert "does not say what its protected branch holds" in told(push(there, code=3))
    assert hub.asked == []


def test_not_from_a_clone_without_a_remote(hub: Hub, there: Handed) -> None:
    handed.git(there.root, "remote", "remove", "origin")
    assert "has no remote origin" in told(push(there, code=1))
    assert hub.asked == []


def test_the_branch_is_the_one_that_the_remote_says(hub: Hub, there: Handed) -> None:
    """As it was renamed, with nothing deployed any more on the new one."""
    remote = handed.remote_of(there.root)
    (there.project / "deployment.yaml").unlink()
    handed.commit(there.root)
    handed.git(there.root, "push", "-q", "origin", "main:trunk")
    handed.git(remote, "symbolic-ref", "HEAD", "refs/heads/trunk")
    assert "is not what demo has deployed on trunk" in told(push(there, code=1))


def test_a_folder_that_was_written_before_is_pushed_as_it_is(hub: Hub, there: Handed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert clinft("export", there.run, "--merge", "--out", out).exit_code == 0
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    done = push(there, "--merge", "--out", str(out))
    assert "is there already, and whole" in told(done)
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before
    held = hub.repositories[f"{ORGANISATION}/demo_merged"].files
    assert held["model.safetensors"] == (out / "model.safetensors").read_bytes()


MERGED = f"{ORGANISATION}/demo_merged"


@pytest.mark.parametrize("out", ["out", None])
def test_what_another_processor_measures_is_no_other_model(
    hub: Hub, there: Handed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str | None
) -> None:
    push(there, "--merge", "--out", str(tmp_path / "out"))
    made, before = hub.repositories[MERGED], dict(hub.repositories[MERGED].files)
    handed.measure_elsewhere(monkeypatch)
    done = push(there, "--merge", *([] if out is None else ["--out", str(tmp_path / out)]))
    assert "nothing to push" in told(done)
    assert (len(made.commits), made.tags, made.files) == (2, {RUN: made.head}, before)


@pytest.mark.parametrize(
    ("name", "value"),
    [("verdict", "PASS"), ("fidelity", None), ("relative_difference", 0.5), ("positions", 1)],
)
def test_another_manifest_on_the_hub_is_replaced(hub: Hub, there: Handed, name: str, value: object) -> None:
    """Whatever else it says, and figures that would not pass."""
    push(there, "--merge")
    made = hub.repositories[MERGED]
    whole = dict(made.files)
    manifest = json.loads(made.files[MANIFEST])
    (manifest if name in manifest else manifest["fidelity"])[name] = value
    changed = to_bytes(HandOver.model_validate_json(json.dumps(manifest)))
    old, new = (digest_bytes(data).encode() for data in (made.files[MANIFEST], changed))
    made.files |= {MANIFEST: changed, SUMS: made.files[SUMS].replace(old, new)}
    assert "pushed to" in told(push(there, "--merge"))
    assert made.files == whole


def test_a_manifest_is_not_read_from_elsewhere(
    hub: Hub, there: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(there, "--merge")
    handed.measure_elsewhere(monkeypatch)
    hub.leads["/resolve/"] = "https://elsewhere.example/manifest.json"
    assert "leads on to another host" in told(push(there, "--merge", code=3))
    hub.leads = {"/resolve/": f"/{MERGED}/here/{hub.repositories[MERGED].head}/manifest.json"}
    assert "nothing to push" in told(push(there, "--merge"))


def test_a_folder_that_was_changed_is_not_pushed(hub: Hub, there: Handed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert clinft("export", there.run, "--merge", "--out", out).exit_code == 0
    with (out / "model.safetensors").open("r+b") as stream:
        stream.seek(-1, 2)
        stream.write(b"\x7f")
    assert "exists already" in told(push(there, "--merge", "--out", str(out), code=2))
    # Nor where its own manifest agrees with the change.
    manifest = json.loads((out / MANIFEST).read_bytes())
    manifest["files"]["model.safetensors"]["sha256"] = digest_file(out / "model.safetensors")
    (out / MANIFEST).write_text(json.dumps(manifest))
    names = sorted(path.name for path in out.iterdir() if path.name != SUMS)
    (out / SUMS).write_text("".join(f"{digest_file(out / name)}  {name}\n" for name in names))
    assert "exists already" in told(push(there, "--merge", "--out", str(out), code=2))
    assert hub.asked == []


def test_only_a_registry_of_mains_policy(hub: Hub, there: Handed) -> None:
    handed.write_policy(there.root, registries={"mine": registry(hub)})
    done = clinft("export", there.run, "--push", "mine")
    assert done.exit_code == 1
    assert "names no registry mine. It names: hub." in told(done)
    assert hub.asked == []


def test_the_places_address_is_mains_too(hub: Hub, there: Handed) -> None:
    """An edit that lies here alone sends no token elsewhere."""
    other = {**registry(hub), "url": "https://evil.example"}
    handed.write_policy(there.root, registries={"hub": other})
    push(there)
    assert NAME in hub.repositories


def test_not_on_facts_that_nobody_reviewed(hub: Hub, there: Handed) -> None:
    handed.write_policy(there.root, registries={"hub": registry(hub, review_by="2020-01-01")})
    handed.merge(there.root)
    assert "counted until 2020-01-01" in told(push(there, code=1))
    assert hub.asked == []


def test_not_from_a_quarantined_project_of_main(hub: Hub, there: Handed) -> None:
    (there.project / "QUARANTINE.yaml").write_text("since: 2026-11-01\n")
    handed.merge(there.root)
    (there.project / "QUARANTINE.yaml").unlink()
    assert "is in quarantine" in told(push(there, code=1))
    assert hub.asked == []


def test_not_to_a_public_repository(hub: Hub, there: Handed) -> None:
    hub.private_when_made = False
    assert "is not private" in told(push(there, code=1))
    assert not hub.stored


def test_without_its_token_nothing_is_asked_and_nothing_is_written(
    hub: Hub, there: Handed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLINFT_REGISTRY_KEYS", f"huggingface.co {TOKEN}")
    out = tmp_path / "out"
    assert "There is no token for 127.0.0.1" in told(push(there, "--out", str(out), code=2))
    assert hub.asked == []
    assert not out.exists()


def test_a_hub_that_refuses_is_a_service_that_failed(hub: Hub, there: Handed) -> None:
    hub.fails["preupload"] = 403
    done = push(there, code=3)
    assert f"The hub did not take {NAME} (status 403)" in told(done)


def test_the_policys_registries_are_checked(there: Handed, hub: Hub) -> None:
    bad = {**registry(hub), "url": "https://user:secret@hub.example"}
    handed.write_policy(there.root, registries={"hub": bad})
    done = clinft("validate", there.root / ".github" / "clinft.yml")
    assert done.exit_code == 2
    assert "secret" not in done.output
    assert yaml.safe_load((there.root / ".github" / "clinft.yml").read_text())["registries"]
