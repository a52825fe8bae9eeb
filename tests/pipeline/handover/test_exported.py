"""What lies in the folder of a handed-over model, and that its own README loads it and asks as evaluation does."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.model import quiet
from clinft.artifacts.canonical import digest_file, digest_json
from clinft.artifacts.formatting import conversation
from clinft.artifacts.handover import MANIFEST, SUMS, HandOver
from clinft.run_folder import to_bytes
from clinft.spec.prompt import parse_prompt
from clinft.stages.report.cards.snippet import ELSEWHERE
from tests.fakes import handed
from tests.fakes.adapted import Adapted
from tests.fakes.cli import clinft
from tests.fakes.handed import RUN, Handed
from tests.fakes.progress import QuietTask

ASKED = "the other 12 hours of er"
LENGTH = 24
Answer = Callable[[str, int], str]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, tiny: Adapted) -> Handed:
    return handed.repository(tmp_path_factory.mktemp("handed"), tiny)


@pytest.fixture(scope="module")
def exported(there: Handed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exported")
    made = {"adapter": (), "merged": ("--merge",), "gguf": ("--gguf", "f32")}
    for form, options in made.items():
        done = clinft("export", there.run, "--out", folder / form, *options)
        assert done.exit_code == 0, done.output
    return {form: folder / form for form in made}


def measured(tiny: Adapted, there: Handed) -> str:
    """As evaluation asks the tuned model."""
    prompt = parse_prompt((there.run / "prompt.md").read_bytes(), "prompt.md").prompt
    model = tiny.store.open(tiny.base, tiny.adapter)
    (answer,) = model.generate([conversation(prompt, ASKED)], LENGTH, QuietTask())
    return answer


def run_snippet(text: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The Python of a document, run where a reader runs it."""
    (script,) = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(here)
    names: dict[str, Any] = {}
    with quiet.transformers():
        exec(script, names)
    return names


@pytest.mark.parametrize("form", ["adapter", "merged", "gguf"])
def test_the_readmes_own_script_answers_as_evaluation_does(
    form: str,
    exported: dict[str, Path],
    there: Handed,
    tiny: Adapted,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readme = (exported[form] / "README.md").read_text()
    if form == "adapter":
        assert readme.count(f'base = "{ELSEWHERE}"') == 1
        readme = readme.replace(ELSEWHERE, str(there.root / "tiny"))
    names = run_snippet(readme, exported[form], monkeypatch)
    with quiet.transformers():
        assert names["answer"](ASKED, LENGTH) == measured(tiny, there)


def test_the_model_cards_script_loads_the_weights_of_the_run(
    there: Handed, tiny: Adapted, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    card = (there.run / "MODEL_CARD.md").read_text()
    folder = json.dumps(f"projects/icd10-chapter/runs/{RUN}/data/adapter")
    assert folder in card
    card = card.replace(folder, json.dumps(str(there.run / "data" / "adapter")))
    names = run_snippet(card, there.root, monkeypatch)
    prompt = parse_prompt((there.run / "prompt.md").read_bytes(), "prompt.md").prompt
    ids = tiny.store.chat(tiny.base).prompt_ids(conversation(prompt, ASKED))
    asked = torch.tensor([ids])
    with quiet.transformers(), torch.no_grad():
        told = (
            names["model"]
            .eval()
            .generate(asked, max_new_tokens=LENGTH, do_sample=False, eos_token_id=2, pad_token_id=0)
        )
    text = names["tokenizer"].decode(told[0, asked.shape[1] :], skip_special_tokens=True)
    assert text == measured(tiny, there)


def test_the_adapter_is_byte_for_byte_what_training_wrote(
    exported: dict[str, Path], there: Handed, tiny: Adapted
) -> None:
    names = {path.name for path in exported["adapter"].iterdir()}
    assert names == {
        "README.md", "MODEL_CARD.md", "SHA256SUMS", "manifest.json", "messages.json",
        "adapter_config.json", "adapter_model.safetensors", "training-manifest.json",
    }  # fmt: skip
    for name, sha256 in tiny.weights.items():
        copy = "training-manifest.json" if name == "manifest.json" else name
        assert digest_file(exported["adapter"] / copy) == sha256


@pytest.mark.parametrize("form", ["adapter", "merged", "gguf"])
def test_the_manifest_says_what_it_was_made_of(
    form: str, exported: dict[str, Path], there: Handed, tiny: Adapted
) -> None:
    found = HandOver.model_validate_json((exported[form] / MANIFEST).read_bytes())
    record = json.loads((there.run / "record.json").read_bytes())
    assert (found.form, found.project, found.run_id) == (form, "demo", RUN)
    assert found.base_model == tiny.base
    assert (found.plan_digest, found.record_digest) == (record["plan_digest"], record["digest"])
    assert (found.verdict, found.recommendation) == ("FIRST", "deploy")
    assert found.trained_weights == tiny.weights
    assert found.licence.startswith("missing: ")
    assert (found.fidelity is None) is (form == "adapter")
    others = {path.name for path in exported[form].iterdir()} - {MANIFEST, SUMS}
    assert found.files.keys() == others
    for name, one in found.files.items():
        path = exported[form] / name
        assert (one.sha256, one.size_bytes) == (digest_file(path), path.stat().st_size)


def test_an_adapter_says_which_folder_is_its_base_model(
    exported: dict[str, Path], there: Handed, tiny: Adapted
) -> None:
    """Its name in the repository that trained leads nowhere else."""
    readme = (exported["adapter"] / "README.md").read_text()
    assert f"Only this base model fits: sha256 `{tiny.base.digest}`" in readme
    assert "`base_model_name_or_path`" in readme
    found = HandOver.model_validate_json((exported["adapter"] / MANIFEST).read_bytes())
    folder = there.root / "tiny"
    assert found.base_files == {path.name: digest_file(path) for path in folder.iterdir()}
    assert digest_json(found.base_files) == tiny.base.digest
    assert "Only this base model fits" not in (exported["merged"] / "README.md").read_text()


def test_an_adapter_is_handed_over_without_its_base_model(tmp_path: Path, tiny: Adapted) -> None:
    there = handed.repository(tmp_path / "r", tiny)
    (there.root / "tiny").rename(tmp_path / "away")
    done = clinft("export", there.run, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    found = HandOver.model_validate_json((tmp_path / "out" / MANIFEST).read_bytes())
    assert found.base_files == {}


@pytest.mark.parametrize("form", ["adapter", "merged", "gguf"])
def test_anybody_can_check_it_without_clinft(form: str, exported: dict[str, Path]) -> None:
    command = ["sha256sum", "--quiet", "--strict", "-c", SUMS]
    assert subprocess.run(command, cwd=exported[form], check=False).returncode == 0
    listed = (exported[form] / SUMS).read_text().splitlines()
    assert len(listed) == len([*exported[form].iterdir()]) - 1


def test_no_path_of_this_machine_is_in_it(exported: dict[str, Path], there: Handed) -> None:
    for folder in exported.values():
        for path in folder.iterdir():
            data = path.read_bytes()
            assert str(there.root).encode() not in data, path
            assert str(Path.home()).encode() + b"/" not in data, path


def test_the_same_run_gives_the_same_bytes(exported: dict[str, Path], there: Handed, tmp_path: Path) -> None:
    for form, options in {"adapter": (), "merged": ("--merge",)}.items():
        clinft("export", there.run, "--out", tmp_path / form, *options)
        assert (tmp_path / form / SUMS).read_text() == (exported[form] / SUMS).read_text()


def test_the_readme_has_front_matter_that_names_what_loads_it(exported: dict[str, Path]) -> None:
    import yaml

    libraries = {
        form: yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])["library_name"]
        for form, folder in exported.items()
    }
    assert libraries == {"adapter": "peft", "merged": "transformers", "gguf": "gguf"}


def test_what_was_measured_is_told(there: Handed, tmp_path: Path) -> None:
    done = clinft("export", there.run, "--out", tmp_path / "out", "--merge")
    assert "logits differ by" in done.output
    assert "the likeliest token is the same at" in done.output


@pytest.mark.parametrize("form", ["merged", "gguf"])
def test_what_another_processor_measures_is_the_same_folder(
    form: str, exported: dict[str, Path], there: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (exported[form] / MANIFEST).read_bytes()
    handed.measure_elsewhere(monkeypatch)
    options = {"merged": ["--merge"], "gguf": ["--gguf", "f32"]}[form]
    done = clinft("export", there.run, "--out", exported[form], *options)
    assert done.exit_code == 0, done.output
    assert "is there already, and whole" in " ".join(done.output.split())
    assert (exported[form] / MANIFEST).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("relative_difference", 0.00011),
        ("tolerance", 0.5),
        ("positions", 1),
        ("same_first_choice", 100_000),
        ("verdict", "PASS"),
        ("clinft_version", "0"),
        ("fidelity", None),
    ],
)
def test_a_manifest_that_says_anything_else_is_not_taken(
    name: str, value: object, exported: dict[str, Path], there: Handed, tmp_path: Path
) -> None:
    """Nor figures that would not have passed."""
    out = tmp_path / "out"
    shutil.copytree(exported["merged"], out)
    manifest = json.loads((out / MANIFEST).read_bytes())
    (manifest if name in manifest else manifest["fidelity"])[name] = value
    old = digest_file(out / MANIFEST)
    (out / MANIFEST).write_bytes(to_bytes(HandOver.model_validate_json(json.dumps(manifest))))
    (out / SUMS).write_text((out / SUMS).read_text().replace(old, digest_file(out / MANIFEST)))
    done = clinft("export", there.run, "--out", out, "--merge")
    assert done.exit_code == 2, done.output
    assert "exists already" in done.output
