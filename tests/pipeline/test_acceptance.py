"""Evidence in an unpacked bundle: what is of another plan, forged in part, or not for the public is refused."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.artifacts.bundle import BundleManifest
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.jsonl import write_models
from clinft.errors import DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.github.acceptance import check_evidence
from clinft.stages.evaluate.scoring import items_sha256
from tests.fakes.bundles import Trained, forged, items, left, relisted, trained

NAME = "Mr. Zebulon Quackenbush"
OTHER = "0" * 64


@dataclass
class Unpacked:
    folder: Path
    manifest: BundleManifest
    written: dict[str, bytes]

    def check(self) -> None:
        """With the manifest that belongs to the bytes, as it is after `unpack`."""
        check_evidence(self.folder, relisted(self.folder, self.manifest), self.written)

    def refuse(self, message: str) -> None:
        with pytest.raises((PolicyViolation, DigestMismatch), match=message) as caught:
            self.check()
        assert "Quackenbush" not in str(caught.value)
        assert caught.value.cause
        assert caught.value.next_step


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return trained(tmp_path_factory.mktemp("acceptance"))


@pytest.fixture
def bundle(done: Trained, tmp_path: Path) -> Unpacked:
    manifest = left(done.run, tmp_path / "bundle", done.facts())
    return Unpacked(tmp_path / "bundle", manifest, done.written)


@pytest.fixture
def again(done: Trained, tmp_path: Path) -> Unpacked:
    """The run evaluated once more: its folder holds what the job copied and what it measured."""
    run = tmp_path / "again" / done.run.name
    run.mkdir(parents=True)
    for name in ("prepare.json", "train.json", "evaluate.json", "items.jsonl"):
        shutil.copyfile(done.run / name, run / name)
    folder = tmp_path / "again-bundle"
    manifest = left(run, folder, done.facts(purpose="evaluate"))
    committed = {name: (run / name).read_bytes() for name in ("prepare.json", "train.json")}
    return Unpacked(folder, manifest, {**done.written, **committed})


def test_what_the_job_left_is_accepted(bundle: Unpacked, again: Unpacked) -> None:
    bundle.check()
    again.check()


# The stage, what its result says instead, and the refusal. Everything that rests on it is resealed.
FORGED: list[tuple[str, dict[str, Any], str]] = [
    ("prepare", {"payload__splits__test__sha256": OTHER}, "prepare.json has other records than the plan"),
    ("prepare", {"project": "another"}, "prepare.json belongs to another project or run"),
    ("audit", {"payload__verdict": "FAIL"}, "The audit did not pass"),
    ("audit", {"payload__by_severity__CRITICAL": 1}, "audit.json passed with findings that block"),
    ("audit", {"payload__by_severity__HIGH": 1}, "audit.json passed with findings that block"),
    ("audit", {"payload__files_scanned__data/records/train.jsonl": OTHER}, "audit.json has other records"),
    ("audit", {"payload__files_scanned__data/formatted/train.jsonl": OTHER}, "did not scan what was to be"),
    ("audit", {"files__data/formatted/train.jsonl": OTHER}, "did not scan what was to be"),
    ("audit", {"inputs__prepare": OTHER}, "audit.json rests on inputs that do not lie beside it"),
    ("estimate", {"payload__plan__revision": 2}, "estimate.json is of another plan"),
    ("estimate", {"payload__plan_digest": OTHER}, "estimate.json is of another plan"),
    ("estimate", {"inputs__plan": OTHER}, "estimate.json rests on another plan"),
    ("estimate", {"inputs": {}}, "estimate.json rests on another plan"),
    ("gate", {"payload__allowed": False}, "The gate did not allow training"),
    ("gate", {"payload__mode": "local"}, "did not decide as it must before a training"),
    ("gate", {"payload__mode": "pull_request"}, "did not decide as it must before a training"),
    ("gate", {"payload__plan_digest": OTHER}, "The gate's decision belongs to another plan"),
    ("gate", {"payload__audit_digest": OTHER}, "The gate decided on other evidence: audit"),
    ("gate", {"inputs": {}}, "gate.json rests on inputs that do not lie beside it"),
    ("gate", {"payload__approvals": []}, "approvals.json does not say what gate.json says"),
    (
        "gate",
        {"payload__reasons": [{"code": "CLINFT-G011", "blocks": True, "message": "", "way_out": "",
                               "pending": False, "role": None}]},
        "gate.json allows it against a reason of its own",
    ),
    ("train", {"run_id": "1ea52d274311-a9"}, "train.json belongs to another project or run"),
    ("train", {"run_id": None}, "train.json belongs to another project or run"),
    ("train", {"payload__plan_digest": OTHER}, "train.json is of another plan"),
    ("train", {"inputs__plan": OTHER}, "train.json rests on another plan"),
    ("train", {"payload__training_file": OTHER}, "trained on files that were not audited"),
    ("train", {"inputs__data/formatted/validation.jsonl": OTHER}, "trained on files that were not audited"),
    ("train", {"payload__base_model__digest": "1" * 64}, "train.json is of another provider or base model"),
    ("train", {"payload__provider": "openai"}, "train.json is of another provider or base model"),
    ("train", {"payload__fine_tuned_model": "../../x-a1/data/adapter"}, "weights outside of the run"),
    ("train", {"payload__weights": {"../adapter": OTHER}}, "weights outside of the run"),
    ("train", {"files": {"run/../../../etc/passwd": OTHER}}, "names a file outside of the project"),
    ("train", {"files": {"/etc/passwd": OTHER}}, "names a file outside of the project"),
    ("evaluate", {"payload__test_sha256": OTHER}, "measured on another test split"),
    ("evaluate", {"inputs__test": OTHER}, "measured on another test split"),
    ("evaluate", {"inputs__prompt": OTHER}, "measured with another prompt"),
    ("evaluate", {"inputs__train": OTHER}, "evaluate.json rests on inputs that do not lie beside it"),
    ("evaluate", {"inputs": {}}, "evaluate.json rests on inputs that do not lie beside it"),
    ("evaluate", {"files__run/items.jsonl": OTHER}, "evaluate.json names files that do not lie beside it"),
    ("evaluate", {"payload__n": 47}, "does not hold each item once"),
    # Valid in every other respect, with a person's name or number where clinft writes none.
    ("evaluate", {"measured__note": NAME}, "refused for a text in evaluate.json"),
    ("evaluate", {"measured": {NAME: 1}}, "refused for a text in evaluate.json"),
    ("train", {"payload__fine_tuned_model": "212-555-7788"}, "refused for a text in train.json"),
    ("assess", {"payload__reason": f"{NAME} has chest pain."}, "refused for a text in assess.json"),
    ("assess", {"payload__reason": "Note. " * 2000}, "refused for a text in assess.json"),
    ("audit", {"payload__authenticity__provenance__generator": "MRN 8675309"}, "refused for a text in audit.json"),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "changes", "message"), FORGED)
def test_a_result_that_does_not_fit_is_refused(
    bundle: Unpacked, stage: str, changes: dict[str, Any], message: str
) -> None:
    forged(bundle.folder, stage, **changes)
    bundle.refuse(message)


def test_only_waived_high_findings_are_let_through(bundle: Unpacked) -> None:
    finding = {
        "id": "0123456789abcdef", "file": "project.yaml", "row": 1, "field": "line", "start": 0, "end": 1,
        "entity_type": "DATE", "safe_harbor": "C", "severity": "HIGH", "score": 1.0, "recognizer": "dates/date",
    }  # fmt: skip
    found = {"payload__verdict": "FAIL", "payload__by_severity__HIGH": 1, "payload__findings": [finding]}
    forged(bundle.folder, "audit", **found)
    audit = json.loads((bundle.folder / "audit.json").read_bytes())["digest"]
    forged(bundle.folder, "gate", payload__audit_digest=audit)
    bundle.refuse("The audit did not pass")
    forged(bundle.folder, "gate", payload__waived=["fedcba9876543210"])
    bundle.refuse("The audit did not pass")
    forged(bundle.folder, "gate", payload__waived=["0123456789abcdef"])
    bundle.check()


# A stage's bytes, none of which clinft writes.
BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a space at its end": lambda data: data + b" ",
    "a key that comes twice": lambda data: data.replace(b"{", b'{"project": "Quackenbush",', 1),
    "a changed value": lambda data: data.replace(b'"steps": 1', b'"steps": 2'),
    "a key of its own": lambda data: data.replace(b"{", b'{"note": "Quackenbush",', 1),
    "no object": lambda data: b"[]",
    "cut off": lambda data: data[:-9],
    "too deep": lambda data: b"[" * 100_000,
    "a number without an end": lambda data: data.replace(b'"steps": 1', b'"steps": 1' + b"0" * 400),
    "another encoding": lambda data: data.decode().encode("utf-16"),
    "no text": lambda data: b"\xff\xfe\xfd",
    "from the future": lambda data: data.replace(b'"schema_version": 1', b'"schema_version": 9'),
}


@pytest.mark.parametrize("what", BYTES)
def test_a_stage_that_is_not_written_as_clinft_writes_it_is_refused(bundle: Unpacked, what: str) -> None:
    path = bundle.folder / "train.json"
    whole = path.read_bytes()
    path.write_bytes(BYTES[what](whole))
    assert path.read_bytes() != whole
    bundle.refuse("train.json is not a result of this stage")


def test_one_stage_is_not_taken_for_another(bundle: Unpacked) -> None:
    shutil.copyfile(bundle.folder / "audit.json", bundle.folder / "gate.json")
    bundle.refuse("gate.json is not a result of this stage")
    forged(bundle.folder, "assess", stage="audit")
    bundle.refuse("assess.json is not a result of this stage")


ROWS: list[tuple[dict[str, Any], str]] = [
    ({"item": f"{NAME}, 54, has chest pain"}, "row 1, is not about a record"),
    ({"item": "test-000001 "}, "row 1, is not about a record"),
    ({"target": NAME, "correct": False}, "row 1, is not about a record"),
    ({"prediction": NAME, "correct": False}, "row 1, is not about a record"),
    ({"system": NAME}, "row 1, is not about a record"),
    ({"scoring": NAME}, "row 1, is not about a record"),
    ({"correct": False}, "row 1, is not about a record"),
    ({"category": NAME}, "row 1, is not about a record"),
    ({"cluster": NAME}, "row 1, is not about a record"),
    ({"scored_by": NAME}, "row 1, is not about a record"),
    ({"values": {NAME: 1.0}}, "row 1, is not about a record"),
    ({"values": {"claims": -1.0}}, "row 1, is not about a record"),
    ({"slices": {NAME: "x"}}, "row 1, is not about a record"),
    ({"slices": {"condition": NAME}}, "row 1, is not about a record"),
    ({"slices": {"condition": "ssn-219-09-9999"}}, "a subgroup in whose name the audit's rules find"),
    ({"probabilities": (0.1, 0.2)}, "row 1, is not about a record"),
    ({"score": 7.0}, "row 1, is not about a record"),
    ({"answer_nll_nats": 0.5}, "is not what evaluate.json was computed from"),
    ({"item": "test-000002"}, "does not hold each item once"),
]


@pytest.mark.parametrize(("changes", "message"), ROWS)
def test_a_row_that_holds_more_than_labels_is_refused(
    bundle: Unpacked, changes: dict[str, Any], message: str
) -> None:
    first, *others = items(bundle.folder)
    assert first.correct
    write_rows(bundle, [first.model_copy(update=changes), *others], resealed="computed" not in message)
    bundle.refuse(message)


def write_rows(bundle: Unpacked, rows: list[Any], resealed: bool) -> None:
    """`resealed`: evaluate.json then says that it was computed from them."""
    write_models(bundle.folder / "items.jsonl", rows)
    changes: dict[str, Any] = {"files__run/items.jsonl": digest_file(bundle.folder / "items.jsonl")}
    if resealed:
        report = json.loads((bundle.folder / "evaluate.json").read_bytes())["payload"]["systems"]
        for result in report:
            key = (result["system"], result["scoring"])
            result["items_sha256"] = items_sha256([row for row in rows if (row.system, row.scoring) == key])
        changes["payload__systems"] = report
    forged(bundle.folder, "evaluate", **changes)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"item": "Quackenbush"}\n', "has a row that is no result"),
        (b"\xff\n", "has a row that is no result"),
        (b"\n", "has a row that is no result"),
        (b"", "is not what evaluate.json was computed from"),
    ],
)
def test_items_that_are_no_rows_are_refused(bundle: Unpacked, data: bytes, message: str) -> None:
    (bundle.folder / "items.jsonl").write_bytes(data)
    digest = digest_file(bundle.folder / "items.jsonl")
    forged(bundle.folder, "evaluate", **{"files__run/items.jsonl": digest})
    bundle.refuse(message)


@pytest.mark.parametrize(
    "change", [lambda d: d.replace(b"{", b'{"item": "Quackenbush",', 1), lambda d: d[:-1]]
)
def test_items_are_written_as_clinft_writes_them(bundle: Unpacked, change: Callable[[bytes], bytes]) -> None:
    path = bundle.folder / "items.jsonl"
    path.write_bytes(change(path.read_bytes()))
    forged(bundle.folder, "evaluate", **{"files__run/items.jsonl": digest_file(path)})
    bundle.refuse("items.jsonl is not written as clinft writes it")


@pytest.mark.parametrize("name", ["project.yaml", "prompt.md"])
def test_what_people_wrote_is_that_of_the_commit(bundle: Unpacked, name: str) -> None:
    path = bundle.folder / name
    path.write_bytes(path.read_bytes() + f"# {NAME}\n".encode())
    bundle.refuse(f"{name} is not the one of the commit")


@pytest.mark.parametrize("name", ["prepare.json", "train.json"])
def test_a_run_that_is_evaluated_again_is_the_committed_one(again: Unpacked, name: str) -> None:
    forged(again.folder, name.removesuffix(".json"), measured={"seconds": 9.0})
    again.refuse(f"{name} is not the one of the commit")


def test_done_means_that_everything_is_there(bundle: Unpacked, again: Unpacked) -> None:
    for whole, optional in ((bundle, {"assess.json", "job.json"}), (again, set())):
        for name in list(whole.manifest.files):
            moved = whole.folder / name
            data = moved.read_bytes()
            moved.unlink()
            if name in optional:
                whole.check()
            else:
                whole.refuse(f"the work is said to be done, but {name} is missing")
            moved.write_bytes(data)


@pytest.mark.parametrize("status", ["paused", "failed", "running"])
def test_work_that_was_cut_off_is_accepted_as_far_as_it_went(bundle: Unpacked, status: str) -> None:
    bundle.manifest = bundle.manifest.model_copy(update={"status": status})
    for name in ("evaluate.json", "items.jsonl", "train.json", "gate.json", "audit.json"):
        (bundle.folder / name).unlink()
        bundle.check() if name != "gate.json" else None
    forged(bundle.folder, "estimate", payload__plan__revision=2)
    bundle.refuse("estimate.json is of another plan")


@pytest.mark.parametrize(("stage", "without"), [("gate", "audit"), ("train", "gate"), ("evaluate", "train")])
def test_a_result_without_what_it_rests_on_is_refused(bundle: Unpacked, stage: str, without: str) -> None:
    bundle.manifest = bundle.manifest.model_copy(update={"status": "failed"})
    for name in ("evaluate", "train", "gate"):
        if name != stage:
            (bundle.folder / f"{name}.json").unlink()
    (bundle.folder / f"{without}.json").unlink(missing_ok=True)
    bundle.refuse(f"{stage}.json came without .*{without}")


def test_a_bundle_in_which_nothing_was_made_is_accepted(bundle: Unpacked) -> None:
    for path in bundle.folder.iterdir():
        path.unlink()
    said = "The gate did not allow training (CLINFT-G011)."
    changes = {"status": "cancelled", "job": None, "message": said}
    bundle.manifest = bundle.manifest.model_copy(update=changes)
    bundle.check()
    bundle.manifest = bundle.manifest.model_copy(update={"message": f"{NAME} was refused."})
    bundle.refuse("refused for a text in the manifest")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run_id": "0123456789ab-a1"}, "its job is of another run or provider"),
        ({"provider": "openai"}, "its job is of another run or provider"),
        ({"status": "failed"}, "its job has not succeeded"),
        ({"message": f"Row 7: {NAME}"}, "refused for a text in"),
    ],
)
def test_a_job_of_something_else_is_refused(bundle: Unpacked, changes: dict[str, str], message: str) -> None:
    assert bundle.manifest.job is not None
    job = bundle.manifest.job.model_copy(update=changes)
    bundle.manifest = bundle.manifest.model_copy(update={"job": job})
    bundle.refuse("job.json is not the job that the manifest names")
    bundle.manifest = bundle.manifest.model_copy(update={"job": None})
    bundle.refuse("job.json is not the job that the manifest names")
    bundle.manifest = bundle.manifest.model_copy(update={"job": job})
    (bundle.folder / "job.json").write_bytes(run_folder.to_bytes(job))
    bundle.refuse(message)


def test_a_text_that_was_approved_may_come_back(bundle: Unpacked) -> None:
    """As a label with a person's name would: main holds it, so that the bundle tells nothing new."""
    forged(bundle.folder, "assess", payload__reason=f"{NAME} is a label.")
    spec = bundle.written["project.yaml"].replace(b"Tests of the pipeline.", NAME.encode())
    bundle.written["project.yaml"] = spec
    (bundle.folder / "project.yaml").write_bytes(spec)
    bundle.check()


def test_a_spec_that_this_clinft_does_not_know_is_no_fault_of_the_bundle(bundle: Unpacked) -> None:
    spec = bundle.written["project.yaml"] + b"unheard_of: 1\n"
    bundle.written["project.yaml"] = spec
    (bundle.folder / "project.yaml").write_bytes(spec)
    with pytest.raises(SpecError, match="not valid for this clinft"):
        bundle.check()
