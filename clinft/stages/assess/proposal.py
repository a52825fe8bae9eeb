"""The recommended prompt.md: the prompt of the best rung, with the sections a clinical prompt should have."""

import difflib

from clinft.artifacts.canonical import digest_bytes
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import EXAMPLE, INPUT, OUTPUT, SYSTEM, Prompt, parse_prompt
from clinft.stages.assess.curated import curated
from clinft.stages.assess.guardrails import guarded, lacking
from clinft.stages.assess.ladder import WITH_EXAMPLES, Sources, Try

NAME = "prompt/prompt.md"


def propose(spec: ProjectSpec, prompt: Prompt, best: Try, sources: Sources) -> str:
    """Text of the file. What the present prompt has stays word for word.

    Reasons before the answer are asked for by the rung, not by the file: whoever adopts such a rung needs its
    parser too. Neighbours become examples of the training split, one for each answer.
    """
    examples = best.prompt.examples
    if best.strategy in WITH_EXAMPLES:
        wanted = max(best.shots, len(prompt.examples))
        examples = curated(spec.task, sources.train, prompt.examples, wanted, sources.clean)
    made = Prompt(system=guarded(prompt.system, spec), examples=examples)
    text = written(made)
    assert parse_prompt(text, NAME).prompt == made, "a prompt that is written reads the same"
    return text


def added(prompt: Prompt) -> tuple[str, ...]:
    """Names of the sections that the proposal adds."""
    return lacking(prompt.system)


def digest(text: str) -> str:
    return digest_bytes(text.encode())


def written(prompt: Prompt) -> str:
    parts = [f"{SYSTEM}\n{prompt.system}"]
    parts += [f"{EXAMPLE}\n{INPUT}\n{one.input}\n{OUTPUT}\n{one.output}" for one in prompt.examples]
    return "\n\n".join(parts) + "\n"


def difference(old: str, new: str) -> str:
    """As `diff -u` shows it; empty where nothing changes."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"a/{NAME}", f"b/{NAME}", lineterm="", n=2
    )
    return "\n".join(lines)
