"""`clinft assess`: a project and its prompt; or files of answers, anywhere, without a repository."""

import json
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_bytes
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.pipeline.plan import plan_of
from clinft.spec.prompt import parse_prompt
from tests.fakes.cli import clinft
from tests.fakes.specs import write_repository

LABELS = ("yes", "no")


def answers(path: Path, right: int, n: int = 80, **more: Any) -> Path:
    rows = [
        {
            "id": str(number),
            "target": LABELS[number % 2],
            "prediction": LABELS[(number + (number >= right)) % 2],
            **more,
        }
        for number in range(n)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_repository(
        tmp_path,
        prompt={"strategies": ["zero_shot", "few_shot"], "few_shot_examples": 3, "more_shots": [5]},
        evaluation={"thresholds": [{"metric": "accuracy", "min": 0.6}]},
    )
    assert clinft("prepare", folder).exit_code == 0
    return folder


def test_files_of_answers_get_a_verdict_outside_of_any_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers(tmp_path / "zero.jsonl", 20)
    answers(tmp_path / "few.jsonl", 80, seconds=0.25)
    done = clinft("assess", "--predictions", "zero.jsonl", "few.jsonl", "--target", "0.8")
    assert done.exit_code == 0, done.output
    assert "PROMPT-SUFFICIENT" in done.output
    assert "| `few, generated_text` | 80 | 1.000 [0.954, 1.000] |" in done.output
    assert "Mean time of an answer: `few` 0.25 s." in done.output


def test_the_json_is_one_object_of_the_same(tmp_path: Path) -> None:
    zero, few = answers(tmp_path / "zero.jsonl", 20), answers(tmp_path / "few.jsonl", 80)
    call = ("assess", "--predictions", zero, few, "--target", "0.8", "--critical", "yes", "--json")
    # Nobody has said how many of the critical cases may be missed.
    assert json.loads(clinft(*call).stdout)["decision"]["verdict"] == "INCONCLUSIVE"
    done = clinft(*call, "--critical-target", "0.8")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["decision"]["verdict"] == "PROMPT_SUFFICIENT"
    assert [one["critical_n"] for one in found["rungs"]] == [40, 40]
    assert found["target"] == 0.8


def test_files_that_do_not_fit_are_told_by_line(tmp_path: Path) -> None:
    zero, few = answers(tmp_path / "zero.jsonl", 20), answers(tmp_path / "few.jsonl", 80, n=79)
    done = clinft("assess", "--predictions", zero, few)
    assert done.exit_code == 2
    assert f"{zero}:80:0: its id is not in few.jsonl" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--predictions",), "needs files"),
        (("--predictions", "a.jsonl", "--adopt"), "takes neither"),
        (("projects/demo", "--target", "0.8"), "go with --predictions"),
        (("projects/demo", "--critical", "yes"), "go with --predictions"),
        (("a.jsonl", "b.jsonl"), "need --predictions"),
        (("--named", "--adopt"), "--named takes neither"),
        ((), "one of them"),
    ],
    ids=" ".join,
)
def test_a_call_that_means_nothing_is_refused(args: tuple[str, ...], says: str) -> None:
    done = clinft("assess", *args)
    assert done.exit_code == 2
    assert says in done.output


def test_the_recommended_prompt_is_proposed_and_not_written(project: Path) -> None:
    before = (project / "prompt" / "prompt.md").read_text()
    done = clinft("assess", project)
    assert done.exit_code == 0, done.output
    assert "+++ b/prompt/prompt.md" in done.output
    assert (project / "prompt" / "prompt.md").read_text() == before
    proposed = project / "data" / "work" / "prompt.proposed.md"
    assert parse_prompt(proposed.read_bytes(), "prompt.md").prompt.system.startswith(
        "Answer with the chapter"
    )
    made = json.loads((project / "assess.json").read_bytes())
    assert made["stage_version"] == 2
    assert made["payload"]["prompt_sha256"] == digest_bytes(proposed.read_bytes())


def plan(project: Path) -> dict[str, Any]:
    return plan_of(open_context(project, False, Screen(json=True))).model_dump(mode="json")


def test_an_adopted_prompt_changes_the_plan_and_no_record(project: Path) -> None:
    before = plan(project)
    done = clinft("assess", project, "--adopt")
    assert done.exit_code == 0, done.output
    assert "The training plan changed" in done.output
    assert "Scope" in done.output
    adopted = (project / "prompt" / "prompt.md").read_bytes()
    assert adopted == (project / "data" / "work" / "prompt.proposed.md").read_bytes()
    after = plan(project)
    assert after.pop("prompt") != before.pop("prompt")
    assert after == before
    again = clinft("assess", project, "--adopt")
    assert "is what is recommended already" in again.output
    assert (project / "prompt" / "prompt.md").read_bytes() == adopted


def test_only_dev_and_train_are_read(project: Path) -> None:
    for split in ("test", "validation"):
        (project / "data" / "records" / f"{split}.jsonl").unlink()
    done = clinft("assess", project)
    assert done.exit_code == 0, done.output
    made = json.loads((project / "assess.json").read_bytes())
    assert set(made["inputs"]) == {"dev", "split.train", "prompt", "base_model", "spec.prompt"}


def test_the_same_project_gives_the_same_digest(project: Path) -> None:
    def digest() -> str:
        assert clinft("assess", project).exit_code == 0
        found: str = json.loads((project / "assess.json").read_bytes())["digest"]
        return found

    first = digest()
    (project / "data" / "work" / "assess.json").unlink()
    assert digest() == first
