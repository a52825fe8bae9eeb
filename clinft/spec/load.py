"""The files people write → frozen models, or one SpecError with every problem in every file."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clinft.errors import Problem, SpecError
from clinft.spec import quarantine, yaml
from clinft.spec.account_names import without_account_names
from clinft.spec.checks import (
    Finding,
    folder_findings,
    prompt_findings,
    sections,
    spec_findings,
    unknown_outputs,
)
from clinft.spec.messages import Model, problem, validated
from clinft.spec.policy import Policy
from clinft.spec.private_text import private_text
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import MAX_BYTES as MAX_PROMPT_BYTES
from clinft.spec.prompt import Prompt, PromptFile, parse_prompt
from clinft.spec.text import is_folder, read_text, refused, shown_path

SPEC_NAME, PROMPT_NAME, POLICY_NAME = "project.yaml", "prompt/prompt.md", "clinft.yml"
# projects/tracking/ holds clinft's own tables, and `projects/*/` names it too.
RESERVED = "tracking"
POLICY_KEYS = frozenset({"roles", "required_roles", "runners", "providers", "budgets"})
NOT_A_SECTION = (
    "The file must be a section of `key: value` lines.",
    "Usually it begins with a list or with plain text.",
    "Run `clinft new NAME` for a complete example.",
)
UNKNOWN_OUTPUT = (
    "The output of this example is not one of `task.labels`.",
    "Usually it is mistyped, or the label was renamed in project.yaml.",
    "Write a label exactly as there, and nothing else.",
)


@dataclass(frozen=True)
class LoadedProject:
    """A valid project. Digests are of each file's text as UTF-8 with newlines as \\n."""

    path: Path
    spec: ProjectSpec
    prompt: Prompt
    spec_sha256: str
    prompt_sha256: str


def load_project(path: Path, *, quarantined: bool = False, alone: bool = False) -> LoadedProject:
    """`path` is the project's folder or its project.yaml; SpecError with all problems.

    PolicyViolation while the project is in quarantine, unless `quarantined`: that is for taking back.
    `alone`: the rest of the repository is not laid out here: folders that the spec names are not looked up.
    """
    folder = path.parent if path.name == SPEC_NAME else path
    if not quarantined:
        quarantine.refuse(folder)
    loaded, problems = _project(folder, alone)
    if loaded is None or problems:
        raise refused(problems)
    return loaded


def load_policy(path: Path, shown: str | None = None) -> Policy:
    """SpecError with all problems. `shown`: what people know the file as, where it lies elsewhere."""
    document, problems = _document(path)
    if document is not None:
        problems = without_account_names(document, problems)
    policy = _validated(document, Policy, problems) if document else None
    if policy is None or problems:
        raise refused([one if shown is None else replace(one, path=shown) for one in problems])
    return policy


def folders_of_projects(path: Path) -> list[Path]:
    """The project that the path is, or is a file of, or those in the folder; none for a policy and others."""
    if is_folder(path):
        return (
            [path]
            if (path / SPEC_NAME).exists()
            else [spec.parent for spec in sorted(path.glob(f"*/{SPEC_NAME}"))]
        )
    return [path.parent] if path.name == SPEC_NAME else []


def validate_files(paths: Sequence[Path]) -> list[Problem]:
    """Problems of projects, folders of projects, specs, prompts and policies, by place; each once."""
    return sorted({problem for path in paths for problem in _problems(path)})


def _problems(path: Path) -> list[Problem]:
    folder = is_folder(path)
    if folder and not (path / SPEC_NAME).exists() and (specs := sorted(path.glob(f"*/{SPEC_NAME}"))):
        return [problem for spec in specs for problem in _whole(spec.parent)]
    if folder and path.name == RESERVED and not (path / SPEC_NAME).exists():
        return []
    if path.name == SPEC_NAME or folder:
        return _whole(path if folder else path.parent)
    if path.suffix == ".md":
        return _prompt(path)[1]
    document, problems = _document(path)
    if document is None:
        return problems
    value = _section(document)
    if path.name == POLICY_NAME or POLICY_KEYS & value.keys():
        problems = without_account_names(document, problems)
        _validated(document, Policy, problems)
    else:
        # A spec away from its project: nothing around it can be compared with it.
        _validated(document, ProjectSpec, problems)
        _add(problems, document, spec_findings(sections(value)))
    return problems


def _whole(folder: Path) -> list[Problem]:
    barred = quarantine.problem(folder, shown_path(folder / quarantine.FILE))
    return [*_project(folder)[1], *((barred,) if barred else ())]


def _project(folder: Path, alone: bool = False) -> tuple[LoadedProject | None, list[Problem]]:
    document, problems = _document(folder / SPEC_NAME)
    prompt, prompt_problems = _prompt(folder / PROMPT_NAME)
    if document is None:
        return None, problems + prompt_problems
    spec = _validated(document, ProjectSpec, problems)
    value = _section(document)
    valid = sections(value)
    here = folder.resolve()
    _add(problems, document, spec_findings(valid))
    if not alone:
        _add(problems, document, folder_findings(valid, value, here, here.parent.parent))
    if prompt is not None:
        _add(problems, document, prompt_findings(valid, prompt.prompt))
        shown = shown_path(folder / PROMPT_NAME)
        for index in unknown_outputs(valid.task, prompt.prompt):
            prompt_problems.append(Problem(shown, prompt.output_lines[index], 1, *UNKNOWN_OUTPUT))
    problems += prompt_problems
    if spec is None or prompt is None:
        return None, problems
    loaded = LoadedProject(folder, spec, prompt.prompt, _sha256(document.text), _sha256(prompt.text))
    return loaded, problems


def _document(path: Path) -> tuple[yaml.Document | None, list[Problem]]:
    """The file as a section of keys, as far as it could be read; None: not at all."""
    shown = shown_path(path)
    try:
        text = read_text(path, yaml.MAX_BYTES)
    except SpecError as error:
        return None, list(error.problems)
    document, problems = yaml.compose(text, shown)
    problems += private_text(shown, text, document.rewritten if document else ())
    if document is not None and not isinstance(document.value, dict):
        if not problems:
            problems.append(Problem(shown, *document.where(()), *NOT_A_SECTION))
        return None, problems
    return document, problems


def _section(document: yaml.Document) -> dict[str, object]:
    return document.value if isinstance(document.value, dict) else {}


def _prompt(path: Path) -> tuple[PromptFile | None, list[Problem]]:
    shown = shown_path(path)
    try:
        text = read_text(path, MAX_PROMPT_BYTES)
    except SpecError as error:
        return None, list(error.problems)
    problems = private_text(shown, text)
    try:
        return parse_prompt(text, shown), problems
    except SpecError as error:
        return None, problems + list(error.problems)


def _validated(document: yaml.Document, model: type[Model], problems: list[Problem]) -> Model | None:
    instance, errors = validated(model, document.value)
    _extend(problems, [problem(document, model, error) for error in errors])
    return instance


def _add(problems: list[Problem], document: yaml.Document, findings: Iterable[Finding]) -> None:
    _extend(problems, [Problem(document.path, *document.where(loc), *text) for loc, text in findings])


def _extend(problems: list[Problem], found: list[Problem]) -> None:
    """Add what is found, except where an earlier reader already refused the same value."""
    taken = {(known.line, known.column) for known in problems}
    problems.extend(new for new in found if (new.line, new.column) not in taken)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
