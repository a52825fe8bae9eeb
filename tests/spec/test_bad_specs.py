"""Every broken file is refused at the place of its mistake, and nothing planted in it is repeated."""

from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.spec.load import load_project, validate_files
from tests.fakes.broken_specs import FORM, KEY, MEANING, PROMPT, SPEC, SSN, Case, marked, project


def test_the_unbroken_file_is_valid(tmp_path: Path) -> None:
    assert validate_files([project(tmp_path, SPEC)]) == []


@pytest.mark.parametrize("case", FORM + MEANING, ids=lambda c: c.what)
def test_a_mistake_is_named_at_its_place(tmp_path: Path, case: Case) -> None:
    assert SPEC.count(case.old) == 1
    spec, places = marked(SPEC.replace(case.old, case.new))
    problems = validate_files([project(tmp_path, spec)])
    assert [(p.line, p.column) for p in problems] == places
    text = "\n".join(map(str, problems))
    assert case.says in text
    assert problems[0].message
    assert problems[0].cause
    assert problems[0].next_step
    if case.planted:
        assert case.planted in spec.replace("\\\n  ", "")
        assert case.planted not in text


ALIAS_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "line", "column", "says"),
    [
        (b"", 1, 1, "The file is empty"),
        (b"\n# nothing yet\n", 1, 1, "The file is empty"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", 1, 1, "invisible character"),
        (b"\x89PNG\r\n\x1a\n\x00", 1, 1, "not UTF-8"),
        (SPEC.replace("Kind", "K\u00fcnd").encode("latin-1"), 4, 11, "not UTF-8"),
        (SPEC.encode("utf-16"), 1, 1, "not UTF-8"),
        (SPEC.replace("\n", "\r").encode(), 1, 66, "carriage return"),
        (b"- version: 1\n- name: wound-notes\n", 1, 1, "must be a section"),
        (b"wound-notes\n", 1, 1, "must be a section"),
        (b"12\n", 1, 1, "must be a section"),
        (ALIAS_BOMB.encode(), 3, 8, "itself contains an alias"),
        (b"a: &a [x]\nb: [" + b"*a, " * 21 + b"]\n", 2, 85, "too many aliases"),
        (b"a: [" + b"x," * 21_000 + b"]\n", 1, 39_999, "too many entries"),
        (b"a: &a [" + b"x," * 1500 + b"]\nb: [" + b"*a, " * 20 + b"]\n", 2, 53, "too many entries"),
        (SPEC.encode() + b"# " + b"x" * 300_000, 0, 0, "larger than 256 KiB"),
        (b"[" * 100_000, 1, 33, "nested too deeply"),
        (b"- " * 100_000, 1, 65, "nested too deeply"),
        (b"{a: " * 50_000, 1, 129, "nested too deeply"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_spec_is_named_at_its_place(
    tmp_path: Path, content: bytes, line: int, column: int, says: str
) -> None:
    first = validate_files([project(tmp_path, content)])[0]
    assert (first.line, first.column) == (line, column)
    assert says in str(first)


def test_a_key_in_the_place_of_a_key_is_never_shown(tmp_path: Path) -> None:
    planted = "ghp_" + "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8"
    problems = validate_files([project(tmp_path, SPEC.replace("  seed: 7", f"  seed: 7\n  {planted}: 1"))])
    assert [(p.line, p.column) for p in problems] == [(21, 3)]
    assert "looks like" in str(problems[0])
    assert planted not in str(problems[0])


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    broken = (
        SPEC.replace("    - bite", "    - no")
        .replace("records: 400", "records: 4")
        .replace("provider: peft", "provider: modal")
        .replace("max_usd: 0", "max_usd: -1")
        .replace("metric: accuracy", "metric: perplexity")
        .replace("version: 1\n", "")
    )
    problems = validate_files([project(tmp_path, broken, PROMPT.replace("### Output", "### Answer"))])
    assert [(Path(p.path).name, p.line) for p in problems] == [
        ("project.yaml", 2), ("project.yaml", 14), ("project.yaml", 18), ("project.yaml", 24),
        ("project.yaml", 32), ("project.yaml", 37), ("prompt.md", 7),
    ]  # fmt: skip


def test_each_setting_of_another_provider_is_named(tmp_path: Path) -> None:
    problems = validate_files([project(tmp_path, SPEC.replace("provider: peft", "provider: openai"))])
    assert [(p.line, p.column) for p in problems] == [(24, 1), (26, 15), (27, 3), (31, 20)]
    assert "method: supervised" in problems[0].next_step
    assert "learning_rate_multiplier" in problems[3].next_step


PROMPT_CASES = [
    Case("output that is no label", "burn\n", "§scald\n", "not one of `task.labels`", "scald"),
    Case("unknown heading", "### Output", "§### Answer", "not one that clinft reads"),
    Case(
        "input without output",
        "### Input\nBlister on the palm after touching a stove.\n### Output\nburn\n",
        "§### Input\nBlister.\n",
        "has no `### Output`",
    ),
    Case("text before the system prompt", "# System", "§Hello\n# System", "before the `# System`"),
    Case("empty system prompt", "# System\nName the kind of wound in one word.\n", "§# System\n", "is empty"),
    Case("output before input", "### Input\n", "§### Output\nburn\n§### Input\n", "is expected"),
    Case("text outside input and output", "## Example\n", "## Example\n§One more:\n", "Text stands between"),
    Case("a fence that never ends", "burn\n", "§```\nburn\n", "never ends"),
    Case("patient number in an example", "Blister on", f"SSN §{SSN}, blister on", "looks like", SSN),
    Case("key in the system prompt", "one word.", f"one word. §{KEY}", "looks like", KEY),
    Case("hidden text", "Blister", "§\u2066Blister", "direction of text"),
]


@pytest.mark.parametrize("case", PROMPT_CASES, ids=lambda c: c.what)
def test_a_mistake_in_the_prompt_is_named_at_its_line(tmp_path: Path, case: Case) -> None:
    assert PROMPT.count(case.old) == 1
    prompt, places = marked(PROMPT.replace(case.old, case.new))
    folder = project(tmp_path, SPEC, prompt)
    problems = [p for p in validate_files([folder]) if p.path.endswith("prompt.md")]
    assert [(p.line, p.column) for p in problems] == places
    text = "\n".join(map(str, problems))
    assert case.says in text
    assert not case.planted or case.planted not in text


def test_a_missing_prompt_is_named(tmp_path: Path) -> None:
    folder = project(tmp_path, SPEC)
    (folder / "prompt" / "prompt.md").unlink()
    assert ["does not exist" in str(p) for p in validate_files([folder])] == [True]


def test_a_large_prompt_is_named(tmp_path: Path) -> None:
    problems = validate_files([project(tmp_path, SPEC, PROMPT + "x" * 70_000)])
    assert ["larger than 64 KiB" in str(p) for p in problems] == [True]


@pytest.mark.parametrize("name", ["project.yaml", "prompt/prompt.md", "prompt", "."])
def test_a_link_is_not_followed(tmp_path: Path, name: str) -> None:
    folder = project(tmp_path, SPEC)
    linked = folder / name
    linked.rename(tmp_path / "outside")
    linked.symlink_to(tmp_path / "outside")
    assert ["symbolic link" in str(p) for p in validate_files([folder])] == [True]


def test_loading_raises_one_error_with_every_problem(tmp_path: Path) -> None:
    folder = project(tmp_path, SPEC.replace("seed: 7", "seed: x").replace("version: 1", "version: 3"))
    with pytest.raises(SpecError) as caught:
        load_project(folder)
    assert [(p.line, p.column) for p in caught.value.problems] == [(2, 10), (20, 9)]
    assert caught.value.exit_code == 2
    assert caught.value.__cause__ is None
